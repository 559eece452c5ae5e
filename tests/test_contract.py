"""Which module may import which, and what a plain ``import mrtlab`` may cost."""

from __future__ import annotations

import ast
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from importlinter.cli import lint_imports

import mrtlab

PACKAGE = Path(mrtlab.__file__).parent
# what `import mrtlab` must not load: it would make every script and every kernel slow to start
HEAVY = {"IPython", "anywidget", "ipywidgets", "lmfit", "matplotlib", "numpy", "pint", "scipy", "typer", "voila"}


def contracts(root: Path) -> dict[str, dict]:
    text = (root / "pyproject.toml").read_text(encoding="utf-8")
    return {contract["id"]: contract for contract in tomllib.loads(text)["tool"]["importlinter"]["contracts"]}


def pyplot_imports(source: str) -> list[int]:
    """Lines that import pyplot or pylab in any spelling."""
    lines = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        else:
            continue
        if any(name.startswith(("matplotlib.pyplot", "matplotlib.pylab", "pylab")) for name in names):
            lines.append(node.lineno)
    return lines


def loaded_by(statement: str) -> set[str]:
    code = f"import sys; {statement}; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, encoding="utf-8", check=True)
    return set(run.stdout.split())


def test_imports_point_one_way(root, capsys):
    status = lint_imports(config_filename=str(root / "pyproject.toml"), no_cache=True, no_logo=True)
    assert status == 0, capsys.readouterr().out


def test_no_module_but_apps_may_use_widgets(root):
    layers = {f"mrtlab.{name.strip()}" for row in contracts(root)["layers"]["layers"] for name in row.split("|")}
    assert set(contracts(root)["widgets"]["source_modules"]) == layers - {"mrtlab.apps"}


@pytest.mark.parametrize(
    "line", ["import matplotlib.pyplot as plt", "from matplotlib import pyplot", "from matplotlib.pyplot import plot"]
)
def test_the_search_for_pyplot_finds_it(line):
    assert pyplot_imports(f"def f():\n    {line}\n") == [2]


def test_nothing_imports_pyplot():
    found = {
        f"{path.relative_to(PACKAGE).as_posix()}:{line}"
        for path in PACKAGE.rglob("*.py")
        for line in pyplot_imports(path.read_text(encoding="utf-8"))
    }
    assert not found


def test_import_mrtlab_loads_nothing_heavy():
    assert not loaded_by("import mrtlab") & HEAVY


def test_the_list_of_loaded_modules_is_true():
    assert "numpy" in loaded_by("import mrtlab; mrtlab.nuclides.nuclide('Lu-177')")
