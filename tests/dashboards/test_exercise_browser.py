"""The exercises as a learner meets them, everything outside this machine blocked, and what she may never lose."""

from __future__ import annotations

import json
import re
from itertools import pairwise

import pytest

pytest.importorskip("playwright.sync_api")
import psutil
from browser_harness import Dashboard
from playwright.sync_api import expect

from mrtlab import _content
from mrtlab.learn import identity
from mrtlab.learn.library import load
from mrtlab.learn.logbook import Logbook
from mrtlab.learn.variants import variant

pytestmark = pytest.mark.browser
SLOW = {"timeout": 30_000}
LEARNER = "quiet-heron-42"
HALF_LIFE, TIA = "Effective half-life", "Time-integrated activity, with its standard uncertainty"


@pytest.fixture
def new_tab(new_dashboard, data_folder):
    """Function: a tab, opened at the list or at an exercise, for a learner who was never here."""

    def opened(exercise: str = "", **more) -> Dashboard:
        tab = new_dashboard(_content.folder("notebooks"), **more)
        return tab.open("exercises.ipynb" + (f"?exercise={exercise}" if exercise else ""))

    return opened


@pytest.fixture
def known(new_tab):
    """The same for a learner who has chosen her pseudonym."""
    identity.choose(LEARNER)
    return new_tab


@pytest.fixture(scope="module")
def reference():
    """What is right for this learner: half-life, time-integrated activity and its uncertainty."""
    expected = variant(load("kidney-tia"), LEARNER).expected
    return expected["half_life"].value.value, expected["tia"].value.value, expected["tia"].u.value


def card(tab, number):
    return tab.page.locator(f".mrt-question-{number}")


def answer(tab, label, text, unit="h"):
    """Type into an answer line and press Enter."""
    field = tab.page.get_by_label(f"{label}, {unit}", exact=True)
    field.click()
    field.press("ControlOrMeta+a")
    field.press("Delete")
    tab.page.keyboard.type(text)
    field.press("Enter")


def written(**match):
    return [event for event in Logbook().events(**match) if event["event"] == "answer"]


def standing(tab):
    return tab.page.locator(".mrt-status")


