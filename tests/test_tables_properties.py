"""No valid table is misread, and no spoiled one loads as other numbers."""

import contextlib
import io
import random
import warnings
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mrtlab import InputError, PlausibilityWarning
from mrtlab.tables import TacTable, read_tac

SEPARATORS = (",", ";", "\t")
UNITS = {
    "time": {"h": 1, "min": Fraction(1, 60), "s": Fraction(1, 3600), "d": 24},
    "activity": {"MBq": 1, "kBq": Fraction(1, 1000), "GBq": 1000, "Bq": Fraction(1, 10**6), "mCi": 37},
}


def load(text):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PlausibilityWarning)
        return read_tac(io.StringIO(text), nuclide="Lu-177", decay_corrected=False)


def numbers(table):
    return {curve.region: list(zip(curve.times_h, curve.activity_mbq, strict=True)) for curve in table}


# ------------------------------------------------------------------- a valid table is read as the same numbers


@st.composite
def decimals(draw, low=1, high=10**7):
    """A number as people write it, with up to five decimals: digits and the place of the sign."""
    digits, places = draw(st.integers(low, high)), draw(st.integers(0, 5))
    text = str(digits).zfill(places + 1)
    return f"{text[:-places]}.{text[-places:]}" if places else text


def tells_thousands_apart(cell):
    """Written out from the rule in words: not one to three digits, a sign, three digits, unless it begins with 0."""
    whole, sign, part = cell.partition(".")
    return bool(sign) and (len(part) != 3 or len(whole) > 3 or whole.startswith("0"))


@st.composite
def contents(draw):
    """Regions with rising times and their activities, as text; at least one cell settles the decimal sign."""
    regions = draw(
        st.lists(st.sampled_from(["kidney", "Leber ü", "lesion 2", "a, b; c"]), min_size=1, max_size=3, unique=True)
    )
    times = sorted(draw(st.sets(decimals(1, 10**5), min_size=1, max_size=4)), key=Fraction)
    times = [time for i, time in enumerate(times) if i == 0 or Fraction(time) > Fraction(times[i - 1])]
    rows = {region: [(time, draw(decimals())) for time in times] for region in regions}
    cells = [cell for points in rows.values() for point in points for cell in point]
    if any("." in cell for cell in cells) and not any(map(tells_thousands_apart, cells)):
        first = regions[0]
        rows[first][0] = (rows[first][0][0], "12.5")
    return rows


@st.composite
def renderings(draw, rows):
    """The text of a table in one of the many dialects, and the numbers it holds in hours and MBq."""
    separator, sign, quote = draw(st.sampled_from(SEPARATORS)), draw(st.sampled_from(".,")), draw(st.booleans())
    time_unit = draw(st.sampled_from(list(UNITS["time"])))
    unit = draw(st.sampled_from(list(UNITS["activity"])))
    header_style = draw(st.sampled_from(["{}_{}", "{} [{}]", "{} ({})", "{} / {}"]))
    shown = unit.lower() if draw(st.booleans()) else unit

    def cell(text):
        if quote or separator in text:
            return f'"{text}"'
        return text

    def number(text):
        return cell(text.replace(".", sign))

    time = cell(header_style.format("time", time_unit))
    if draw(st.booleans()):
        lines = [[cell("Region"), time, cell(header_style.format("activity", shown))]]
        lines += [[cell(name), number(t), number(a)] for name, points in rows.items() for t, a in points]
        order = draw(st.sampled_from(["by region", "by time"]))
        if order == "by time":
            lines[1:] = sorted(lines[1:], key=lambda row: Fraction(row[1].strip('"').replace(",", ".")))
    else:
        names = [header_style.format(name, shown) for name in rows]
        # a bare name with another separator in it would be refused, so such names are quoted
        names = [f'"{name}"' if set(name) & set(SEPARATORS) else cell(name) for name in names]
        lines = [[time, *names]]
        lines += [
            [number(points[0][0]), *(number(a) for _, a in points)] for points in zip(*rows.values(), strict=True)
        ]
    end = draw(st.sampled_from(["\n", "\r\n"]))
    text = end.join(separator.join(row) for row in lines) + end * draw(st.integers(0, 3))
    expected = {
        name: [
            (float(Fraction(t) * UNITS["time"][time_unit]), float(Fraction(a) * UNITS["activity"][unit]))
            for t, a in points
        ]
        for name, points in rows.items()
    }
    return text, expected


