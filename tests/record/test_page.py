"""The page: every number and text of the record, escaped, and nothing from outside."""

import json
import re
from dataclasses import replace
from html import unescape
from html.parser import HTMLParser

import pytest

import mrtlab
from mrtlab import record as records
from mrtlab.errors import InputError
from mrtlab.record import Person

NASTY = '<script>alert("1")</script> & <img src=x onerror=alert(1)>'
VOID = {"meta", "br", "img", "link", "input", "hr"}


class Page(HTMLParser):
    """Tags in their order, whether they close each other, and the text."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.open, self.text, self.broken = [], [], "", []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        self.text += " "
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if not self.open or self.open.pop() != tag:
            self.broken.append(tag)

    def handle_data(self, data):
        self.text += data


def full(case):
    """A record with everything in it: two versions, a tissue outside, one missing, one not planned."""
    record = case.plan(case.until("prescription"), regions=[case.PLANNED, replace(case.PLANNED, region="kidneys")])
    record = case.verify(
        case.administer(record, residual_mbq=None, residual_reason="The cup was thrown away.", remarks="slow"),
        regions=[case.measured(90.0, bed_gy=101.5), case.measured(4.25, region="arm", shared_rel=0.0, mass_g=410.0)],
        missing={"kidneys": "Outside the field of view."},
        investigation="The patient vomited after an hour.", next_cycle="Measure earlier.", remarks="see photographs",
    )  # fmt: skip
    record = case.sign(case.sign(record, case.PHYSICIST), case.DOCTOR)
    record = record.revise(case.DOCTOR, "A signature was premature.", "signature", at=case.later(record))
    return case.sign(record, case.PHYSICIST)


def numbers(node):
    if isinstance(node, dict):
        for name, item in node.items():
            if name != "schema_version":
                yield from numbers(item)
    elif isinstance(node, list):
        for item in node:
            yield from numbers(item)
    elif isinstance(node, (int, float)) and not isinstance(node, bool):
        yield node


def texts(node):
    if isinstance(node, dict):
        for name, item in node.items():
            if name not in ("kind", "previous", "back_to", "previous_sha256"):
                yield from texts(item)
    elif isinstance(node, list):
        for item in node:
            yield from texts(item)
    elif isinstance(node, str):
        yield node


def test_it_holds_all_numbers_and_texts(case):
    record = full(case)
    tree = json.loads(records.to_json(record))
    tree["previous"] = None
    text = Page(records.to_html(record)).text
    for number in numbers(tree):
        if 0 < number < 1e-4:  # improbable: the page says so
            continue
        assert re.search(rf"(?<![\d.]){re.escape(f'{number:.4g}')}(?![\d])", text), number
    for item in texts(tree):
        assert item in text, item
    assert record.previous.sha256 in text


def test_the_expected_range_and_the_verdict_are_printed(case):
    text = Page(records.to_html(case.until("final"))).text
    assert "185.6 to 487.9" in text
    assert "206.2" in text
    assert "z = -1.712" in text
    assert "within the expected range" in text
    assert "FINAL. Ending: treated." in text


@pytest.mark.parametrize("kind", ["intent", "plan", "administration", "final"])
def test_it_is_said_that_it_is_not_clinical_and_where_it_stands(case, kind):
    record = case.until(kind)
    html = records.to_html(record)
    assert html.count(mrtlab.PURPOSE) == 1
    text = Page(html).text
    assert record.status in text
    assert "not an electronic signature" in text
    assert ("Not final: it is the turn of" in text) == (not record.final)
    assert ("no delivered dose was verified" in text) == (kind == "administration")


def test_everything_is_escaped(case):
    doctor, physicist = Person(NASTY[:60], "MD"), Person('B" onload="x', "MPE")
    record = case.begin(therapy=NASTY, product=NASTY).declare_intent(
        doctor, NASTY, NASTY, ["thyroid", NASTY], ["marrow"], at=case.START
    )
    record = record.present_options(physicist, case.OPTIONS, NASTY, {NASTY: NASTY}, at=case.START)
    record = record.decide(doctor, "cannot be determined", NASTY, at=case.START)
    record = record.sign(physicist, at=case.START).revise(doctor, NASTY, "signature", at=case.START)
    html = records.to_html(record)
    page = Page(html)
    assert not {"script", "img"} & {tag for tag, _ in page.tags}
    assert not [name for _, attributes in page.tags for name in attributes if name.startswith("on")]
    assert page.text.count(NASTY) >= 8
    assert NASTY not in html
    assert NASTY in unescape(html)


def test_nothing_from_outside(case):
    html = records.to_html(full(case))
    page = Page(html)
    assert not {"script", "link", "img", "iframe", "object", "base"} & {tag for tag, _ in page.tags}
    assert not [attributes for _, attributes in page.tags if {"src", "href"} & set(attributes)]
    assert "url(" not in html
    assert "@import" not in html
    assert "@media print" in html


def test_tables_can_be_read_aloud(case):
    html = records.to_html(full(case))
    page = Page(html)
    assert (page.broken, page.open) == ([], [])
    names = [tag for tag, _ in page.tags]
    assert names.count("caption") == names.count("table") > 10
    assert all(attributes.get("scope") in ("row", "col") for tag, attributes in page.tags if tag == "th")
    assert page.tags[0] == ("html", {"lang": "en"})
    assert (names.count("h1"), names.count("title")) == (1, 1)
    for table in re.findall(r"<table>.*?</table>", html, re.S):
        rows = re.findall(r"<tr>(.*?)</tr>", table, re.S)
        assert len({len(re.findall(r"<t[hd][ >]", row)) for row in rows}) == 1


def test_files(case, tmp_path):
    record = case.until("final")
    records.write_html(record, tmp_path / "record.html")
    assert (tmp_path / "record.html").read_text(encoding="utf-8") == records.to_html(record)
    with pytest.raises(InputError, match=r"cannot be written"):
        records.write_html(record, tmp_path / "record.html" / "x.html")