def go(page, name: str, most: int = 60) -> None:
    """Press Tab until something with this name has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        found = page.evaluate(
            """() => { const node = document.activeElement, label = node.labels?.[0]?.textContent;
            return [node.getAttribute("aria-label"), label, node.textContent].join("|"); }"""
        )
        if name in found:
            return
    raise AssertionError(f"{name!r} cannot be reached with Tab")


def focus(page) -> str:
    return page.evaluate("document.activeElement.textContent")


def test_one_whole_exercise(new_tab, data_folder, reference):
    """From the list to the solution: what was typed last time is there, and all but typing works by keyboard alone."""
    half_life, tia, u = reference
    tab = new_tab()
    page = tab.page
    expect(page.get_by_role("heading", level=1)).to_contain_text("Exercises")
    tab.look("list")
    in_order(page)
    go(page, "Pseudonym")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type(LEARNER)
    go(page, "Start")
    page.keyboard.press("Enter")
    expect(page.get_by_text(f"You are {LEARNER}")).to_be_visible(**SLOW)
    expect(page.locator(".mrt-page h1")).to_be_focused(**SLOW)
    go(page, "Kidney time-integrated")
    page.keyboard.press("Enter")
    expect(card(tab, 1)).to_be_visible(timeout=60_000)

    # nothing, what cannot be read, the wrong dimension, a slip: one message each
    answer(tab, HALF_LIFE, "")
    expect(card(tab, 1)).to_contain_text("Nothing is entered yet", **SLOW)
    answer(tab, HALF_LIFE, "1.234,5")
    expect(card(tab, 1)).to_contain_text("both a point and a comma", **SLOW)
    expect(card(tab, 1)).to_contain_text("does not count as an attempt", **SLOW)
    expect(standing(tab)).to_contain_text("no attempts")
    answer(tab, HALF_LIFE, "7,4 GBq")
    expect(card(tab, 1)).to_contain_text(re.compile("an activity; a time", re.I), **SLOW)
    answer(tab, HALF_LIFE, f"{half_life / 0.693147:.5g}".replace(".", ","))
    expect(card(tab, 1)).to_contain_text("You gave the mean life", **SLOW)
    expect(page.get_by_label(f"{HALF_LIFE}, h", exact=True)).to_be_focused()
    card(tab, 1).get_by_role("button", name="Hint 1 of 3").click()
    expect(card(tab, 1)).to_contain_text("Hint 1.", **SLOW)
    assert [event["outcome"] for event in written(question="half_life")] == ["unreadable", "unreadable", "slip"]
    page.get_by_label(f"{TIA}, MBq·h", exact=True).fill("152,5")
    expect(card(tab, 2)).to_contain_text("understood as 152.5", **SLOW)

    # the tab is closed, with half an answer typed; everything is there again
    page.get_by_label("because").fill("Three points carry")
    page.get_by_label("because").blur()
    expect(page.get_by_label("because")).to_have_value("Three points carry")
    page.wait_for_timeout(1000)
    tab.close()
    tab = new_tab("kidney-tia")
    page = tab.page
    expect(card(tab, 1)).to_contain_text("You gave the mean life", **SLOW)
    expect(card(tab, 1)).to_contain_text("Hint 1.")
    expect(page.get_by_label(f"{TIA}, MBq·h", exact=True)).to_have_value("152,5")
    expect(page.get_by_label("because")).to_have_value("Three points carry")

    answer(tab, HALF_LIFE, f"{half_life:.5g}")
    expect(card(tab, 1).locator(".mrt-right-answer")).to_contain_text("Right.", **SLOW)

    # the program behind the page is killed; what was checked is on the disk
    kill_kernel(tab)
    tab.expect_failure = True
    expect(page.locator("#mrt-asleep")).to_contain_text("has stopped. Reload the page", timeout=60_000)
    page.reload()
    expect(card(tab, 1).locator(".mrt-right-answer")).to_contain_text("Right.", timeout=60_000)
    expect(card(tab, 1)).to_contain_text("✓ right at attempt 2, 1 hint")

    page.get_by_label(f"{TIA}, standard uncertainty, MBq·h", exact=True).fill(f"{3 * u:.4g}")
    answer(tab, TIA, f"{tia:.6g}", "MBq·h")
    expect(card(tab, 2)).to_contain_text("The value is right, the uncertainty is not", **SLOW)
    page.get_by_label(f"{TIA}, MBq·h", exact=True).focus()
    go(page, "I give up")
    page.keyboard.press("Enter")
    expect(card(tab, 2)).to_contain_text("no longer counts", **SLOW)
    expect(page.locator(".mrt-question-2-sure")).to_be_focused(**SLOW)
    go(page, "Yes, show", 2)
    page.keyboard.press("Enter")
    expect(page.locator(".mrt-question-2-solution")).to_be_focused(**SLOW)
    assert "Solution" in focus(page)
    assert page.locator("text=What was hidden").count() == 0

    go(page, "report it")
    page.keyboard.press("Space")
    go(page, "because")
    page.keyboard.press("ControlOrMeta+a")
    page.keyboard.type("Three points carry two parameters.")
    go(page, "Check: Would you report")
    page.keyboard.press("Enter")
    expect(card(tab, 3)).to_contain_text("Right.", **SLOW)
    assert "Check" in focus(page), "the place on the page was lost"
    assert written(question="decision")[-1]["raw"]["reason"] == "Three points carry two parameters."
    expect(page.get_by_role("heading", name="What was hidden")).to_be_visible(**SLOW)
    expect(page.get_by_role("row", name=re.compile("effective half-life of this kidney"))).to_contain_text(
        f"{half_life:.5g}"
    )

    page.get_by_label("What did I learn?").fill("Propagate what is known.")
    page.get_by_label("What will I do differently?").fill("Ask for the noise first.")
    page.get_by_role("button", name="Save what I wrote").click()
    expect(page.locator(".mrt-earlier").first).to_contain_text("Propagate what is known.", **SLOW)
    page.get_by_label("MRTLAB:FIT-S").check()
    page.get_by_role("button", name="Make the portfolio entry").click()
    expect(page.get_by_text("The portfolio entry is made.")).to_be_visible(**SLOW)
    with page.expect_download() as saved:
        page.get_by_role("button", name="Download the entry (HTML)").click()
    assert "Ask for the noise first." in saved.value.path().read_text(encoding="utf-8")
    tab.screenshot("finished")
    assert page.locator(".mrt-unexpected").count() == 0
    assert Logbook().events()
    assert Logbook().damaged == ()


def kill_kernel(tab):
    """End the program of this page without a warning."""
    wanted = tab.kernel_id()
    killed = 0
    for process in psutil.process_iter(["cmdline"]):
        if any(wanted in part for part in process.info["cmdline"] or ()):
            process.kill()
            killed += 1
    assert killed, "the program of the page was not found"


def test_a_prediction_comes_first(known):
    tab = known("dose-response-logistic")
    page = tab.page
    expect(card(tab, 1)).to_be_visible(**SLOW)
    assert page.locator(".mrt-task").count() == 1
    assert page.locator("img").count() == 0
    page.get_by_role("button", name="Commit my prediction").click()
    expect(card(tab, 1)).to_contain_text("Choose one of the answers first", **SLOW)
    page.get_by_label("to about 1 Gy").check()
    page.get_by_role("button", name="Commit my prediction").click()
    expect(page.get_by_role("heading", name="Your data")).to_be_focused(**SLOW)
    expect(page.get_by_label("to about 1 Gy")).to_be_disabled()
    picker = page.locator(".mrt-task", has=page.locator(".mrt-stage"))
    picker.get_by_role("radio").nth(3).check()
    expect(picker).to_contain_text("chosen", **SLOW)
    picker.get_by_role("button", name="Check").click()
    expect(picker.locator(".mrt-verdict p")).to_be_visible(**SLOW)
    assert written(question="odd_one")[0]["raw"] == {"point": 3}


def test_assessment_from_pack_to_hand_in(new_tab, tmp_path):
    sheet = variant(load("kidney-tia"), "K7Q2M4XP", "Lund 2027", b"k" * 32).sheet
    pack = {
        "mrtlab_pack": 1,
        "course": "Lund 2027",
        "learner": "K7Q2M4XP",
        "mode": "assessment",
        "exercises": [{"exercise": "kidney-tia", "version": sheet.version}],
        "sheets": [sheet.to_dict()],
        "made": "2026-11-25T10:00:00+00:00",
        "mrtlab": "0.1.0",
    }
    tab = new_tab()
    page = tab.page
    content = json.dumps(pack).encode()
    page.locator("input[type=file]").set_input_files({"name": "p.json", "mimeType": "x/y", "buffer": content})
    expect(page.get_by_text("You are K7Q2M4XP, course “Lund 2027”, assessment")).to_be_visible(**SLOW)
    page.get_by_role("link", name=re.compile("Kidney time-integrated")).click()
    expect(page.get_by_text("This is an assessment.")).to_be_visible(timeout=60_000)
    answer(tab, HALF_LIFE, "58,2")
    expect(card(tab, 1)).to_contain_text("Received and saved", **SLOW)
    expect(page.get_by_role("button", name=re.compile("Hint|give up"))).to_have_count(0)
    expect(page.locator(".mrt-right-answer, .mrt-solution:visible")).to_have_count(0)
    tab.screenshot("assessment")
    with page.expect_download() as saved:
        page.get_by_role("button", name="Hand in").click()
    handed = json.loads(saved.value.path().read_text(encoding="utf-8"))
    assert saved.value.suggested_filename == "lund-2027-k7q2m4xp.mrt.json"
    answers = [event["raw"] for event in handed["exercises"][0]["events"] if event["event"] == "answer"]
    assert answers == [{"value": "58,2"}]


def seen(tab, name):
    """Look at an exercise; its headings skip no level."""
    page = tab.page
    expect(card(tab, 1)).to_be_visible(**SLOW)
    commit = page.get_by_role("button", name="Commit my prediction")
    if commit.count():
        page.get_by_role("radio").first.check()
        commit.click()
    expect(page.locator("img").first).to_be_visible(**SLOW)
    tab.look(name)
    in_order(page)


def in_order(page):
    expect(page.locator("h1:visible")).to_have_count(1)
    heads = page.evaluate(
        """[...document.querySelectorAll('h1, h2, h3, h4')].filter(node => node.checkVisibility())
        .map(node => Number(node.tagName[1]))"""
    )
    assert all(after - before <= 1 for before, after in pairwise(heads)), heads


def test_an_exercise_with_an_image(known):
    seen(known("background-region"), "background-region")


def test_a_table_downloaded_a_disk_that_fails_and_a_second_tab(known, data_folder, reference):
    half_life, tia, u = reference
    tab = known("kidney-tia")
    seen(tab, "kidney-tia")
    page = tab.page
    page.get_by_label("decimal comma").check()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Download as CSV").click()
    sheet = variant(load("kidney-tia"), LEARNER).sheet
    lines = saved.value.path().read_text(encoding="utf-8-sig").splitlines()
    assert sheet.code in saved.value.suggested_filename
    rows = [line.split(";") for line in lines if not line.startswith("#")][1:]
    assert [float(row[1].replace(",", ".")) for row in rows] == list(sheet.tables[0].column("activity_mbq").values)
    expect(page.get_by_text(f"saved as {saved.value.suggested_filename}")).to_be_visible(**SLOW)

    # without a disk there is no verdict
    expect(standing(tab)).to_contain_text("saved", **SLOW)
    logbook, aside = data_folder / "logbook.jsonl", data_folder / "aside"
    logbook.rename(aside)
    logbook.mkdir()
    answer(tab, HALF_LIFE, f"{half_life:.5g}")
    expect(standing(tab)).to_have_text("not saved", **SLOW)
    expect(card(tab, 1).locator(".mrt-flag")).to_contain_text("cannot be read", **SLOW)
    assert tab.page.locator(".mrt-right-answer").count() == 0
    logbook.rmdir()
    aside.rename(logbook)
    tab.page.get_by_role("button", name=f"Check: {HALF_LIFE}").click()
    expect(card(tab, 1)).to_contain_text("Right.", **SLOW)
    expect(standing(tab)).to_contain_text("1 attempt · saved", **SLOW)

    # two tabs lose nothing
    other = known("kidney-tia")
    expect(card(other, 1)).to_contain_text("Right.", **SLOW)
    other.page.get_by_label(f"{TIA}, standard uncertainty, MBq·h", exact=True).fill(f"{u:.5g}")
    answer(other, TIA, f"{tia:.6g}", "MBq·h")
    expect(card(other, 2)).to_contain_text("Right.", **SLOW)
    card(tab, 3).get_by_role("button", name="Hint 1 of 1").click()
    expect(card(tab, 2)).to_contain_text("Right.", **SLOW)  # of the other tab, at the next action
    assert sorted(event["question"] for event in written()) == ["half_life", "tia"]
    assert {event["outcome"] for event in written()} == {"right"}
