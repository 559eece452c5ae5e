"""``mrtlab install-itkwidgets`` without the internet: what it says, asks, writes and takes away."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mrtlab import InputError
from mrtlab.cli import itkwidgets, main

BUNDLE = (
    'define(["@jupyter-widgets/base"],(function(e){return function(e){n.p="",n(n.s=87)}([function(e,t,n){'
    'var m={height:"700px",minHeight:"400px",minWidth:"400px"}}])}));\n//# sourceMappingURL=index.js.map'
)


@pytest.fixture
def static(tmp_path):
    """What the wheel holds, in small."""
    folder = tmp_path / "wheel" / "static"
    (folder / "itk" / "WebWorkers").mkdir(parents=True)
    (folder / "index.js").write_text(BUNDLE, encoding="utf-8")
    (folder / "itk" / "WebWorkers" / "Pipeline.worker.js").write_text("// works", encoding="utf-8")
    return folder


@pytest.fixture
def environment(tmp_path, monkeypatch, static):
    """An environment in a temporary folder, with a pip that only says what it was asked for."""
    asked: list[tuple[str, ...]] = []
    there: dict[str, str] = {}

    def pip(*arguments):
        asked.append(arguments)
        names = [argument.partition("=")[0].partition(">")[0] for argument in arguments[1:] if argument[0] != "-"]
        for name in names:
            there.pop(name, None)
            if arguments[0] == "install":
                there[name] = "1"

    monkeypatch.setattr(sys, "prefix", str(tmp_path / "environment"))
    monkeypatch.setattr(itkwidgets, "_pip", pip)
    monkeypatch.setattr(itkwidgets, "_fits", lambda name, rule: name in there)
    monkeypatch.setattr(itkwidgets, "_installed", lambda name: there.get(name, ""))
    monkeypatch.setattr(itkwidgets, "wheel_static", lambda: static)
    return asked


def folder() -> Path:
    return itkwidgets.labextensions() / itkwidgets.EXTENSION


def test_it_says_what_it_will_do_and_asks(environment, monkeypatch, capsys):
    monkeypatch.setattr(sys, "stdin", io.StringIO())
    assert main(["install-itkwidgets"]) != 0  # nobody answered
    said = capsys.readouterr().out
    assert "itkwidgets==0.32.6" in said
    assert "500 MB" in said
    assert str(folder()) in said
    assert environment == []
    assert not folder().exists()


def test_nothing_brings_its_dependencies(environment):
    assert main(["install-itkwidgets", "--yes"]) == 0
    ((first, *rest),) = environment
    assert first == "install"
    assert rest[0] == "--no-deps"
    assert not any(name.startswith(("ipywidgets", "traitlets", "numpy", "notebook")) for name in rest)


def test_the_extension_is_complete(environment):
    main(["install-itkwidgets", "--yes"])
    package = json.loads((folder() / "package.json").read_text(encoding="utf-8"))
    assert package["name"] == itkwidgets.EXTENSION
    assert (folder() / package["jupyterlab"]["_build"]["load"]).is_file()
    assert (folder() / "static" / "itk" / "WebWorkers" / "Pipeline.worker.js").is_file()
    script = (folder() / "static" / "itkwidgets.js").read_text(encoding="utf-8")
    assert script.startswith("window._mrtlabItkwidgets = function (define, publicPath, viewHeight) {")
    assert "n.p=publicPath," in script
    assert "700px" not in script
    assert "sourceMappingURL" not in script


@pytest.mark.skipif(not shutil.which("node"), reason="no node to run scripts with")
def test_the_wrapped_script_is_javascript(static, tmp_path):
    path = tmp_path / "wrapped.js"
    path.write_text(itkwidgets.wrap(BUNDLE), encoding="utf-8")
    subprocess.run(["node", "--check", str(path)], check=True)


def test_a_second_time_changes_nothing(environment):
    main(["install-itkwidgets", "--yes"])
    before = {path: path.read_bytes() for path in folder().rglob("*") if path.is_file()}
    assert main(["install-itkwidgets", "--yes"]) == 0
    assert len(environment) == 1  # pip was not needed
    assert {path: path.read_bytes() for path in folder().rglob("*") if path.is_file()} == before


def test_it_takes_away_what_it_installed_and_no_more(environment):
    itkwidgets._pip("install", "six")  # somebody else's
    main(["install-itkwidgets", "--yes"])
    assert main(["install-itkwidgets", "--remove", "--yes"]) == 0
    assert not folder().exists()
    assert environment[-1][:2] == ("uninstall", "--yes")
    assert set(environment[-1][2:]) == set(itkwidgets.PACKAGES) - {"six"}


def test_nothing_to_remove(environment, capsys):
    assert main(["install-itkwidgets", "--remove", "--yes"]) == 0
    assert "Nothing to remove" in capsys.readouterr().out
    assert environment == []


def test_a_damaged_record_names_nothing_to_uninstall(environment):
    main(["install-itkwidgets", "--yes"])
    for text in ("{", '["numpy", 3]', '{"numpy": 1}'):
        (folder() / "installed.json").write_text(text, encoding="utf-8")
        assert itkwidgets._recorded(folder()) == []


@pytest.mark.parametrize(
    "script",
    ["", BUNDLE.replace("700px", "600px"), BUNDLE.replace('n.p=""', 'n.p="x"'), BUNDLE.replace("define(", "other(")],
)
def test_another_version_of_the_script_is_refused(script):
    with pytest.raises(InputError, match=r"0\.32\.6"):
        itkwidgets.wrap(script)


def test_a_refused_script_leaves_the_old_extension(environment, static, capsys):
    main(["install-itkwidgets", "--yes"])
    (static / "index.js").write_text("new", encoding="utf-8")
    assert main(["install-itkwidgets", "--yes"]) == 2
    assert "0.32.6" in capsys.readouterr().err
    assert (folder() / "static" / "itkwidgets.js").is_file()


def test_pip_that_fails_is_reported(monkeypatch):
    monkeypatch.setattr(subprocess, "run", lambda command, check: subprocess.CompletedProcess(command, returncode=1))
    with pytest.raises(InputError, match="connection to the internet"):
        itkwidgets._pip("install", "nothing")


def test_the_allowlists_name_the_extension(root):
    for path in (root / "voila.json", root / "mrtlab" / "share" / "voila.json"):
        settings = json.loads(path.read_text(encoding="utf-8"))
        assert itkwidgets.EXTENSION in settings["VoilaConfiguration"]["extension_allowlist"]


def test_viewer_and_command_mean_the_same_extension():
    from mrtlab.apps.viewer import itk

    assert itk.EXTENSION == itkwidgets.EXTENSION
