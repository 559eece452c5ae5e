"""Names, numbers and the library's messages in the words of a page, which has fields and a file, and no arguments."""

from __future__ import annotations

import re

from mrtlab.kinetics import MODELS
from mrtlab.units import format_quantity

__all__ = ["label", "lower", "plain", "reasons", "sentence", "three", "two", "upper"]

_NAMES = "|".join(MODELS)
_REPLACED = [
    (re.compile(pattern), words)
    for pattern, words in (
        (r"^table: ", ""),
        (r"give sigma_mbq or cv\b", "enter the uncertainty of each point"),
        (r"set sigma_mbq\b", "enter the uncertainty of each point"),
        (r"\b[Pp]ass (nuclide|decay_corrected)=\S+( or False)?, or add the line", "Add the line"),
        (r"neither the file nor the call says it", "the file does not say it"),
        (
            r" \(decay_corrected=True\)\?",
            "? If so, add the line '# decay_corrected: yes' above the header of the table.",
        ),
        (r"the file is empty, or the buffer was already read to its end", "the file is empty"),
        (r"; see mrtlab\.[^.]*(\.\w+)*[^.]*\.", "."),
        (rf"^({_NAMES}): ", ""),
    )
]


def plain(text: str) -> str:
    """A message of the library as a page says it."""
    for pattern, words in _REPLACED:
        text = pattern.sub(words, text)
    return text


def reasons(text: str) -> tuple[str, dict[str, str]]:
    """What :func:`mrtlab.kinetics.select` says when no curve is supported: the sentence, and the reason by curve."""
    head, *parts = re.split(rf"(?:^|\s)({_NAMES}): ", text)
    found = {name: plain(why.strip().rstrip(";")) for name, why in zip(parts[::2], parts[1::2], strict=True)}
    return plain(head.strip()), found


def label(region: str) -> str:
    """``kidney_left`` as a person writes it."""
    words = region.replace("_", " ").strip()
    side = next((side for side in ("left", "right") if words.lower().endswith(f" {side}")), "")
    words = f"{side} {words[: -len(side) - 1]}" if side else words
    return words[:1].upper() + words[1:] if words else "(no name)"


def three(number: float) -> str:
    """Three significant figures, zeros at the end kept."""
    return f"{number:#.3g}".rstrip(".") if abs(number) < 1000 else f"{float(f'{number:.3g}'):g}"


def two(number: float) -> str:
    """Two significant figures, in digits."""
    return (
        format_quantity(float(f"{number:.2g}"), "") if number >= 1e6 or number < 1e-4 else f"{float(f'{number:.2g}'):g}"
    )


def sentence(text: str) -> str:
    """With its full stop."""
    text = text.strip()
    return text if not text or text.endswith((".", "?", "!")) else f"{text}."


def upper(text: str) -> str:
    """With a capital at the start."""
    return text[:1].upper() + text[1:]


def lower(text: str) -> str:
    """Lower case at the start, except for abbreviations."""
    return text if text[:2].isupper() else text[:1].lower() + text[1:]
