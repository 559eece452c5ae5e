"""The ``mrtlab`` command: its manners, and the servers it starts."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys

import pytest

import mrtlab
from mrtlab import InputError, _content
from mrtlab.cli import _copies, serve
from mrtlab.cli._servers import ThisPython

MODULE = [sys.executable, "-m", "mrtlab"]
# a program around the command line, with commands that do what real ones must never do
MISBEHAVING = """
import sys, warnings
from mrtlab import InputError, PlausibilityWarning
from mrtlab.cli import app, main

@app.command()
def say():
    print("Σ λ → 2 µGy")

@app.command()
def refuse():
    raise InputError("mass_g must be above 0,\\n got -1")

@app.command()
def crash():
    raise ZeroDivisionError("no such luck")

@app.command()
def remark():
    warnings.warn("mass_g is 3 times the reference", PlausibilityWarning)

sys.exit(main())
"""


@pytest.fixture
def misbehaving(tmp_path):
    program = tmp_path / "program.py"
    program.write_text(MISBEHAVING, encoding="utf-8")

    def run(*arguments: str, encoding: str = "utf-8") -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-X", "utf8=0", str(program), *arguments],
            env={**os.environ, "PYTHONIOENCODING": encoding},
            capture_output=True,
            encoding=encoding,
        )

    return run


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((serve.ADDRESS, 0))
        return probe.getsockname()[1]


def one_line(run: subprocess.CompletedProcess) -> str:
    """The single line on stderr; nothing on stdout."""
    assert run.stdout == ""
    assert run.stderr.startswith("mrtlab: error: ")
    assert run.stderr.count("\n") == 1
    return run.stderr


def test_version_names_the_package_and_its_python(mrtlab_command):
    run = mrtlab_command("--version")
    assert run.returncode == 0
    assert run.stdout.startswith(f"mrtlab {mrtlab.__version__} (Python {sys.version.split()[0]}, ")


def test_help_carries_the_purpose_and_every_command(mrtlab_command):
    run = mrtlab_command("--help")
    assert run.returncode == 0
    assert mrtlab.PURPOSE in " ".join(run.stdout.split())
    assert {"serve", "lab"} <= {line.split()[0] for line in run.stdout.splitlines() if line.strip()}


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        (["serv"], "Did you mean 'serve'?"),
        (["--prot"], "No such option"),
        (["serve", "--port", "many"], "'--port'"),
        (["serve", "--port", "70000"], "65535"),
        (["serve", "--notebook", "kidny"], "there is no dashboard 'kidny'; choose from: across/evidence"),
    ],
)
def test_bad_input_is_one_line_and_status_2(mrtlab_command, arguments, expected):
    run = mrtlab_command(*arguments)
    assert expected in one_line(run)
    assert run.returncode == 2


def test_an_input_error_anywhere_is_one_line_and_status_2(misbehaving):
    run = misbehaving("refuse")
    assert one_line(run) == "mrtlab: error: mass_g must be above 0, got -1\n"
    assert run.returncode == 2


def test_a_crash_is_one_line_and_status_1(misbehaving):
    run = misbehaving("crash")
    assert "ZeroDivisionError: no such luck" in one_line(run)
    assert run.returncode == 1


@pytest.mark.parametrize("arguments", [["--debug", "crash"], ["crash", "--debug"]])
def test_debug_shows_the_traceback(misbehaving, arguments):
    run = misbehaving(*arguments)
    assert "Traceback" in run.stderr
    assert run.returncode == 1


def test_a_plausibility_warning_is_a_remark(misbehaving):
    run = misbehaving("remark")
    assert run.stderr == "mrtlab: note: mass_g is 3 times the reference\n"
    assert run.returncode == 0


def test_a_console_that_lacks_a_letter_does_not_crash(misbehaving):
    run = misbehaving("say", encoding="cp1252")
    assert run.stdout.strip() == "? ? ? 2 µGy"
    assert run.returncode == 0


def test_a_dashboard_is_found_by_path_and_by_name(tmp_path):
    for name in ("index", "prrt/kidney", "sirt/liver", "psma/kidney", "prrt/.ipynb_checkpoints/liver"):
        path = tmp_path / f"{name}.ipynb"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch()
    assert serve._page(tmp_path, "index") == "index.ipynb"
    assert serve._page(tmp_path, "liver") == "sirt/liver.ipynb"
    assert serve._page(tmp_path, "prrt\\kidney.ipynb") == "prrt/kidney.ipynb"
    with pytest.raises(InputError, match="several dashboards 'kidney'; choose from: prrt/kidney, psma/kidney"):
        serve._page(tmp_path, "kidney")


def test_a_port_in_use_is_refused_or_avoided(monkeypatch):
    with socket.socket() as other:
        other.bind((serve.ADDRESS, 0))
        other.listen()
        taken = other.getsockname()[1]
        with pytest.raises(InputError, match=f"port {taken} cannot be used"):
            serve._port(taken)
        monkeypatch.setattr(serve, "PORT", taken)
        assert serve._port(None) != taken
    monkeypatch.setattr(serve, "PORT", taken)
    assert serve._port(None) == taken


def test_the_browser_opens_the_page(monkeypatch, capsys):
    opened = []
    monkeypatch.setattr(serve.webbrowser, "open", opened.append)
    monkeypatch.setattr(serve.threading.Thread, "start", lambda thread: thread.run())
    serve._announce("http://127.0.0.1:1/", "http://127.0.0.1:1/page", browser=False)
    assert opened == []
    serve._announce("http://127.0.0.1:1/", "http://127.0.0.1:1/page", browser=True)
    assert opened == ["http://127.0.0.1:1/page"]
    assert capsys.readouterr().out.count("http://127.0.0.1:1/ (stop with Ctrl+C)\n") == 2


def test_the_kernel_is_this_python_whatever_the_user_has_installed(monkeypatch, foreign_kernel):
    from jupyter_client.kernelspec import KernelSpecManager

    for name, value in foreign_kernel.items():
        monkeypatch.setenv(name, value)
    assert KernelSpecManager().get_kernel_spec("python3").argv[0] == "no-such-python", "the trap is not set"
    assert ThisPython().get_kernel_spec("python3").argv[0] == sys.executable
    assert list(ThisPython().get_all_specs()) == ["python3"]


def test_serve_shows_the_front_page_and_ends_with_ctrl_c(tmp_path, serving, foreign_kernel):
    port = free_port()
    with serving([*MODULE, "serve", "--no-browser", "--port", str(port)], tmp_path, **foreign_kernel) as server:
        assert server.address == f"http://127.0.0.1:{port}/"
        assert "widget-view+json" in server.page(), "the front page was not executed"
        assert "widget-view+json" in server.page("voila/tree/prrt"), "the list of files is still to be seen"
        second = subprocess.run(
            [*MODULE, "serve", "--no-browser", "--port", str(port)], capture_output=True, encoding="utf-8"
        )
        assert second.returncode == 2
        assert f"port {port} cannot be used" in one_line(second)
        assert server.interrupt() == 0
        starting, running = server.output().splitlines()
        assert starting.startswith("Starting the dashboards; the first time")
        assert running.startswith("mrtlab is running at ")


@pytest.mark.parametrize(
    ("settings", "expected"),
    [('{"Voila": {"port": ', "the dashboards did not start"), (None, "is missing from this installation of mrtlab")],
)
def test_without_its_settings_the_server_does_not_start(tmp_path, settings, expected):
    for name in ("jupyter", "jupyter_config"):
        (tmp_path / "share" / name).mkdir(parents=True)
    if settings:
        (tmp_path / "share" / "voila.json").write_text(settings, encoding="utf-8")
    program = tmp_path / "program.py"
    program.write_text(
        "import sys, pathlib\nfrom mrtlab.cli import main, serve, _servers\n"
        "serve.SHARE = _servers.SHARE = pathlib.Path('share')\nsys.exit(main(['serve', '--no-browser']))\n",
        encoding="utf-8",
    )
    run = subprocess.run(
        [sys.executable, str(program)], cwd=tmp_path, capture_output=True, encoding="utf-8", timeout=60
    )
    assert run.returncode == 1
    assert "running" not in run.stdout
    assert expected in run.stderr.splitlines()[-1]
    assert "Traceback" not in run.stderr


def test_lab_opens_copies_in_a_folder_of_ones_own(tmp_path, serving):
    with serving([*MODULE, "lab", "--no-browser", "--folder", "mine"], tmp_path) as server:
        assert str(tmp_path / "mine") in server.output()
        address, _, token = server.address.partition("?token=")
        server.address = address
        assert "<html" in server.page(f"?token={token}")
        assert server.interrupt() == 0
    shipped = _content.folder("notebooks")
    assert (tmp_path / "mine" / "index.ipynb").read_bytes() == (shipped / "index.ipynb").read_bytes()


class TestCopies:
    """A copy the user has changed is never overwritten."""

    @pytest.fixture
    def shipped(self, tmp_path):
        folder = tmp_path / "shipped"
        (folder / "prrt" / ".ipynb_checkpoints").mkdir(parents=True)
        (folder / "index.ipynb").write_text("index 1", encoding="utf-8")
        (folder / "prrt" / "kidney.ipynb").write_text("kidney 1", encoding="utf-8")
        (folder / "prrt" / ".ipynb_checkpoints" / "kidney.ipynb").write_text("old", encoding="utf-8")
        return folder

    @pytest.fixture
    def mine(self, tmp_path, shipped):
        assert _copies.update(shipped, tmp_path / "mine") == []
        return tmp_path / "mine"

    @staticmethod
    def content(folder):
        return {
            path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8")
            for path in folder.rglob("*")
            if path.is_file() and path.name != _copies.RECORD
        }

    def test_the_first_time_all_is_copied(self, mine):
        assert self.content(mine) == {"index.ipynb": "index 1", "prrt/kidney.ipynb": "kidney 1"}

    def test_what_was_left_alone_is_renewed(self, shipped, mine):
        (shipped / "index.ipynb").write_text("index 2", encoding="utf-8")
        assert _copies.update(shipped, mine) == []
        assert self.content(mine)["index.ipynb"] == "index 2"

    def test_what_was_changed_stays_and_the_new_version_lies_beside_it_once(self, shipped, mine):
        (mine / "index.ipynb").write_text("my work", encoding="utf-8")
        assert _copies.update(shipped, mine) == []
        assert len(self.content(mine)) == 2
        (shipped / "index.ipynb").write_text("index 2", encoding="utf-8")
        beside = f"index-mrtlab-{mrtlab.__version__}.ipynb"
        assert _copies.update(shipped, mine) == [
            f"You have changed index.ipynb; the new version is beside it as {beside}"
        ]
        assert self.content(mine)["index.ipynb"] == "my work"
        assert self.content(mine)[beside] == "index 2"
        assert _copies.update(shipped, mine) == []

    def test_what_lies_beside_is_not_overwritten_either(self, shipped, mine):
        (mine / "index.ipynb").write_text("my work", encoding="utf-8")
        beside = f"index-mrtlab-{mrtlab.__version__}"
        (mine / f"{beside}.ipynb").write_text("mine too", encoding="utf-8")
        (shipped / "index.ipynb").write_text("index 2", encoding="utf-8")
        assert _copies.update(shipped, mine)[0].endswith(f"{beside}-2.ipynb")
        assert self.content(mine)[f"{beside}.ipynb"] == "mine too"

    def test_a_file_of_the_user_with_our_name_is_not_ours(self, shipped, tmp_path):
        folder = tmp_path / "other"
        folder.mkdir()
        (folder / "index.ipynb").write_text("theirs", encoding="utf-8")
        assert len(_copies.update(shipped, folder)) == 1
        assert self.content(folder)["index.ipynb"] == "theirs"

    def test_a_spoiled_record_costs_nobody_a_file(self, shipped, mine):
        (mine / _copies.RECORD).write_text("[1, 2", encoding="utf-8")
        (mine / "index.ipynb").write_text("my work", encoding="utf-8")
        assert len(_copies.update(shipped, mine)) == 1
        assert self.content(mine)["index.ipynb"] == "my work"

    def test_the_record_is_readable(self, mine):
        record = json.loads((mine / _copies.RECORD).read_text(encoding="utf-8"))
        assert set(record) == {"index.ipynb", "prrt/kidney.ipynb"}