@settings(max_examples=200, deadline=None)
@given(st.data(), contents(), st.sampled_from(["text", "utf-8", "utf-8-sig", "cp1252"]))
def test_any_dialect_layout_and_unit(data, rows, encoding):
    text, expected = data.draw(renderings(rows))
    source = io.StringIO(text) if encoding == "text" else text.encode(encoding)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PlausibilityWarning)
        found = numbers(read_tac(source, nuclide="Lu-177", decay_corrected=False))
    assert set(found) == set(expected)
    for name, points in expected.items():
        assert len(found[name]) == len(points)
        for have, want in zip(found[name], points, strict=True):
            assert have == pytest.approx(want, rel=1e-14)
            if "MBq" in text.splitlines()[0] and "time_h" in text:
                assert have == want


# ------------------------------------------------------------------------ a spoiled table: refused, or read right

REFUSED = "refused"
COLUMNS = ("region", "time_h", "activity_mbq")


class File:
    """A valid file as a grid of cells, so that it can be spoiled in known ways. Text has decimal points."""

    def __init__(self, rng):
        self.rng = rng
        self.separator = rng.choice(SEPARATORS)
        self.sign = rng.choice(".,")
        self.long = rng.random() < 0.5
        regions = rng.sample(["kidney", "liver", "spleen"], rng.randint(2, 3))
        times = sorted(rng.sample(range(1, 200), rng.randint(2, 4)))
        times = [f"{times[0]}.5", *map(self.spell, times[1:])]  # the first settles the decimal sign
        values = {
            (name, time): self.spell(rng.choice([2, 40, 560, 1234, 20_500])) for name in regions for time in times
        }
        if self.long:
            self.header = list(COLUMNS)
            self.rows = [[name, time, values[name, time]] for name in regions for time in times]
        else:
            self.header = ["time_h"] + [f"{name}_mbq" for name in regions]
            self.rows = [[time, *(values[name, time] for name in regions)] for time in times]

    def spell(self, whole):
        return f"{whole}{self.rng.choice(['', '', '.5', '.125', '.1234'])}"

    def numeric(self):
        """Places of the cells that hold numbers."""
        return [(r, c) for r, row in enumerate(self.rows) for c in range(int(self.long), len(row))]

    def text(self):
        return self.join([self.header, *[[self.show(cell) for cell in row] for row in self.rows]])

    def show(self, cell, sign=None):
        return self.quoted(cell.replace(".", sign or self.sign))

    def quoted(self, cell):
        return f'"{cell}"' if self.separator in cell else cell

    def join(self, rows):
        return "\n".join(self.separator.join(row) for row in rows) + "\n"

    def shown_rows(self):
        return [[self.show(cell) for cell in row] for row in self.rows]

    def truth(self, rows=None):
        """What a careful person reads, None standing for an empty cell of a wide table."""
        found = {}
        for row in self.rows if rows is None else rows:
            points = (
                [(row[0], row[1], row[2])]
                if self.long
                else [
                    (name.removesuffix("_mbq"), row[0], cell)
                    for name, cell in zip(self.header[1:], row[1:], strict=True)
                ]
            )
            for name, time, activity in points:
                if activity:
                    found.setdefault(name, []).append((float(time), float(activity)))
        return found


# Each returns the spoiled text and what a careful person would make of it: REFUSED if it must not load, else the
# numbers it may load as (it may be refused all the same, for example when the only cell that tells the decimal sign is
# gone).


def other_separator_throughout(file):
    """The file is the same table, but for decimal commas that now fall between commas without quotes."""
    new = file.rng.choice([mark for mark in SEPARATORS if mark != file.separator])
    rows = [[cell.strip('"') for cell in row] for row in [file.header, *file.shown_rows()]]
    text = "\n".join(new.join(row) for row in rows) + "\n"
    broken = new == "," and any("," in cell for row in rows for cell in row)
    return text, REFUSED if broken else file.truth()


