"""Tables that load, what is said about them, and tables that are refused."""

import io
import pickle

import numpy as np
import pytest

import mrtlab
from mrtlab import InputError, PlausibilityWarning
from mrtlab.kinetics import TimeActivity
from mrtlab.tables import TacTable, read_tac


def load(text, nuclide="Lu-177", decay_corrected=False, **more):
    return read_tac(io.StringIO(text), nuclide=nuclide, decay_corrected=decay_corrected, **more)


def numbers(table):
    return {curve.region: (curve.times_h.tolist(), curve.activity_mbq.tolist()) for curve in table}


# ------------------------------------------------------------------------------------------------------ dialects

TWO = {"kidney": ([1.5, 24.0], [123.4, 80.25]), "liver": ([1.5, 24.0], [1400.5, 900.0])}


@pytest.mark.parametrize(
    "text",
    [
        "region,time_h,activity_mbq\nkidney,1.5,123.4\nkidney,24,80.25\nliver,1.5,1400.5\nliver,24,900\n",
        "region;time_h;activity_mbq\nkidney;1,5;123,4\nliver;1,5;1400,5\nkidney;24;80,25\nliver;24;900\n",
        'region,time_h,activity_mbq\nkidney,"1,5","123,4"\nkidney,24,"80,25"\nliver,"1,5","1400,5"\nliver,24,900\n',
        '"region"\t"time_h"\t"activity_mbq"\n"kidney"\t"1.5"\t"123.4"\nkidney\t24\t80.25\nliver\t1.5\t1400.5\nliver\t24\t9e2',
        "time_h,kidney_mbq,liver_mbq\r\n1.5,123.4,1400.5\r\n24,80.25,900\r\n\r\n\r\n",
        "\ufeffTime [min];Kidney (kBq);Liver / GBq\n90;123400;1,4005\n1440;80250;0,9\n;;\n",
        "time_h, kidney_mbq, liver_mbq,,\n1.5, 123.4, 1400.5,,\n24, 80.25, 900,,\n",
        "VOI;t_d;A in MBq\nkidney;0,0625;123,4\nkidney;1;80,25\nliver;0,0625;1400,5\nliver;1;900\n",
        "hours p.i.,kidney [MBq],liver [MBq]\n1.5,123.4,1400.5\n\n24,80.25,900\n",
        "Organ,Time after injection (s),Activity [Bq]\nkidney,5400,123400000\nkidney,86400,80250000\n"
        "liver,5400,1400500000\nliver,86400,900000000\n",
    ],
)
def test_one_table_in_many_spellings(text):
    found = numbers(load(text))
    assert {name.lower(): values for name, values in found.items()} == TWO


def test_millicurie():
    # 1 Ci = 37 GBq by definition
    assert numbers(load("time_h,spleen (mCi)\n4,1.5\n"))["spleen"] == ([4.0], [55.5])
    assert numbers(load("time_h,spleen_uCi\n4,1500\n"))["spleen"] == ([4.0], [55.5])


def test_a_is_an_activity_alone_and_a_region_in_company():
    assert numbers(load("time_h,A_GBq\n4,2\n")) == {"": ([4.0], [2000.0])}
    assert numbers(load("time_h,A_MBq,B_MBq\n4,2,3\n")) == {"A": ([4.0], [2.0]), "B": ([4.0], [3.0])}


@pytest.mark.parametrize(
    ("header", "row"),
    [
        ("region,time_h,activity_mbq,sigma_mbq", "liver,4,200,10"),
        ("region,time_h,activity_mbq,sigma_kBq", "liver,4,200,10000"),
        ("region,time_h,activity_mbq,SD [%]", "liver,4,200,5"),
        ("region,time_h,activity_mbq,cv", "liver,4,200,0.05"),
        ("region,time_h,activity_mbq,cv_%", "liver,4,200,5"),
        ("time_h,liver_mbq,liver_sigma_mbq", "4,200,10"),
        ("time_h,liver_mbq,sigma_liver_mbq", "4,200,10"),
        ("time_h,Liver [MBq],Liver uncertainty [%]", "4,200,5"),
        ("time_h,activity_mbq,sigma_mbq", "4,200,10"),
        ("time_h,A_mbq,sigma_A_mbq", "4,200,10"),
    ],
)
def test_sigma_columns(header, row):
    (curve,) = load(f"{header}\n{row}\n")
    assert curve.sigma_given
    assert curve.sigma_mbq.tolist() == pytest.approx([10], rel=1e-15)


def test_no_uncertainty_is_said_and_flagged():
    table = load("time_h,liver_mbq\n4,200\n")
    assert table["liver"].flags == ("SIGMA_ASSUMED",)
    assert "5 % of every point is assumed" in table.understood


def test_mass_column():
    table = load("VOI;t_h;A_MBq;mass_kg;sigma_mass_g\nliver;4;200;1,5;25,5\nliver;24;100;1,5;25,5\nblood;4;9;;\n")
    assert set(table.masses_g) == {"liver"}
    assert (table.masses_g["liver"].nominal_value, table.masses_g["liver"].std_dev) == (1500, 25.5)
    assert "none for blood" in table.understood


