"""Tables and files that are refused, where the fault is, and what is said about it."""

import io

import pytest

from mrtlab import InputError
from mrtlab.tables import read_tac


def load(text, nuclide="Lu-177", decay_corrected=False, **more):
    return read_tac(io.StringIO(text), nuclide=nuclide, decay_corrected=decay_corrected, **more)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        (["1.234", "5"], "two ways"),
        (["1,234", "567.890"], "two ways"),
        (["1.234", "12,5"], "separator of thousands"),
        (["12.5", "1,234"], "separator of thousands"),
        (["12.5", "3,7"], "'3,7' has a decimal comma, but '12.5' in line 2 a decimal point"),
        (["0.234", "0,234"], "use one of them throughout"),
        (["1.234,5", "5"], "more than one point or comma"),
        (["1,234.5", "5"], "more than one point or comma"),
        (["1.234.567", "5"], "more than one point or comma"),
        (["1'234", "5"], "separating thousands"),
        (["1’234,5", "5"], "separating thousands"),
        (["1 234", "5"], "separating thousands"),
        (["1\u00a0234,5", "5"], "separating thousands"),
        (["1\u202f234", "5"], "separating thousands"),
        (["1_234", "5"], "separating thousands"),
        (["12.", "5"], "something left out"),
    ],
)
def test_thousands_and_two_signs_are_refused(cells, said):
    text = "time_h;activity_mbq\n" + "".join(f"{4 + i};{cell}\n" for i, cell in enumerate(cells))
    with pytest.raises(InputError, match=said):
        load(text)


@pytest.mark.parametrize(
    ("comment", "said"),
    [
        ("administered: 7.210 MBq", "two ways"),
        ("administered: 7,210.4 MBq", "more than one point or comma"),
        ("administered: 7 210 MBq", "separating thousands"),
        ("mass liver: 1,500 g", "two ways"),
    ],
)
def test_numbers_in_comments_follow_the_same_rule(comment, said):
    with pytest.raises(InputError, match=said):
        load(f"# {comment}\ntime_h,liver_mbq\n4,100\n")


@pytest.mark.parametrize("columns", range(2, 9))
@pytest.mark.parametrize("long", [False, True])
def test_unquoted_decimal_commas_never_load(columns, long):
    names = ["region"] * long + ["time_h"] + [f"r{i}_mbq" for i in range(columns - 1 - long)]
    if long:
        names = ["region", "time_h", "activity_mbq", "sigma_mbq", "mass_g", "sigma_mass_g"][: max(columns, 3)]
    values = ["1,5", *(f"{123 - i},4" for i in range(len(names) - 1 - long))]
    for some in range(1, 2 ** len(values)):
        cells = [value if some >> i & 1 else value[:-2] for i, value in enumerate(values)]
        with pytest.raises(InputError, match="decimal comma"):
            load(",".join(names) + "\n" + ",".join(["kidney"] * long + cells) + "\n")


LONG = "region,time_h,activity_mbq\n"