def other_separator_in_one_row(file):
    """Nobody can tell what such a row means."""
    new = file.rng.choice([mark for mark in SEPARATORS if mark != file.separator])
    rows = [file.header, *file.shown_rows()]
    at = file.rng.randrange(len(rows))
    lines = [file.separator.join(row) for row in rows]
    lines[at] = new.join(cell.strip('"') for cell in rows[at])
    return "\n".join(lines) + "\n", REFUSED


def one_separator_changed(file):
    """The same, for one place in one row."""
    new = file.rng.choice([mark for mark in SEPARATORS if mark != file.separator])
    rows = [file.header, *file.shown_rows()]
    at = file.rng.randrange(len(rows))
    cut = file.rng.randrange(1, len(rows[at]))
    lines = [file.separator.join(row) for row in rows]
    lines[at] = file.separator.join(rows[at][:cut]) + new + file.separator.join(rows[at][cut:])
    return "\n".join(lines) + "\n", REFUSED


def thousands(file):
    """1234 as 1.234, 1'234 and the like, by someone who does not use her decimal sign for it: never to be read."""
    large = [(r, c) for r, c in file.numeric() if float(file.rows[r][c]) >= 1000]
    if not large:
        return file.text(), file.truth()
    mark = file.rng.choice([",."[file.sign == ","], "'", "’", " ", "\u00a0", "\u202f"])
    rows = file.shown_rows()
    for r, c in file.rng.sample(large, file.rng.randint(1, len(large))):
        whole, point, part = file.rows[r][c].partition(".")
        spelled = f"{whole[:-3]}{mark}{whole[-3:]}" + (file.sign + part if point else "")
        rows[r][c] = file.quoted(spelled) if file.rng.random() < 0.7 else spelled
    return file.join([file.header, *rows]), REFUSED


def cell_dropped(file):
    """All later cells move to the left."""
    rows = [file.header, *file.shown_rows()]
    row = file.rng.choice(rows)
    del row[file.rng.randrange(len(row))]
    return file.join(rows), REFUSED


def cell_doubled(file):
    """All later cells move to the right."""
    rows = [list(file.header), *file.shown_rows()]
    row = file.rng.choice(rows)
    at = file.rng.randrange(len(row))
    row.insert(at, row[at])
    return file.join(rows), REFUSED


def cell_emptied(file):
    """An empty activity in a wide table means not measured; anything else is lost."""
    rows = [list(row) for row in file.rows]
    at, column = file.rng.randrange(len(rows)), file.rng.randrange(len(file.header))
    rows[at][column] = ""
    text = file.join([file.header, *[[file.show(cell) for cell in row] for row in rows]])
    return text, REFUSED if file.long or column == 0 else file.truth(rows)


def row_dropped(file):
    """The remaining points are as they were."""
    rows = list(file.rows)
    del rows[file.rng.randrange(len(rows))]
    return file.join([file.header, *[[file.show(cell) for cell in row] for row in rows]]), file.truth(rows)


def header_dropped(file):
    """Nobody can tell units and columns."""
    return file.join(file.shown_rows()), REFUSED


def row_doubled(file):
    """The same time twice."""
    rows = file.shown_rows()
    at = file.rng.randrange(len(rows))
    rows.insert(file.rng.randint(0, len(rows)), rows[at])
    return file.join([file.header, *rows]), REFUSED


def rows_swapped(file):
    """Fine between regions of a long table; within a region the times no longer rise."""
    rows = list(file.rows)
    i, j = file.rng.sample(range(len(rows)), 2)
    rows[i], rows[j] = rows[j], rows[i]
    truth = file.truth(rows)
    rising = all(points == sorted(points) for points in truth.values())
    return file.join([file.header, *[[file.show(cell) for cell in row] for row in rows]]), truth if rising else REFUSED


