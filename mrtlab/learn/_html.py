"""Pages of a course as single files: everything is escaped, nothing is fetched from anywhere, and they print."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape
from pathlib import Path

import mrtlab
from mrtlab.learn import pictures
from mrtlab.learn.sheet import Sheet, SheetTable

__all__ = ["document", "figures", "markup", "paragraphs", "plain", "sheet_table", "table"]

_MARKS = (
    (re.compile(r"\*\*(.+?)\*\*"), r"<strong>\1</strong>"),
    (re.compile(r"_\{([^{}]*)\}"), r"<sub>\1</sub>"),
    (re.compile(r"\^\{([^{}]*)\}"), r"<sup>\1</sup>"),
    (re.compile(r"`([^`]+)`"), r"<code>\1</code>"),
)
_CSS = Path(__file__).with_name("course.css")


def markup(text: str) -> str:
    """HTML of a sentence with the marks of exercises: ``**bold**``, ``T_{eff}``, ``10^{6}`` and `` `code` ``."""
    html = escape(str(text))
    for pattern, replacement in _MARKS:
        html = pattern.sub(replacement, html)
    return html


def plain(text: str) -> str:
    """The same sentence without its marks."""
    for pattern, _ in _MARKS:
        text = pattern.sub(r"\1", text)
    return text


def paragraphs(text: str) -> str:
    """Text with empty lines between its paragraphs."""
    return "".join(f"<p>{markup(part)}</p>" for part in re.split(r"\n\s*\n", text.strip()) if part.strip())


def table(
    caption: str, headings: Sequence[str], rows: Iterable[Sequence[str]], *, numbers: bool = False, kind: str = ""
) -> str:
    """A table. Cells are HTML already; the first of a row is its heading.

    Parameters
    ----------
    caption : str
        With the marks of exercises.
    numbers : bool
        Whether the cells are numbers: no bold row headings.
    kind : str
        Another class of the table in the style sheet.
    """
    head = "".join(f'<th scope="col">{cell}</th>' for cell in headings)
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>{"".join(f"<td>{cell}</td>" for cell in row[1:])}</tr>' for row in rows
    )
    classes = " ".join(filter(None, ("numbers" if numbers else "", kind)))
    named = f' class="{classes}"' if classes else ""
    return (
        f'<div class="scroll"><table{named}><caption>{markup(caption)}</caption><thead><tr>{head}</tr></thead>'
        f"<tbody>{body}</tbody></table></div>"
    )


def sheet_table(data: SheetTable, *, numbered: bool = False) -> str:
    """A learner's table; ``numbered`` puts the number of the row first, where a point is asked for."""
    headings = [markup(column.heading) for column in data.columns]
    rows = [[escape(cell) for cell in row] for row in data.rows]
    if numbered:
        headings, rows = ["Point", *headings], [[str(place), *row] for place, row in enumerate(rows, 1)]
    return table(data.caption, headings, rows, numbers=True)


def figures(sheet: Sheet) -> str:
    """Plot and images of a sheet, with their alternative texts."""
    found = []
    if sheet.plot:
        data = sheet.table(sheet.plot.table)
        source = pictures.data_uri(pictures.plot_picture(sheet.plot, data), "image/svg+xml")
        found.append((source, pictures.plot_text(sheet.plot, data), data.caption))
    for image in sheet.images:
        source = pictures.data_uri(pictures.image_png(image), "image/png")
        found.append((source, pictures.image_text(image), image.caption))
    return "".join(
        f'<figure><img src="{source}" alt="{escape(plain(alt))}"><figcaption>{markup(caption)}</figcaption></figure>'
        for source, alt, caption in found
    )


def document(title: str, body: str, *, purpose: bool = True) -> str:
    """A whole page.

    Parameters
    ----------
    title : str
    body : str
        HTML.
    purpose : bool
        Whether to end with the purpose sentence; False where the body has it already.
    """
    footer = f"<footer><p>{escape(mrtlab.PURPOSE)}</p><p>mrtlab {mrtlab.__version__}</p></footer>" if purpose else ""
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
        'img-src data:">\n'
        f"<title>{escape(title)}</title>\n<style>\n{_CSS.read_text(encoding='utf-8')}</style>\n</head>\n"
        f"<body>\n<main>\n{body}\n</main>\n{footer}\n</body>\n</html>\n"
    )