# ------------------------------------------------------------------------------------------------------ metadata


def test_comments_make_arguments_unnecessary():
    text = (
        "# Nuclide: 177Lu\n#decay corrected: No\n# Administered: 7,2104 GBq\n# CV: 4 %\n# scanner: SPECT/CT\n"
        "# mass kidney: 250.6 ± 8.5 g\n# mass Liver: 1.8 kg\n# systematic: 5 %\n# systematic liver: 0.07\n"
        "time_h,kidney_mbq,liver_mbq\n4,100.5,300\n24,80,200\n"
    )
    table = read_tac(io.StringIO(text))
    kidney, liver = table
    assert kidney.nuclide.name == "Lu-177"
    assert kidney.activity_mbq.tolist() == [100.5, 80]
    assert kidney.administered_mbq == pytest.approx(7210.4, rel=1e-15)
    assert kidney.sigma_mbq.tolist() == pytest.approx([4.02, 3.2], rel=1e-15)
    assert (kidney.systematic_rel, liver.systematic_rel) == (0.05, 0.07)
    assert (table.masses_g["kidney"].nominal_value, table.masses_g["kidney"].std_dev) == (250.6, 8.5)
    assert table.masses_g["liver"] == 1800
    assert table.remarks == ("scanner: SPECT/CT",)
    assert "Remark, not used: scanner: SPECT/CT" in table.understood


@pytest.mark.parametrize(
    "text", ["250.6 ± 8.5 g", "250,6+/-8,5 g", "(250.6 ± 8.5) g", "250.6 g ± 8.5 g", "0.2506 kg ± 8.5 g"]
)
def test_mass_spellings(text):
    mass = load(f"# mass liver: {text}\ntime_h,liver_mbq\n4,200\n").masses_g["liver"]
    assert (mass.nominal_value, mass.std_dev) == pytest.approx((250.6, 8.5), rel=1e-12)


def test_comments_as_a_spreadsheet_saves_them():
    text = (
        '# nuclide: Lu-177;;\n"# decay_corrected: no";;\n"# mass liver, whole: 1500 g";;\n'
        'time_h;"liver, whole_mbq";b_mbq\n4;3;2\n;;\n'
    )
    table = read_tac(io.StringIO(text))
    assert table.regions == ("liver, whole", "b")
    assert table.masses_g == {"liver, whole": 1500}


@pytest.mark.parametrize("state", ["yes", "to injection", "To Administration"])
def test_decay_is_put_back(state):
    # half-life of Lu-177 in ICRP-107: 6.647 d = 159.528 h; after one half-life half is left
    table = read_tac(io.StringIO(f"# nuclide: Lu-177\n# decay_corrected: {state}\ntime_h,activity_mbq\n159.5280,100\n"))
    assert table[0].activity_mbq[0] == pytest.approx(50, rel=1e-12)
    assert "decay was put back" in table.understood
    assert "activity 100 MBq" in table.understood  # the row is shown as it was in the file


def test_caller_and_file_may_agree():
    text = "# nuclide: Lu-177\n# decay_corrected: no\n# administered: 7.4 GBq\n# cv: 5 %\ntime_h,activity_mbq\n4,100\n"
    table = load(text, administered_mbq=7400, cv=0.05)
    assert "(line 1, given in the call)" in table.understood


@pytest.mark.parametrize(
    ("line", "argument", "said"),
    [
        ("nuclide: Y-90", {"nuclide": "Lu-177"}, "Lu-177 in the call, but Y-90 in line 1"),
        ("decay_corrected: yes", {"decay_corrected": False}, "False in the call, but True in line 1"),
        ("administered: 7.4 GBq", {"administered_mbq": 7.4}, "7.4 in the call, but 7400.0 in line 1"),
        ("cv: 5 %", {"cv": 0.06}, "0.06 in the call, but 0.05 in line 1"),
    ],
)
def test_caller_and_file_contradict(line, argument, said):
    with pytest.raises(InputError, match=said):
        load(f"# {line}\ntime_h,activity_mbq\n4,100\n", **argument)


def test_what_nobody_says_is_asked():
    with pytest.raises(InputError) as error:
        read_tac(io.StringIO("time_h,activity_mbq\n4,100\n"))
    for word in ("nuclide='Lu-177'", "# nuclide: Lu-177", "decay_corrected=True or False", "# decay_corrected: yes"):
        assert word in str(error.value)


# --------------------------------------------------------------------------------------------------- decimal sign


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1.234", "12.5"], [1.234, 12.5]),
        (["1.234", "0.235"], [1.234, 0.235]),
        (["1,234", "0,235"], [1.234, 0.235]),
        (["1,234", "2037,352"], [1.234, 2037.352]),
        (["1.234", "1.2e1"], [1.234, 12]),
        (["1.2340", "5"], [1.234, 5]),
        ([".234", "+5"], [0.234, 5]),
        (["1,5e+02", "5"], [150, 5]),
    ],
)
def test_another_cell_settles_the_decimal_sign(cells, values):
    text = "time_h;activity_mbq\n" + "".join(f"{4 + i};{cell}\n" for i, cell in enumerate(cells))
    assert load(text)[0].activity_mbq.tolist() == values


