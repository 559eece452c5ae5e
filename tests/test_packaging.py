"""What is shipped: the files that describe the project agree, and the wheel works where there is no checkout."""

from __future__ import annotations

import os
import re
import shlex
import socket
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

import pytest
import yaml
from packaging.requirements import Requirement
from packaging.version import Version
from rattler import MatchSpec

import mrtlab

IN_CI = os.environ.get("MRTLAB_REQUIRE_BROWSER") == "1" or bool(os.environ.get("CI"))
CONDA_NAMES = {"matplotlib": "matplotlib-base", "tzdata": "python-tzdata"}
LONGEST_PATH = 120  # Windows allows 260 for the whole path


@pytest.fixture(scope="session")
def project(root) -> dict:
    """The project table of pyproject.toml."""
    return tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]


def commands(text: str, first: str) -> list[str]:
    """Lines of fenced blocks that begin with a word; ``&&`` separates commands."""
    blocks = re.findall(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    steps = [step.strip() for block in blocks for line in block.splitlines() for step in line.split("&&")]
    return [step for step in steps if step.split()[:1] == [first]]


# --- the files that describe the project


def test_conda_installs_the_same_versions(root, project):
    environment = yaml.safe_load((root / "environment.yml").read_text(encoding="utf-8"))
    specs = [entry for entry in environment["dependencies"] if isinstance(entry, str)]
    found = {MatchSpec(spec, strict=True).name.normalized: MatchSpec(spec, strict=True).version for spec in specs}
    wanted = {"python": f"{project['requires-python']},<3.14", "pip": None}
    for text in project["dependencies"]:
        requirement = Requirement(text)
        wanted[CONDA_NAMES.get(requirement.name, requirement.name)] = str(requirement.specifier)
    assert {name: version and str(version) for name, version in found.items()} == wanted
    assert environment["dependencies"][-1] == {"pip": ["-e ."]}
    assert set(environment["channels"]) <= {"conda-forge", "nodefaults"}


def test_every_direct_dependency_has_an_exact_version_within_its_range(root, project):
    pins = {}
    for line in (root / "constraints.txt").read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            requirement = Requirement(line)
            (pin,) = requirement.specifier
            assert pin.operator == "==", line
            pins[requirement.name.lower().replace("_", "-")] = pin.version
    direct = [Requirement(text) for text in project["dependencies"] + project["optional-dependencies"]["test"]]
    assert {requirement.name for requirement in direct} <= set(pins)
    for requirement in direct:
        assert pins[requirement.name] in requirement.specifier, requirement


def test_constraints_name_no_place(root):
    assert not re.search(r"://|^-|@|--hash", (root / "constraints.txt").read_text(encoding="utf-8"), re.MULTILINE)


def test_versions_agree(root):
    citation = yaml.safe_load((root / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["cff-version"] == "1.2.0"
    assert citation["version"] == mrtlab.__version__
    assert str(Version(mrtlab.__version__)) == mrtlab.__version__
    assert {"message", "title", "authors"} <= set(citation)


def test_the_readme_says_what_mrtlab_is_for_and_nothing_else(root):
    assert mrtlab.PURPOSE in " ".join((root / "README.md").read_text(encoding="utf-8").split())


def test_ci_runs_what_the_readme_says(root):
    readme = (root / "README.md").read_text(encoding="utf-8")
    script = (root / ".ci" / "run").read_text(encoding="utf-8")
    (test,) = set(commands(readme, "pytest"))
    assert [line for line in script.splitlines() if re.match(r"^(MRTLAB_\w+=\S+ )?pytest\b", line)] == [
        f"MRTLAB_REQUIRE_BROWSER=1 {test}"
    ]
    install = [command for command in commands(readme, "pip") if "test" in command]
    assert install == ['pip install -e ".[test]"']
    assert 'pip install -c constraints.txt -e ".[test]"' in script


def test_both_places_for_the_settings_of_voila_hold_the_same(root):
    assert (root / "voila.json").read_bytes() == (root / "mrtlab" / "share" / "voila.json").read_bytes()


def test_the_code_in_the_readme_runs(root, tmp_path):
    readme = (root / "README.md").read_text(encoding="utf-8")
    (code,) = re.findall(r"^```python\n(.*?)^```", readme, re.MULTILINE | re.DOTALL)
    run = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, encoding="utf-8")
    assert run.returncode == 0, run.stderr
    assert "Gy" in run.stdout


@pytest.mark.parametrize("start", ["mrtlab dose datasets/", "mrtlab patient "])
def test_the_commands_in_the_readme_run(root, tmp_path, start):
    """A dose from a table; a virtual patient and the dose from its images, where the bladder is refused (status 1)."""
    readme = (root / "README.md").read_text(encoding="utf-8")
    given = [line.partition("#")[0].strip() for line in commands(readme, "mrtlab")]
    first = next(place for place, line in enumerate(given) if line.startswith(start))
    chosen = [given[first]] if "datasets" in start else given[first : first + 2]
    folder = root if "datasets" in start else tmp_path
    for command in chosen:
        words = [sys.executable, "-m", *shlex.split(command)]
        run = subprocess.run(words, cwd=folder, capture_output=True, encoding="utf-8", errors="replace")
        assert run.returncode in ((0, 1) if "dose patient" in command else (0,)), run.stderr
    assert "Gy" in run.stdout


# --- the distributions


@dataclass(frozen=True)
class Distributions:
    """The two files, and the content of every file in them by its path inside."""

    wheel: Path
    in_wheel: dict[str, bytes]
    in_sdist: dict[str, bytes]


@dataclass(frozen=True)
class Installation:
    """An environment that holds the wheel and nothing of the checkout."""

    python: Path
    mrtlab: Path
    content: Path

    def run(self, *command: str, cwd: Path) -> str:
        """Standard output of a command that must succeed."""
        run = subprocess.run(command, cwd=cwd, capture_output=True, encoding="utf-8", env=OUTSIDE)
        assert run.returncode == 0, f"{command}: {run.stdout}{run.stderr}"
        return run.stdout


OUTSIDE = {**os.environ, "PYTHONIOENCODING": "utf-8"}
OUTSIDE.pop("PYTHONPATH", None)


@pytest.fixture(scope="session")
def package_index(tmp_path_factory):
    """Skip where pip reaches no package index; in CI that is a failure."""
    folder = tmp_path_factory.mktemp("probe")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--dest", str(folder), "hatchling"]
    run = subprocess.run(command, capture_output=True, encoding="utf-8")
    if run.returncode and IN_CI:
        pytest.fail(f"no package index: {run.stderr[-500:]}")
    if run.returncode:
        pytest.skip("no package index can be reached, so the wheel cannot be built and installed")


@pytest.fixture(scope="session")
def distributions(root, tmp_path_factory, package_index) -> Distributions:
    """The sdist of the checkout, and the wheel built from that sdist."""
    folder = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--outdir", str(folder), str(root)]
    run = subprocess.run(command, cwd=folder, capture_output=True, encoding="utf-8")
    assert run.returncode == 0, run.stdout + run.stderr
    (wheel,), (sdist,) = folder.glob("*.whl"), folder.glob("*.tar.gz")
    with zipfile.ZipFile(wheel) as archive:
        in_wheel = {name: archive.read(name) for name in archive.namelist()}
    with tarfile.open(sdist) as archive:
        in_sdist = {
            member.name.partition("/")[2]: archive.extractfile(member).read()
            for member in archive.getmembers()
            if member.isfile()
        }
    return Distributions(wheel, in_wheel, in_sdist)


@pytest.fixture(scope="session")
def installation(root, tmp_path_factory, distributions) -> Installation:
    """The wheel in an environment of its own."""
    folder = tmp_path_factory.mktemp("venv")
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    scripts, suffix = (folder / "Scripts", ".exe") if os.name == "nt" else (folder / "bin", "")
    python = scripts / f"python{suffix}"
    install = [str(python), "-m", "pip", "install", "--quiet", "--no-compile"]
    run = subprocess.run(
        [*install, "-c", str(root / "constraints.txt"), str(distributions.wheel)],
        cwd=folder,
        capture_output=True,
        encoding="utf-8",
        env=OUTSIDE,
    )
    assert run.returncode == 0, run.stderr
    where = [str(python), "-c", "from mrtlab import _content; print(_content.folder('notebooks').parent)"]
    content = subprocess.run(where, cwd=folder, capture_output=True, encoding="utf-8", check=True, env=OUTSIDE)
    return Installation(python, scripts / f"mrtlab{suffix}", Path(content.stdout.strip()))


@pytest.mark.package
class TestDistributions:
    """What is in the two files."""

    def test_the_wheel_carries_every_file_that_is_used(self, root, distributions):
        expected = {"mrtlab/share/voila.json", "mrtlab/data/icrp107/LICENSE.ICRP-07"}
        for folder in ("notebooks", "datasets", "exercises"):
            files = [path for path in (root / folder).rglob("*") if path.is_file()]
            shipped = [path.relative_to(root).as_posix() for path in files if not hidden(path)]
            expected |= {f"mrtlab/content/{name}" for name in shipped}
        expected |= {
            path.relative_to(root).as_posix()
            for path in (root / "mrtlab").rglob("*")
            if path.is_file() and not hidden(path)
        }
        template = root / "mrtlab" / "share" / "jupyter" / "voila" / "templates" / "mrtlab"
        data = f"mrtlab-{mrtlab.__version__}.data/data/share/jupyter/voila/templates/mrtlab"
        expected |= {
            f"{data}/{path.relative_to(template).as_posix()}" for path in template.rglob("*") if path.is_file()
        }
        information = {name for name in distributions.in_wheel if ".dist-info/" in name}
        assert set(distributions.in_wheel) - information == expected
        licences = {PurePosixPath(name).name for name in information if "/licenses/" in name}
        assert licences == {"LICENSE", "LICENSE-CC-BY-4.0.md", "LICENSE.ICRP-07"}

    def test_nothing_is_shipped_that_only_the_checkout_needs(self, distributions):
        for name in (*distributions.in_wheel, *distributions.in_sdist):
            assert not hidden(PurePosixPath(name).parent), name
            assert not name.endswith((".pyc", ".orig", ".log")), name
        assert not [name for name in distributions.in_wheel if "tests" in PurePosixPath(name).parts]
        assert not [name for name in distributions.in_sdist if name.startswith(("dist/", "build/", ".git/"))]

    def test_paths_are_short_enough_for_windows(self, distributions):
        names = [*distributions.in_wheel, *distributions.in_sdist]
        assert [name for name in names if len(name) > LONGEST_PATH] == []

    def test_no_file_names_this_machine(self, root, distributions):
        host = socket.gethostname()
        # put together here, so that this file does not find itself
        places = [str(root), str(Path.home()), *("/" + word + "/" for word in ("root", "home", "Users", "tmp"))]
        words = [*filter(lambda place: len(place) > 3, places), "index" + "-url", "cdn." + "jsdelivr", "unp" + "kg.com"]
        if len(host) > 3 and host != "localhost":
            words.append(host)
        for files in (distributions.in_wheel, distributions.in_sdist):
            for name, content in files.items():
                if is_text(content):
                    text = content.decode("utf-8")
                    assert [word for word in words if word in text] == [], name

    def test_text_files_have_the_same_bytes_everywhere(self, distributions):
        with_return = [
            name for name, content in distributions.in_sdist.items() if is_text(content) and b"\r\n" in content
        ]
        assert with_return == []


def is_text(content: bytes) -> bool:
    """As git decides it."""
    return b"\0" not in content


def hidden(path: PurePosixPath | Path) -> bool:
    """Caches and the like, below the top of the checkout."""
    return any(part == "__pycache__" or part.startswith((".ipynb_", ".pytest", ".ruff")) for part in path.parts)


@pytest.mark.package
class TestInstallation:
    """The wheel at work, from a folder that is not the checkout."""

    def test_the_command_tells_its_version(self, installation, tmp_path):
        assert installation.run(str(installation.mrtlab), "--version", cwd=tmp_path).startswith(
            f"mrtlab {mrtlab.__version__} ("
        )
        assert installation.python.parent.parent in installation.content.parents

    def test_a_dose_from_a_shipped_dataset(self, installation, tmp_path):
        table = installation.content / "datasets" / "lu177-dotatate-patient4" / "tac.csv"
        output = installation.run(str(installation.mrtlab), "dose", str(table), cwd=tmp_path)
        assert "Gy" in output
        assert "kidney" in output.lower()

    def test_the_dashboards_are_served_and_the_installation_stays_as_it_was(
        self, installation, tmp_path, serving, foreign_kernel
    ):
        def state():
            files = (path for path in installation.content.rglob("*") if path.is_file() and not hidden(path))
            return {path: (path.stat().st_mtime_ns, path.read_bytes()) for path in files}

        before = state()
        command = [str(installation.mrtlab), "serve", "--no-browser"]
        with serving(command, tmp_path, PYTHONPATH="", **foreign_kernel) as server:
            # all are shipped, as another test sees, and all run, from the checkout: here those that read shipped files
            for name in ("index.ipynb", "exercises.ipynb", "prrt/kidney_dose.ipynb"):
                page = server.page(f"voila/render/{name}")
                assert "mrt-dashboard" in page, "not our template"
                assert "widget-view+json" in page, f"{name} was not executed"
                assert "This page could not be built" not in page
                assert "application/vnd.jupyter.stderr" not in page
        assert state() == before

    @pytest.mark.skipif(os.name == "nt", reason="the documents folder of a Windows user cannot be moved for a test")
    def test_lab_works_on_copies_in_the_documents_folder(self, installation, tmp_path, serving):
        home = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path), "XDG_DOCUMENTS_DIR": f"{tmp_path}/Documents"}
        with serving([str(installation.mrtlab), "lab", "--no-browser"], tmp_path, PYTHONPATH="", **home) as server:
            assert f"The notebooks are in {tmp_path / 'Documents' / 'mrtlab'}\n" in server.output()
        assert (tmp_path / "Documents" / "mrtlab" / "index.ipynb").is_file()

    def test_plain_voila_finds_the_template(self, installation, tmp_path):
        code = "from voila.paths import collect_template_paths as find; print(find(['voila'], 'mrtlab', prune=True)[0])"
        first = installation.run(str(installation.python), "-c", code, cwd=tmp_path).strip()
        assert Path(first) == installation.python.parent.parent / "share/jupyter/voila/templates/mrtlab"