@pytest.mark.parametrize(
    ("text", "place", "said"),
    [
        (LONG + "liver,4\n", "line 2", "2 cells under 3 columns"),
        (LONG + "liver,4,5,6\n", "line 2", "4 cells under 3 columns"),
        (LONG + "liver,4,5,\n", "line 2", "ends with separators that the header does not have"),
        (LONG + "liver;4;5\n", "line 2", "another separator"),
        ("time_h;liver_mbq\n4;3;2\n", "line 2", "a cell too many"),
        ("time_h,liver_mbq,\n4,5,6\n", "line 2, column 3", "without a name"),
        (LONG + "liver,4,5\n,24,3\n", "line 3, column 1 (region)", "repeat its name"),
        (LONG + "liver,,5\n", "line 2, column 2 (time_h)", "empty"),
        (LONG + "liver,4,\n", "line 2, column 3 (activity_mbq)", "empty"),
        (LONG + "liver,4,5\n,,\nliver,24,3\n", "line 3", "empty"),
        ("time_h,a_mbq,b_mbq\n4,5,6\n24,,\n", "line 3", "no region has an activity"),
        ("time_h,a_mbq,b_mbq\n4,5,\n24,4,\n", "line 1, column 3 (b_mbq)", "no activity in any row"),
        ("time_h,a_mbq,a_sigma_mbq,b_mbq\n4,,1,6\n", "line 2, column 3", "without an activity"),
        (LONG[:-1] + ",sigma_mbq\nliver,4,5,1\nliver,5,4,\n", "line 3", "uncertainty of 'liver' is missing"),
        (LONG + "liver,4,5\nliver,4,5\n", "line 3, column 2 (time_h)", "repeated"),
        (LONG + "liver,24,5\nspleen,4,5\nliver,4,5\n", "line 4, column 2 (time_h)", "comes after 24 h in line 2"),
        (LONG + "liver,4,0\n", "line 2, column 3 (activity_mbq)", "0 cannot be"),
        (LONG + "liver,4,-5\n", "line 2, column 3 (activity_mbq)", "-5 cannot be"),
        (LONG + "liver,0,5\n", "line 2, column 2 (time_h)", "above 0"),
        (LONG + "liver,4,nan\n", "line 2, column 3 (activity_mbq)", "not a measured number"),
        (LONG + "liver,4,inf\n", "line 2, column 3 (activity_mbq)", "not a measured number"),
        (LONG + "liver,4,-\n", "line 2, column 3 (activity_mbq)", "not a measured number"),
        (LONG + "liver,4,1e999\n", "line 2, column 3 (activity_mbq)", "too large"),
        (LONG + "liver,4,1e-999\n", "line 2, column 3 (activity_mbq)", "0 cannot be"),
        (LONG + "liver,4,12.5 MBq\n", "line 2, column 3 (activity_mbq)", "belongs in the header"),
        (LONG + "liver,4,<0.5\n", "line 2, column 3 (activity_mbq)", "limit"),
        (LONG + "liver,4,12 ± 3\n", "line 2, column 3 (activity_mbq)", "two numbers"),
        (LONG + "liver,4,much\n", "line 2, column 3 (activity_mbq)", "'much' is not a number"),
        (LONG + "liver,4,٣\n", "line 2, column 3 (activity_mbq)", "is not a number"),
        (LONG + "liver,10:30,5\n", "line 2, column 2 (time_h)", "hours after administration"),
        (LONG + "liver,2024-05-01,5\n", "line 2, column 2 (time_h)", "hours after administration"),
        (LONG + "liver,01.05.2024,5\n", "line 2, column 2 (time_h)", "hours after administration"),
        (LONG + "liver,5/1/24 10:00,5\n", "line 2, column 2 (time_h)", "hours after administration"),
        (LONG + "liver,1-May,5\n", "line 2, column 2 (time_h)", "date"),
        (LONG + "1,5,123\n", "line 2, column 1 (region)", "columns shifted"),
        (LONG + "liver,4,5\nLiver,24,4\n", "line 3, column 1 (region)", "capitals"),
        (LONG + "li\u200bver,4,5\n", "line 2, column 1 (region)", "invisible"),
        (LONG + "liver,4,5\n#spleen,4,5\n", "line 3", "begins with '#'"),
        (LONG + '"liver,4,5\nliver,24,4"\n', "line 2", "quotes"),
        (LONG + '"liver"x,4,5\n', "line 2", "quotes"),
        (LONG + "x" * 201 + ",4,5\n", "line 2", "201 characters"),
        (LONG, "there is a header in line 1", "no row of data"),
        ("4,100\n24,90\n", "line 1", "header is missing"),
        ("kidney;4,5;100\n", "line 1", "header is missing"),
        ("# time_h,liver_mbq\n4,100\n", "line 2", "Line 1 begins with '#'"),
        ("time_h\n4\n", "line 1", "single column"),
        ("time_h;a_mbq,b_mbq\n1;2,3\n", "line 1", "comma and semicolon"),
        ("time,activity_mbq\n4,5\n", "line 1, column 1 (time)", "unit is missing"),
        ("time_h,activity\n4,5\n", "line 1, column 2 (activity)", "unit is missing"),
        ("time_h,liver_mbq,liver_sigma\n4,5,1\n", "line 1, column 3 (liver_sigma)", "unit is missing"),
        ("time [weeks],activity_mbq\n4,5\n", "line 1, column 1", "'weeks' is not a unit"),
        ("time_mbq,activity_mbq\n4,5\n", "line 1, column 1", "'mbq' is not a unit"),
        ("time_h,liver_mBq\n4,5\n", "line 1, column 2", "factor of 1e9"),
        ("time_h,activity [MCi]\n4,5\n", "line 1, column 2", "factor of 1e9"),
        ("time_h,mBq\n4,5\n", "line 1, column 2", "factor of 1e9"),
        ("time_h,Liver [kBq/mL]\n4,5\n", "line 1, column 2", "concentration"),
        ("time_h,liver_mbq,volume_ml\n4,5,6\n", "line 1, column 3 (volume_ml)", "Volumes are not read"),
        ("time_h,liver_mbq,comment\n4,5,6\n", "line 1, column 3 (comment)", "What is understood: a time"),
        ("date,liver_mbq\n4,5\n", "line 1, column 1 (date)", "hours after administration"),
        (",region,time_h,activity_mbq\n0,liver,4,5\n", "line 1, column 1", "index=False"),
        ("liver_mbq,spleen_mbq\n4,5\n", "line 1", "no column of times"),
        ("time_h,region\n4,liver\n", "line 1", "no column of activities"),
        ("time_h,time_min,liver_mbq\n4,5,6\n", "line 1, column 2 (time_min)", "two columns of time"),
        ("time_h,liver_mbq,Liver [MBq]\n4,5,6\n", "line 1, column 3", "has a column already"),
        ("region,time_h,activity_mbq,A_kbq\nliver,4,5,6\n", "line 1, column 4", "two columns of activity"),
        ("region,time_h,liver_mbq\nliver,4,5\n", "line 1, column 3 (liver_mbq)", "has a column of regions"),
        ("time_h,activity_mbq,liver_mbq\n4,5,6\n", "line 1, column 2", "of which region"),
        ("time_h,a_mbq,b_mbq,sigma_mbq\n4,5,6,1\n", "line 1, column 4", "of which region"),
        ("time_h,a_mbq,b_mbq,c_sigma_mbq\n4,5,6,1\n", "line 1, column 4", "'c', which is no column"),
        ("time_h,a_mbq,a_sigma_mbq,sigma_a_mbq\n4,5,1,1\n", "line 1, column 4", "given twice"),
        ("time_h,a_mbq,b_mbq,mass_g\n4,5,6,7\n", "line 1, column 4", "of which region is this the mass"),
        ("time_h,liver_mbq,liver_mass_g\n4,5,6\n", "line 1, column 3", "in comments: # mass kidney_left"),
        ("time_h,a_mbq,sigma_mass_g\n4,5,6\n", "line 1, column 3", "needs a column of masses"),
        (LONG[:-1] + ",cv\nliver,4,5,5\n", "line 2, column 4 (cv)", "looks like a percentage"),
        (LONG[:-1] + ",sigma_mbq\nliver,4,5,0\n", "line 2, column 4 (sigma_mbq)", "above 0"),
        (
            LONG[:-1] + ",mass_g\nliver,4,5,250\nliver,5,4,240\n",
            "line 3, column 4 (mass_g)",
            "differs from that in line 2",
        ),
        (
            LONG[:-1] + ",mass_g\nliver,4,5,250\nliver,5,4,\n",
            "line 3, column 4 (mass_g)",
            "differs from that in line 2",
        ),
        (LONG[:-1] + ",mass_g\nliver,4,5,-2\n", "line 2, column 4 (mass_g)", "above 0"),
        ("# mass liver: 250 g\n" + LONG[:-1] + ",mass_g\nliver,4,5,250\n", "line 1", "given twice"),
        ("# mass spleen: 250 g\n" + LONG + "liver,4,5\n", "line 1", "there are: 'liver'"),
        ("# mass: 250 g\n" + LONG + "liver,4,5\n", "line 1", "of which region"),
        ("# mass liver: 250\n" + LONG + "liver,4,5\n", "line 1", "no unit"),
        ("# mass liver: 250 mL\n" + LONG + "liver,4,5\n", "line 1", "a mass in g is needed"),
        ("# mass liver: 250 ± 0 g\n" + LONG + "liver,4,5\n", "line 1", "above 0"),
        ("# mass liver: heavy\n" + LONG + "liver,4,5\n", "line 1", "is not a number with a unit"),
        ("# mass liver: 5 g\n# mass Liver: 6 g\n" + LONG + "liver,4,5\n", "line 2", "given twice"),
        ("# administered: 7210\n" + LONG + "liver,4,5\n", "line 1", "no unit"),
        ("# administered: 7 Gy\n" + LONG + "liver,4,5\n", "line 1", "absorbed dose"),
        ("# administered: 7400 mBq\n" + LONG + "liver,4,5\n", "line 1", "factor of 1e9"),
        ("# administered: 0 MBq\n" + LONG + "liver,4,5\n", "line 1", "above 0"),
        ("# administered:\n" + LONG + "liver,4,5\n", "line 1", "no value"),
        ("# cv: 5\n" + LONG + "liver,4,5\n", "line 1", "give 0.05"),
        ("# cv: 5 %\n# cv: 6 %\n" + LONG + "liver,4,5\n", "line 2", "already in line 1"),
        ("# cv: 5 %\n" + LONG[:-1] + ",sigma_mbq\nliver,4,5,1\n", "", "given twice"),
        ("# decay_corrected: to scan\n" + LONG + "liver,4,5\n", "line 1", "allowed are: yes"),
        ("# decay_corrected: true\n" + LONG + "liver,4,5\n", "line 1", "allowed are: yes"),
        ("# nuclide: Lu-178\n" + LONG + "liver,4,5\n", "line 1", "did you mean Lu-177"),
        ("# only\n# comments\n", "", "no table"),
        ("", "", "nothing to read"),
        (" \n\n", "", "nothing to read"),
    ],
)
def test_refused(text, place, said):
    with pytest.raises(InputError) as error:
        load(text)
    message = str(error.value)
    assert message.startswith("table: " + place)
    assert said in message


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"PK\x03\x04\x14\x00", "Excel workbook"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "Excel workbook"),
        ("time_h\tliver_mbq\n4\t5\n".encode("utf-16"), "UTF-16"),
        (b"\x89PNG\r\n\x1a\n", "is this a CSV file"),
        (b"time_h,liver_mbq\n4,5\x00\n", "line 2"),
        (b"\x81\x8d", "neither UTF-8 nor Windows-1252"),
        (b"time_h,liver_mbq\n" + b"4,5\n" * 1_250_000, "5 MB"),
    ],
)
def test_files_that_are_no_tables(data, said, tmp_path):
    (tmp_path / "x.csv").write_bytes(data)
    for source in (data, io.BytesIO(data), tmp_path / "x.csv"):
        with pytest.raises(InputError, match=said):
            read_tac(source, nuclide="Lu-177", decay_corrected=False)


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("no/such/file.csv", "no file"),
        ("time_h,liver_mbq\n4,5\n", "io.StringIO"),
        (".", "cannot read"),
        ("a\0b", "cannot read"),
        (None, "path_or_buffer must be"),
        (5, "path_or_buffer must be"),
    ],
)
def test_sources_that_are_none(source, said):
    with pytest.raises(InputError, match=said):
        read_tac(source)


def test_closed_and_wrongly_opened_buffers(tmp_path):
    path = tmp_path / "x.csv"
    path.write_bytes("time_h,Löwe_mbq\n4,5\n".encode("cp1252"))
    with open(path, encoding="utf-8") as file, pytest.raises(InputError, match="pass its path"):
        read_tac(file)
    with pytest.raises(InputError, match="cannot read the buffer"):
        read_tac(file)


@pytest.mark.parametrize(
    ("argument", "said"),
    [({"decay_corrected": "no"}, "True or False"), ({"cv": 5}, "percentage"), ({"administered_mbq": -1}, "above 0")],
)
def test_bad_arguments(argument, said):
    with pytest.raises(InputError, match=said):
        load("time_h,liver_mbq\n4,5\n", **argument)