def test_the_table_settles_the_sign_in_comments():
    comments = "# administered: 7.210 GBq\n# mass liver: 1.500 kg\n"
    table = load(comments + "time_h;liver_mbq\n4;100.25\n")
    assert table[0].administered_mbq == pytest.approx(7210, rel=1e-12)
    assert table.masses_g == {"liver": 1500}
    with pytest.raises(InputError, match="two ways"):
        load(comments + "time_h;liver_mbq\n4;100,25\n")


# ----------------------------------------------------------------------------------------- sources, the result


def test_every_kind_of_source(tmp_path):
    data = "time_h;Léber_mbq\n4;5,5\n"
    path = tmp_path / "x.csv"
    path.write_bytes(data.encode("utf-8-sig"))
    raw = data.encode("utf-8")
    for source in (path, str(path), raw, bytearray(raw), memoryview(raw), io.BytesIO(raw), io.StringIO(data)):
        table = mrtlab.read_tac(source, nuclide="Lu-177", decay_corrected=False)
        assert numbers(table) == {"Léber": ([4.0], [5.5])}
        assert "Encoding" not in table.understood
    table = read_tac(data.encode("cp1252"), nuclide="Lu-177", decay_corrected=False)
    assert table.regions == ("Léber",)
    assert table.understood.startswith("Encoding: Windows-1252")


def test_not_measured_is_left_out_and_said():
    table = load("time_h,a_mbq,b_mbq\n4,5,6\n24,,3\n48,2,\n")
    assert numbers(table) == {"a": ([4.0, 48.0], [5.0, 2.0]), "b": ([4.0, 24.0], [6.0, 3.0])}
    assert "Not measured (empty cells): a in line 3, b in line 4." in table.understood


def test_understood_says_how_the_table_was_read():
    text = "# administered: 7,4 GBq\nVOI;t [min];A [kBq];SD [%]\nliver;90;1500,5;4\nspleen;90;900;\nspleen;120;800;\n"
    lines = load(text).understood.splitlines()
    assert lines == [
        "Separator: semicolon. Decimal sign: comma (line 3: 1500,5).",
        "Layout: long, one row per region and time; 2 regions, 3 points.",
        "Columns: t [min] = time in min; VOI = region; A [kBq] = activity in kBq; "
        "SD [%] = relative standard uncertainty in %.",
        "Nuclide: Lu-177 (given in the call).",
        "Decay: not corrected, the activities are those at each time (given in the call).",
        "Administered activity: 7400 MBq (line 1).",
        "Uncertainty: as given in the table; none for spleen, where 5 % of every point is assumed.",
        "Times of liver: 1.5 h after administration.",
        "Times of spleen: 1.5, 2 h after administration.",
        "Masses: none given.",
        "First rows as read:",
        "  line 3: 1.5 h, liver 1.5005 ± 0.06002 MBq",
        "  line 4: 1.5 h, spleen 0.9 MBq",
        "  line 5: 2 h, spleen 0.8 MBq",
    ]


def test_uncertainty_above_the_activity_is_doubted():
    with pytest.warns(PlausibilityWarning, match="line 2: the uncertainty of liver, 123 MBq, is larger") as caught:
        table = load("region,time_h,activity_mbq,sigma_mbq\nliver,1,5,123\n")
    assert "Doubt: line 2" in table.understood
    assert caught[0].filename.endswith("test_tables.py")


def test_table_is_a_sequence_and_knows_names():
    table = load("time_h,a_mbq,b_mbq\n4,5,6\n")
    assert len(table) == 2
    assert [curve.region for curve in table] == ["a", "b"] == list(table.regions)
    assert table["b"] is table[1] is table[-1]
    assert "a" in table
    assert "c" not in table
    assert table[0] in table
    with pytest.raises(InputError, match="there are: 'a', 'b'"):
        table["c"]
    with pytest.raises(IndexError):
        table[2]
    with pytest.raises(TypeError):
        table.masses_g["a"] = 5
    assert numbers(pickle.loads(pickle.dumps(table))) == numbers(table)


def test_table_of_own_curves_is_checked():
    curve = TimeActivity([4.0], [5.0], nuclide="Lu-177", decay_corrected=False, region="a")
    with pytest.raises(InputError, match="capitals aside"):
        TacTable([curve, curve])
    with pytest.raises(InputError, match="'b', but the regions are: 'a'"):
        TacTable([curve], {"b": 5.0})
    with pytest.raises(InputError, match="above 0"):
        TacTable([curve], {"a": -5.0})
    with pytest.raises(InputError, match="at least one"):
        TacTable([])


def test_ten_thousand_rows():
    rows = [f"r{i // 5},{(i % 5 + 1) * 4.5},{100.25 + i},1.5" for i in range(10_000)]
    text = "region,time_h,activity_mbq,sigma_mbq\n" + "\n".join(rows)
    table = load(text)
    assert len(table) == 2000
    assert np.sum([len(curve) for curve in table]) == 10_000