def other_decimal_sign_in_some_cells(file):
    """If all decimals changed it is the same table; if some, two signs stand in it; unquoted commas split cells."""
    other = ",."[file.sign == ","]
    places = [(r, c) for r, c in file.numeric() if "." in file.rows[r][c]]
    if not places:
        return file.text(), file.truth()
    chosen = file.rng.sample(places, file.rng.randint(1, len(places)))
    rows, broken = file.shown_rows(), len(chosen) < len(places)
    for r, c in chosen:
        spelled = file.rows[r][c].replace(".", other)
        quote = file.rng.random() < 0.5
        rows[r][c] = file.quoted(spelled) if quote else spelled
        broken |= not quote and file.separator in spelled
    return file.join([file.header, *rows]), REFUSED if broken else file.truth()


def unit_dropped(file):
    """A number without a unit is no activity and no time."""
    header = list(file.header)
    at = file.rng.choice([i for i, name in enumerate(header) if "_" in name])
    header[at] = header[at].rpartition("_")[0]
    return file.join([header, *file.shown_rows()]), REFUSED


def column_doubled(file):
    """Twice the same name."""
    at = file.rng.randrange(len(file.header))
    rows = [list(file.header), *file.shown_rows()]
    for row in rows:
        row.insert(at, row[at])
    return file.join(rows), REFUSED


MUTATIONS = [
    other_separator_throughout,
    other_separator_in_one_row,
    one_separator_changed,
    thousands,
    cell_dropped,
    cell_doubled,
    cell_emptied,
    row_dropped,
    header_dropped,
    row_doubled,
    rows_swapped,
    other_decimal_sign_in_some_cells,
    unit_dropped,
    column_doubled,
]


@pytest.mark.parametrize("spoil", MUTATIONS, ids=lambda spoil: spoil.__name__)
@settings(max_examples=250, deadline=None)
@given(st.integers(0, 2**32))
def test_no_spoiled_table_loads_as_other_numbers(spoil, seed):
    file = File(random.Random(seed))
    assert numbers(load(file.text())) == file.truth()
    text, expected = spoil(file)
    if expected is REFUSED:
        with pytest.raises(InputError):
            load(text)
        return
    try:
        found = numbers(load(text))
    except InputError:
        assert spoil is not other_separator_throughout  # nothing is lost there: it has to load
        return
    assert found == expected


# ------------------------------------------------------------------------------- whatever comes, only InputError

WORDS = (
    "time_h,region,activity_mbq,liver_mbq,sigma_mbq,cv_%,mass_g,kidney,liver,nan,12.5,1.234,0.5,1e5,24,MBq,"
    "# nuclide: Lu-177,# decay_corrected: no,# mass liver: ,# administered: ,# systematic: ,\r\n,\ufeff"
)
PIECES = st.sampled_from([*WORDS.split(","), "12,5", *"14g±%:\"'#,;-\t \n()[]/_\\ü"])
PLAUSIBLE = st.lists(PIECES | st.just(",") | st.just("\n"), max_size=40).map("".join)
TABLE = PLAUSIBLE.map(lambda text: "region,time_h,activity_mbq\nliver,4,12.5\n" + text)
COMMENTED = PLAUSIBLE.map(lambda text: f"# mass liver: {text}\ntime_h,liver_mbq\n4,12.5\n")


def loads_or_is_refused(source):
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", PlausibilityWarning)
        for known in ({"nuclide": "Lu-177", "decay_corrected": True}, {}):
            with contextlib.suppress(InputError):
                table = read_tac(source(), **known)
                assert isinstance(table, TacTable)
                assert table.understood


@settings(max_examples=400, deadline=None)
@given(st.text() | PLAUSIBLE | TABLE | COMMENTED)
def test_any_text(text):
    loads_or_is_refused(lambda: io.StringIO(text, newline=""))


@settings(max_examples=200, deadline=None)
@given(st.binary() | PLAUSIBLE.map(lambda text: text.encode("cp1252", "replace")))
def test_any_bytes(data):
    loads_or_is_refused(lambda: io.BytesIO(data))
