"""Every constant has a source, and every source that a result names exists."""

import re
import tomllib

import numpy as np
import pytest
from uncertainties import ufloat

import mrtlab
from mrtlab import constants, dose, kinetics, planning
from mrtlab.errors import InputError

KEYS = constants.keys()


@pytest.mark.parametrize("key", KEYS)
def test_every_entry_is_complete(key):
    source = constants.sources(key)
    assert source.key == key
    assert source.status in constants.STATUSES
    assert len(source.citation) > 10
    if source.value is not None:
        assert np.isfinite(source.value)
        assert source.unit, "a number needs its unit"
        assert constants.value(key) == source.value


def test_keys_are_those_of_the_files(root):
    tables = [
        tomllib.loads(path.read_text(encoding="utf-8")) for path in (root / "mrtlab/data/constants").glob("*.toml")
    ]
    assert sorted(f"{module}.{name}" for table in tables for module in table for name in table[module]) == list(KEYS)


def test_names_used_in_the_code_exist(root):
    modules = "|".join(sorted({key.partition(".")[0] for key in KEYS}))
    for path in sorted((root / "mrtlab").rglob("*.py")):
        quoted = re.findall(rf'"((?:{modules})\.[a-z0-9_]+)"', path.read_text(encoding="utf-8"))
        assert [key for key in quoted if key not in KEYS and not key.endswith((".html", ".ipynb", ".json"))] == [], path


def test_what_was_only_remembered_says_so():
    """Numbers that decide a verdict are conventions or published, never a recollection passed off as one."""
    assert constants.sources("kinetics.parameter_cv").status == "published"
    assert constants.sources("kinetics.haenscheid").status == "recalled"
    assert constants.sources("kinetics.assumed_cv").status == "illustrative"


def test_values():
    # 1.602176634e-19 C (exact): 1 MeV in joules, times 1e6/s per MBq, 3600 s/h, 1000 g/kg
    assert constants.value("nuclides.gy_g_per_mbq_h_per_mev") == pytest.approx(1.602176634e-13 * 3.6e12, rel=1e-12)
    assert constants.value("kinetics.chi_square_p") == 0.01
    assert constants.value("kinetics.chi_square_p_high") == 0.99
    assert constants.value("kinetics.parameter_cv") == 0.5
    assert constants.value("kinetics.extrapolated_warn") == 0.2
    assert constants.value("kinetics.extrapolated_high") == 0.5
    # where 2x/2^x has left 12 %: below 0.75 and above 2.5
    ends = [constants.value("kinetics.single_point_low"), constants.value("kinetics.single_point_high")]
    assert [2 * x / 2**x for x in ends] == pytest.approx([0.892, 0.884], abs=1e-3)


def test_an_unknown_key_offers_the_nearest():
    with pytest.raises(InputError, match=r"no source 'kinetics\.chi_squared_p'; did you mean kinetics\.chi_square_p"):
        constants.sources("kinetics.chi_squared_p")
    with pytest.raises(InputError, match=r"there is no source 5"):
        mrtlab.sources(5)
    with pytest.raises(InputError, match=r"without a single value"):
        constants.value("kinetics.models")


def test_results_name_sources_that_exist():
    options = {"nuclide": "Lu-177", "decay_corrected": False}
    curve = kinetics.TimeActivity([4, 24, 96, 168], [142, 118, 52, 22], **options)
    pair = kinetics.TimeActivity([24, 96], [118, 52], cv=0.05, **options)
    expected = planning.expected_range(4.6, 1.35)
    results = [
        curve,
        kinetics.fit(curve, "mono"),
        kinetics.select(curve),
        kinetics.trapezoid(curve),
        kinetics.two_point(pair),
        kinetics.map_fit(pair, 50, 1.2),
        *(kinetics.single_point(52, 96, 51, 1.25, "Lu-177", method=name) for name in ("haenscheid", "map")),
        expected,
        planning.verify(ufloat(5, 0.5), expected),
        mrtlab.nuclides.nuclide("Lu-177"),
        *dose.S_VALUES,
    ]
    for result in results:
        assert result.sources
        for key in result.sources:
            assert constants.sources(key).citation, key


def test_an_assumed_uncertainty_is_among_the_sources():
    options = {"nuclide": "Lu-177", "decay_corrected": False}
    times, activity = [4, 24, 96], [142, 118, 52]
    assert "kinetics.assumed_cv" in kinetics.TimeActivity(times, activity, **options).sources
    assert "kinetics.assumed_cv" not in kinetics.TimeActivity(times, activity, cv=0.05, **options).sources
