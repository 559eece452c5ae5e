"""How one comes to an exercise: who works here, which exercises there are, and the one that was asked for."""

from __future__ import annotations

from itertools import groupby

from mrtlab.apps.controls import (
    Button,
    Card,
    Choice,
    Details,
    Flag,
    Flags,
    Html,
    Page,
    Row,
    Text,
    TextField,
    Upload,
    escape,
    guard,
)
from mrtlab.apps.exercise import words
from mrtlab.apps.exercise._widgets import Commit, Guide, Place
from mrtlab.apps.exercise.address import in_dashboard, wanted
from mrtlab.apps.exercise.catalogue import Entry, Listing, listing
from mrtlab.apps.exercise.model import Work
from mrtlab.errors import InputError
from mrtlab.learn import identity
from mrtlab.learn.session import Session

__all__ = ["page"]

PACK_MB = 9  # what comes through the connection of a page in one piece is limited to 10


def page(exercise: str | None = None) -> Place:
    """The page of an exercise.

    Parameters
    ----------
    exercise : str, optional
        Its id, such as ``"kidney-tia"``. Without one: what the address of a dashboard asks for, otherwise the list.

    Raises
    ------
    InputError
        If there is no such exercise. An address that asks for one that is not there gets the list, and a word.
    """
    if exercise is not None and (there := listing(None)).find(exercise) is None:
        raise InputError(there.missing(exercise))
    return _Desk(wanted() if exercise is None else exercise, alone=exercise is not None).place


class _Desk:
    """Shows one page after the other in one place."""

    def __init__(self, exercise: str, alone: bool = False):
        self.exercise, self._alone = exercise, alone
        self.place = Place()
        self._show()

    def go(self, exercise: str = "") -> None:
        """Show an exercise, or the list."""
        self.exercise = exercise
        self._show()
        self._guide.go("mrt-head")

    def again(self) -> None:
        """Show the same for another learner or course."""
        self.go(self.exercise)

    def _show(self) -> None:
        self._guide, problem, who = Guide(), "", None
        try:
            who = identity.current()
        except InputError as error:
            problem = str(error)
        if not self.exercise:
            self.place.show(self._list(who, problem))
            return
        there = listing(None)
        entry = listing(who).find(self.exercise) or there.find(self.exercise)
        if entry is None:
            self.place.show(self._list(who, there.missing(self.exercise)))
        elif who is None:
            self.place.show(self._welcome_page(entry, problem))
        else:
            self.place.show(self._exercise_page(who, entry))

    # ---- pages

    def _exercise_page(self, who: identity.Identity, entry: Entry) -> Page:
        from mrtlab.apps.exercise.view import exercise_page  # slow to load: the plots; the list has none

        try:
            work = Work(Session(entry.id, who))
        except InputError as error:
            return Page(
                words.plain(entry.title),
                [self._guide, Flag(_sentence(error)), *self._back(), self._who(who)],
                crumbs=_crumbs(entry),
            )
        page = exercise_page(work, *self._back())
        page.children = (*page.children[:-1], self._guide, page.children[-1])
        return page

    def _back(self) -> list:
        if in_dashboard() or self._alone:
            return []
        return [Row([Button("All exercises", on_click=lambda _: self.go())])]

    def _welcome_page(self, entry: Entry, problem: str) -> Page:
        page = Page(words.plain(entry.title), [], crumbs=_crumbs(entry), subtitle=_facts(entry))
        page.children = (*page.children[:-1], self._guide, *_flags(problem), *self._welcome(), page.children[-1])
        return page

    def _list(self, who: identity.Identity | None, problem: str) -> Page:
        there = listing(who)
        page = Page(
            words.LIST_TITLE,
            [self._guide, *_flags(problem), Text(words.LIST_LEAD, lead=True)],
            crumbs=[("mrtlab", "index.ipynb"), ("Exercises", None)],
        )
        inside = [*([self._who(who)] if who else self._welcome()), *self._topics(there)]
        if there.problems:
            told = Flags([_sentence(text) for text in there.problems])
            inside.append(Details("Exercises that cannot be used", [told]))
        page.children = (*page.children[:-1], *inside, page.children[-1])
        return page

    def _topics(self, there: Listing) -> list:
        parts = []
        for (course, topic), entries in groupby(there.entries, key=lambda entry: (entry.course, entry.topic)):
            title = words.topic(topic) + (" (your course)" if course else "")
            parts += [
                _heading(title),
                Html(_table(title, list(entries)), kind="table"),
            ]
        if in_dashboard() or not there.entries:
            return parts
        choice = Choice("Exercise", [(words.plain(entry.title), entry.id) for entry in there.entries])
        opened = Commit("Open", primary=True, on_click=lambda _: self.go(choice.value))
        return [Row([choice, opened]), *parts]

    # ---- who works here

    def _welcome(self) -> list:
        self._name = TextField("Pseudonym", identity.suggest(), help="a to z, digits, hyphens; keep it or change it")
        start = Commit("Start", primary=True)
        problem = Flag()
        start.on_click(lambda _: self._try(problem, lambda: identity.choose(self._name.value)))
        parts = [Text(words.WELCOME_WHY), self._name, Row([start]), problem, Text(words.PACK_WHY), self._upload()]
        return [_heading("Before you begin"), Card("", words.WELCOME, parts)]

    def _who(self, who: identity.Identity) -> Details:
        """Who works here, and how to change that."""
        problem, parts = Flag(), []
        others = [one for one in identity.packs() if (one.course, one.learner) != (who.course, who.learner)]
        if who.course != identity.SELF:
            leave = Button("Leave the course", on_click=lambda _: self._try(problem, identity.leave_pack))
            parts += [Text("Left courses stay here, with your answers; you can come back to them."), Row([leave])]
        if others:
            choice = Choice("Course", [(words.who(one), (one.course, one.learner)) for one in others])
            switch = Commit("Switch", on_click=lambda _: self._try(problem, lambda: identity.activate(*choice.value)))
            parts.append(Row([choice, switch]))
        parts.append(self._upload())
        if who.course == identity.SELF:
            name = TextField("Another pseudonym", help="brings other patients; your answers so far stay kept")
            change = Commit(
                "Change", on_click=lambda _: self._try(problem, lambda: identity.choose(name.value), self.again)
            )
            parts.append(Row([name, change]))
        return Details(f"You are {words.who(who)}", [*parts, problem])

    def _upload(self) -> Upload:
        upload = Upload("Open my course pack…", accept=".json", limit_mb=PACK_MB)

        def opened(change):
            if change["new"] is None:
                return
            try:
                identity.open_pack(change["new"].content)
            except InputError:
                upload.message = ""
                raise
            self.again()

        upload.observe(lambda change: guard(self.place.page)(opened)(change), "file")
        return upload

    def _try(self, problem: Flag, action, then=None) -> None:
        """Do what changes who works here; a refusal stands beside the button."""
        problem.text = ""
        try:
            action()
        except InputError as error:
            problem.text = _sentence(error)
        else:
            (then or self.again)()


