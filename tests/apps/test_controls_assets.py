"""Style sheet, scripts, template and settings: contrast, nothing from outside, options that exist and take effect."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import mrtlab
from mrtlab.apps import controls

CONTROLS = Path(controls.__file__).parent
SHARE = Path(mrtlab.__file__).parent / "share"
STYLE = "".join((CONTROLS / name).read_text(encoding="utf-8") for name in ("style.css", "style_controls.css"))


def luminance(colour: str) -> float:
    """Relative luminance as WCAG 2 defines it."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one: str, other: str) -> float:
    """From 1 to 21."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def token(name: str) -> str:
    return re.search(rf"--mrt-{name}: (#[0-9a-f]{{6}});", STYLE)[1]


def test_contrast_formula():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)  # the well-known lightest grey that passes


def test_text_and_edges_can_be_told_from_their_ground():
    grounds = ["#ffffff", token("wash"), "#f0f6fb", "#fff6ee", "#effaf5"]
    for ground in grounds[1:]:
        assert ground in STYLE
    for name in ("text", "soft", "blue", "green", "orange"):
        for ground in grounds:
            assert contrast(token(name), ground) >= 4.5, (name, ground)
    assert contrast(token("edge"), "#ffffff") >= 3  # frames of fields
    assert contrast(token("edge"), token("wash")) >= 3


def test_tokens_are_those_of_the_look():
    assert [token(name) for name in ("text", "soft", "line", "wash")] == ["#1b1f24", "#57606a", "#d6dbe1", "#f5f7f9"]
    assert [token(name) for name in ("blue", "green", "orange")] == ["#0072b2", "#006d4f", "#9a4a00"]


def test_nothing_leaks_into_the_rest_of_jupyterlab():
    plain = re.sub(r"/\*.*?\*/", "", STYLE, flags=re.S)
    selectors = [part.strip() for block in re.findall(r"([^{}]+)\{", plain) for part in block.split(",")]
    selectors = [one for one in selectors if not one.startswith("@")]
    assert len(selectors) > 50
    assert [one for one in selectors if not one.startswith(".mrt-page")] == []


def test_nothing_comes_from_outside():
    kinds = {".js", ".css", ".j2", ".html"}
    files = [path for path in (*CONTROLS.rglob("*"), *SHARE.rglob("*")) if path.suffix in kinds]
    assert len(files) > 15
    for path in files:
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"https?:|@import|//cdn|\bimport\(|^import\s", text, re.M), path


def test_every_script_is_one_module_with_a_default_export():
    for path in (CONTROLS / "js").glob("*.js"):
        if path.name != "common.js":
            assert path.read_text(encoding="utf-8").count("export default { render };") == 1, path


def test_the_settings_of_the_checkout_are_those_of_the_package():
    top = Path(mrtlab.__file__).parents[1] / "voila.json"
    if not top.exists():
        pytest.skip("not a checkout")
    assert top.read_bytes() == (SHARE / "voila.json").read_bytes()


TAKES_EFFECT = """
import json, sys, tempfile
from voila.app import Voila
app = Voila()
app.initialize([sys.argv[1], "--no-browser"])
app.connection_dir = tempfile.mkdtemp()
settings = app.init_settings()
kernels, shown, cells = settings["kernel_manager"], app.voila_configuration, app.config["VoilaExecutor"]
import voila.execute
known = {
    "Voila": app.trait_names(), "VoilaConfiguration": shown.trait_names(),
    "MappingKernelManager": kernels.trait_names(), "VoilaExecutor": voila.execute.VoilaExecutor.class_trait_names(),
}
values = {
    "ip": app.ip, "template": shown.template, "theme": shown.theme, "sources": shown.strip_sources,
    "tracebacks": shown.show_tracebacks, "preheat": shown.preheat_kernel,
    "override": [shown.allow_template_override, shown.allow_theme_override],
    "cull": [kernels.cull_idle_timeout, kernels.cull_interval, kernels.cull_connected],
    "xsrf": app.tornado_settings, "paths": app.template_paths[0],
}
print(json.dumps([known, values]))
"""


@pytest.fixture(scope="module")
def voila_in_effect(tmp_path_factory):
    """What Voilà itself makes of the settings: known options, and values in effect."""
    done = subprocess.run(
        [sys.executable, "-c", TAKES_EFFECT, str(tmp_path_factory.mktemp("notebooks"))],
        cwd=SHARE,
        env={**os.environ, "JUPYTER_PATH": str(SHARE / "jupyter")},
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=True,
    )
    return json.loads(done.stdout.splitlines()[-1])


def test_every_option_exists_in_voila(voila_in_effect):
    known, _ = voila_in_effect
    settings = json.loads((SHARE / "voila.json").read_text(encoding="utf-8"))
    assert {(part, name) for part in settings for name in settings[part] if name not in known[part]} == set()


def test_settings_take_effect(voila_in_effect):
    _, values = voila_in_effect
    assert values == {
        "ip": "127.0.0.1",
        "template": "mrtlab",
        "theme": "light",
        "sources": True,
        "tracebacks": False,
        "preheat": False,
        "override": ["NO", "NO"],
        "cull": [1200, 60, False],
        "xsrf": {"disable_check_xsrf": True},
        "paths": values["paths"],
    }
    assert Path(values["paths"]) == SHARE / "jupyter" / "voila" / "templates" / "mrtlab"


def test_files_a_browser_may_ask_for():
    settings = json.loads((SHARE / "voila.json").read_text(encoding="utf-8"))["VoilaConfiguration"]

    def served(name):
        allowed = any(re.fullmatch(rule, name) for rule in settings["file_allowlist"])
        return allowed and not any(re.fullmatch(rule, name) for rule in settings["file_denylist"])

    assert served("prrt/picture.png")
    assert not any(served(name) for name in ("a.ipynb", "a.py", "answers.yaml", "a.csv", "a.json", "a.html"))


def test_lab_settings_name_real_settings_with_allowed_values():
    """A slip here would bring the question about news back without a word."""
    overrides = json.loads(
        (SHARE / "jupyter_config" / "labconfig" / "default_setting_overrides.json").read_text(encoding="utf-8")
    )
    schemas = Path(sys.prefix) / "share" / "jupyter" / "lab" / "schemas"
    if not schemas.is_dir():
        pytest.skip("JupyterLab's schemas are not in the usual place")
    for plugin, values in overrides.items():
        package, _, name = plugin.partition(":")
        schema = json.loads((schemas / package / f"{name}.json").read_text(encoding="utf-8"))["properties"]
        for setting, value in values.items():
            allowed = [one["const"] for one in schema[setting].get("oneOf", [])] or [True, False]
            assert value in allowed, setting
