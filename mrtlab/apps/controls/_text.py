"""Text on its way into HTML: everything is escaped, a few marks are kept."""

from __future__ import annotations

import re
from html import escape

__all__ = ["echo", "escape", "markup", "plain_number", "strip_markup"]

_MARKS = (
    (re.compile(r"\*\*(.+?)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"_\{([^{}]*)\}"), r"<sub>\1</sub>"),
    (re.compile(r"\^\{([^{}]*)\}"), r"<sup>\1</sup>"),
    (re.compile(r"`([^`]+)`"), r"<code>\1</code>"),
)


def markup(text: str) -> str:
    """HTML of a sentence: ``**bold**``, ``T_{eff}``, ``10^{6}`` and `` `code` `` are kept, all else is escaped."""
    html = escape(str(text))
    for pattern, replacement in _MARKS:
        html = pattern.sub(replacement, html)
    return html


def strip_markup(text: str) -> str:
    """The same sentence without its marks, for names and alternative texts."""
    for pattern, _ in _MARKS:
        text = pattern.sub(r"\1", text)
    return text


def echo(text: str, written: str) -> str:
    """How a number was understood; with a word of caution where a thousands separator may have been meant."""
    caution = "; thousands are typed without a separator" if re.fullmatch(r"\D*\d{1,3}[.,]\d{3}\D*", text) else ""
    return f"understood as {written}{caution}"


def plain_number(value: float) -> str:
    """All digits that matter, a decimal point, no grouping: what a person would type."""
    text = f"{value:.10g}"
    if "e" in text and 1e-6 <= abs(value) < 1e15:
        text = f"{value:.10f}".rstrip("0").rstrip(".") if abs(value) < 1 else f"{value:.0f}"
    return text