def _heading(text: str) -> Html:
    return Html(f"<h2>{escape(text)}</h2>", kind="question")


def _crumbs(entry: Entry) -> list:
    return [
        ("mrtlab", "index.ipynb"),
        ("Exercises", "exercises.ipynb"),
        (words.topic(entry.topic), None),
        (f"Exercise {entry.short}" if entry.short else entry.title, None),
    ]


def _facts(entry: Entry) -> str:
    return f"{entry.therapy} · {entry.minutes} min · level: {entry.level}"


def _table(caption: str, entries: list[Entry]) -> str:
    """The exercises of a topic; in a dashboard each is a link."""
    rows = "".join(f"<tr>{_row(entry)}</tr>" for entry in entries)
    heads = "".join(f'<th scope="col">{name}</th>' for name in ("Exercise", "Code", "Therapy", "Level", "Time", "You"))
    return (
        f'<table class="mrt-exercises"><caption class="mrt-hidden">{escape(caption)}</caption>'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>"
    )


def _row(entry: Entry) -> str:
    title = escape(words.plain(entry.title))
    if in_dashboard():
        title = f'<a href="?exercise={escape(entry.id)}">{title}</a>'
    cells = (entry.short, entry.therapy, entry.level, f"{entry.minutes} min", entry.standing)
    return f'<th scope="row">{title}</th>' + "".join(f"<td>{escape(cell)}</td>" for cell in cells)


def _flags(problem: str) -> list[Flag]:
    return [Flag(_sentence(problem))] if problem else []


def _sentence(words_) -> str:
    text = str(words_)
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?")) else ".")
