"""The calibration file: written and read to the same numbers, and nothing odd gets through."""

from __future__ import annotations

import pytest
from uncertainties import correlated_values, correlation_matrix, ufloat

from mrtlab import InputError
from mrtlab.calibration import CameraCalibration, RecoveryCurve, read_camera, write_camera


@pytest.fixture
def camera():
    b1, b2 = correlated_values([4.0, 0.95], [[0.09, -0.0045], [-0.0045, 0.0025]])
    return CameraCalibration(
        "Lu-177",
        ufloat(18.2, 0.4),
        12.0,
        window_kev=(187.2, 228.8),
        recovery=RecoveryCurve(b1, b2, volume_range_ml=(0.5, 26.5)),
        dead_time_s=ufloat(4.6e-6, 5e-8),
        corrected_counts_per_raw=3.2,
        repeatability_rel=0.02,
        remark='Cylinder of "6.3 L"\nVienna – May',
    )


def test_written_and_read(camera, tmp_path):
    write_camera(camera, tmp_path / "camera.toml")
    again = read_camera(tmp_path / "camera.toml")
    for name in ("nuclide", "fwhm_mm", "heads", "window_kev", "dead_time_model", "corrected_counts_per_raw", "remark"):
        assert getattr(again, name) == getattr(camera, name)
    for name in ("sensitivity_cps_per_mbq", "dead_time_s"):
        one, other = getattr(again, name), getattr(camera, name)
        assert (one.nominal_value, one.std_dev) == (other.nominal_value, other.std_dev)
    assert again.recovery.covariance == pytest.approx(camera.recovery.covariance)
    assert again.recovery.volume_range_ml == (0.5, 26.5)
    assert correlation_matrix([again.recovery.b1_ml, again.recovery.b2])[0][1] == pytest.approx(-0.3)


def test_by_hand(tmp_path):
    path = tmp_path / "camera.toml"
    path.write_text(
        '\ufeffnuclide = "177Lu"\nsensitivity_cps_per_mbq = 9\nu_sensitivity_cps_per_mbq = 0.3\nfwhm_mm = 12\n',
        encoding="utf-8",
    )
    camera = read_camera(path)
    assert camera.nuclide == "Lu-177"
    assert camera.recovery is None
    assert camera.dead_time_s is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("fwhm_mm = 12.0", "fwhm_mm = 12,0"), "decimals have a point"),
        (("fwhm_mm = 12.0", "fwhm_cm = 1.2"), "unknown entries fwhm_cm"),
        (("fwhm_mm = 12.0\n", ""), "lacks fwhm_mm"),
        (("heads = 2", "heads = true"), "heads must be a whole number"),
        (("[187.2, 228.8]", "[228.8, 187.2]"), "lower and an upper limit"),
        (("[187.2, 228.8]", "[187.2]"), "two numbers"),
        (("b2 = 0.95", 'b2 = "0.95"'), r"\[recovery\] lacks the number b2"),
        (("correlation = -0.3", "correlation = -3"), "correlation must lie"),
        (("repeatability_rel = 0.02", "repeatability_rel = 2"), "looks like a percentage"),
        (("dead_time_s = 4.6e-06", "dead_time_s = -4.6"), "dead_time_s must be above 0"),
    ],
)
def test_what_is_wrong_is_named(camera, tmp_path, change, said):
    path = tmp_path / "camera.toml"
    write_camera(camera, path)
    text = path.read_text(encoding="utf-8")
    text = text.replace("correlation = -0.30000000000000004", "correlation = -0.3")
    assert change[0] in text
    path.write_text(text.replace(change[0], change[1], 1), encoding="utf-8")
    with pytest.raises(InputError, match=said):
        read_camera(path)


def test_no_file(tmp_path):
    with pytest.raises(InputError, match=r"camera\.toml: there is no such"):
        read_camera(tmp_path / "camera.toml")
