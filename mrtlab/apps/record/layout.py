"""The controls of the page of records and where they stand."""

from __future__ import annotations

from mrtlab import record
from mrtlab.apps.controls import (
    Button,
    Choice,
    CodePanel,
    DataTable,
    Details,
    Download,
    Flag,
    Flags,
    Note,
    NumberField,
    Page,
    Right,
    Row,
    Section,
    Text,
    TextField,
    Upload,
)
from mrtlab.apps.record import words
from mrtlab.apps.record.model import ROLES, THERAPIES
from mrtlab.errors import InputError

__all__ = ["Layout"]


class Layout:
    """Makes controls and page; what they do is the view's."""

    def _make(self):
        self._make_which()
        self._make_who()
        self._make_step()
        self._make_new_version()
        self._make_hand_over()
        self._make_rows()
        self.page = Page(
            "The record: who decides, who measures, who signs",
            [self.left_out, *self.sections.values()],
            crumbs=[("mrtlab", "index.ipynb"), ("Across therapies", None), ("The record", None)],
            subtitle="One case through six steps, by two or three people · 45 min to 75 min · level: judge",
            units="MBq · Gy · g · h",
            foot=False,
        )

    def _make_which(self):
        self.left_out = Flag()
        self.which = Choice("Record", [])
        self.open = Button("Open this record", primary=True, on_click=lambda _: self._open())
        self.upload = Upload("Open a record file…", accept=".json")
        names = list(THERAPIES)
        self.pseudonym = TextField("Pseudonym", help="letters, digits, hyphens: case-07; never a name or a birth date")
        self.therapy = Choice("Therapy", names)
        self.nuclide = TextField("Nuclide", THERAPIES[names[0]][0])
        self.product = TextField("Product", THERAPIES[names[0]][1])
        self.cycle = NumberField("Cycle", "", 1, minimum=1, maximum=100)
        self.begin = Button("Begin an empty record", on_click=lambda _: self._begin())
        self.refused_begin = Flag()
        new = [self.pseudonym, self.therapy, self.nuclide, self.product, self.cycle, self.begin, self.refused_begin]
        self.opened, self.chain, self.refused_open = Note(), Text(), Flag()
        self.again = Button("Look into the folder again", on_click=lambda _: self._again())
        self.sections = {
            "which": Section(
                "Which record?",
                [self.which, self.open, self.upload, Details("A new, empty record", new)],
                under=[self.refused_open, self.opened, self.chain, self.again],
            )
        }

    def _make_who(self):
        self.role = Choice("I am the", [(text, role) for role, text in ROLES.items()], "MD", radio=True)
        self.name = TextField("Name", help="not an electronic signature: anybody can type it")
        self.task, self.signing = Text(), Text(words.NO_SIGNATURE)
        self.sections["who"] = Section("Who are you now?", [self.role, self.name], under=[self.task, self.signing])
        self.whose, self.flags = Text(lead=True), Flags()
        self.steps = DataTable(("Step", "What", "Whose", "State"), caption="The steps and their state")
        self.sections["where"] = Section("Where does it stand?", under=[self.whose, self.flags, self.steps])

    def _make_step(self):
        self.turn = Choice("Step to take", [])
        self.form_box = Row([])
        self.form_box.layout.align_items = "flex-start"  # tissues of different height, their first lines level
        self.not_mine = Note()
        self.check = Button("Check it first", on_click=lambda _: self._check())
        self.enter = Button("Enter this step", primary=True, on_click=lambda _: self._enter())
        self.refused, self.would, self.entered = Flag(), Note(), Right()
        self.checklist = DataTable(("Look at",), caption="When a dose lies outside its range", show_caption=True)
        self.checklist_box = Details("Checklist: a dose outside its expected range", [self.checklist])
        every = [(f"{number}. {title}", kind) for kind, (number, title, _) in words.STEPS.items()]
        self.trial = Choice("Try out of turn", [*every, ("vi. Sign", "signature")])
        self.try_it = Button("Try it", on_click=lambda _: self._try())
        self.tried = Note()
        self.open_form = Section(
            "The open step",
            under=[
                self.turn,
                self.not_mine,
                self.form_box,
                self.checklist_box,
                Row([self.check, self.enter]),
                self.refused,
                self.would,
                self.entered,
                Details(
                    "Try a step that is not yours, or not yet its turn",
                    [
                        Text("Nothing is broken by trying. The record refuses, and says why."),
                        self.trial,
                        self.try_it,
                        self.tried,
                    ],
                ),
            ],
        )
        self.told = Row([])
        self.reader = Text()
        self.note_text = TextField("Observation", lines=3)
        self.note_add = Button("Note it", on_click=lambda _: self._note())
        self.note_refused = Flag()
        self.noted = DataTable(("When", "Who, and after which step", "Observation"), caption="Observations")
        self.observing = Details(
            "Observations, kept beside the record and not in it",
            [
                Text("What was said that is written nowhere? Where did two people mean different things?"),
                self.note_text,
                self.note_add,
                self.note_refused,
                self.noted,
            ],
        )
        self.sections |= {
            "step": self.open_form,
            "told": Section("What does it say?", under=[self.reader, self.told, self.observing]),
        }

    def _make_new_version(self):
        self.reason = TextField("Why it is changed", lines=2)
        self.back_to = Choice("Take up again from", [])
        self.revise = Button("Begin a new version", on_click=lambda _: self._revise())
        self.revise_refused, self.revised = Flag(), Right()
        self.versions = DataTable(("Version", "Why", "State · hash"), caption="Versions in this file")
        self.version = Choice("Read a version", [])
        self.old = Row([])
        self.sections["versions"] = Section(
            "Something is wrong in it: what now?",
            [self.reason, self.back_to, self.revise],
            under=[
                Text(
                    "Nothing is ever overwritten. A change begins a new version; the old one stays in the file as it "
                    "was, and its signatures do not count for the new one."
                ),
                self.revise_refused,
                self.revised,
                self.versions,
                Details("Read an earlier version", [self.version, self.old]),
            ],
        )

    def _make_hand_over(self):
        self.json = Download("Download the record (JSON)", "record.json", self._json, "application/json")
        self.html = Download("Download the page to print (HTML)", "record.html", self._html, "text/html")
        self.where = Text()
        self.code = CodePanel()
        self.sections["over"] = Section(
            "How do I hand it over?",
            [self.json, self.html],
            under=[
                Text(
                    "Download the file and give it to the next person, who opens it above, here or on another PC. The "
                    "page then says which version it is, whether its chain of hashes holds, and what was done since. "
                    "The hashes find a damaged or edited file; they are no protection against somebody who computes "
                    "them anew."
                ),
                self.where,
                Details("The same in code", [self.code]),
            ],
        )

    def _make_rows(self):
        self.more = Upload("Add a record file…", accept=".json")
        self.forget = Button("Take all added files away", on_click=lambda _: self._forget())
        self.decimal = Choice("Decimal sign", [("comma, semicolons between", "semicolon"), ("point", "comma")])
        self.csv = Download("Download the rows (CSV)", "rows.csv", self._csv, "text/csv")
        self.merged = DataTable(("Case", "Cycle", "Region", "Dose", "Within"), caption="One row per region and cycle")
        self.sums = DataTable(
            ("Region", "Sum", "Cycles", "Limit", "Left"), caption="Sum over cycles", show_caption=True
        )
        self.rows_refused, self.sums_said = Flag(), Text()
        self.sections["rows"] = Section(
            "What may leave the hospital?",
            [self.more, self.forget, self.decimal, self.csv],
            under=[
                Text(
                    "One row per region and cycle, of the record above and of every file added. Pseudonyms, names, "
                    "dates, hashes and free text stay behind; region names stay as they were typed. Rare combinations "
                    "may still point to a person: look before you hand it out."
                ),
                self.rows_refused,
                self.merged,
                self.sums,
                self.sums_said,
            ],
        )

    def _json(self) -> bytes:
        return record.to_json(self._there()).encode("utf-8")

    def _html(self) -> bytes:
        return record.to_html(self._there()).encode("utf-8")

    def _there(self):
        if self.model.record is None:
            raise InputError("open or begin a record first")
        return self.model.record
