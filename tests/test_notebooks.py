"""Every notebook as it is stored and as it runs, call-backs inside widgets included."""

from __future__ import annotations

import asyncio
import os
import re
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from threading import Thread

import nbformat
import pytest
from jupyter_client.kernelspec import KernelSpecManager
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient
from nbformat import NotebookNode

from mrtlab import _content

FOLDER = _content.folder("notebooks")
NOTEBOOKS = sorted(path for path in FOLDER.rglob("*.ipynb") if ".ipynb_checkpoints" not in path.parts)
every_notebook = pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.relative_to(FOLDER).as_posix())

LONGEST_CELL = 15
WIDGETS = "application/vnd.jupyter.widget-state+json"
UNEXPECTED = "mrt-unexpected"  # what mrtlab.apps.controls.guard puts on a page after a bug
MARKED = re.compile(rf"""class\s*=\s*["'][^"']*\b{UNEXPECTED}\b""")


class Kernel:
    """Python as it runs here in a process of its own, whichever kernels are installed; notebooks run in it in turn.

    To start one and to import what all pages need takes longer than most notebooks do. Names are cleared between two.
    """

    def __init__(self):
        self._manager = AsyncKernelManager(kernel_name="python3", kernel_spec_manager=KernelSpecManager(kernel_dirs=[]))
        # in a thread of its own: the tests in the browser leave an event loop running in this one
        self._loop = asyncio.new_event_loop()
        self._thread = Thread(target=self._loop.run_forever, daemon=True)
        self._thread.start()

    def execute(self, notebook: NotebookNode, folder: Path) -> NotebookNode:
        """Run all cells; errors stay in the outputs."""
        return self._wait(self._execute(notebook, folder))

    async def _execute(self, notebook, folder):
        before = nbformat.v4.new_code_cell(f"import os\nos.chdir({str(folder)!r})\n%reset -f")
        whole = nbformat.v4.new_notebook(cells=[before, *notebook.cells], metadata=notebook.metadata)
        # a manager handed to nbclient is not shut down by it
        client = NotebookClient(whole, km=self._manager, timeout=300, allow_errors=True)
        await client.async_execute()
        assert not before.outputs, before.outputs
        whole.cells = whole.cells[1:]
        return whole

    def close(self) -> None:
        if self._manager.has_kernel:
            self._wait(self._manager.shutdown_kernel(now=True))
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _wait(self, work):
        return asyncio.run_coroutine_threadsafe(work, self._loop).result()


@pytest.fixture(scope="module")
def kernel():
    with closing(Kernel()) as running:
        yield running


def problems(notebook: NotebookNode) -> list[str]:
    """Everything that went wrong while the notebook ran, also where only a widget knows of it."""
    found = []
    for number, cell in enumerate(notebook.cells, 1):
        found += [f"cell {number}: {problem}" for problem in _in_outputs(cell.get("outputs", []))]
    for key, model in notebook.metadata.get("widgets", {}).get(WIDGETS, {}).get("state", {}).items():
        name, state = f"{model['model_name']} {key[:6]}", model["state"]
        found += [f"{name}: {problem}" for problem in _in_outputs(state.get("outputs") or [])]
        marked = UNEXPECTED in (state.get("_dom_classes") or []) or state.get("unexpected") is True
        if marked or any(isinstance(value, str) and MARKED.search(value) for value in state.values()):
            found.append(f"{name}: an unexpected error was caught by the page's guard")
    return found


def _in_outputs(outputs) -> list[str]:
    found = []
    for output in outputs:
        if output["output_type"] == "error":
            found.append(f"{output['ename']}: {output['evalue']}")
        elif output["output_type"] == "stream" and (output["name"] == "stderr" or "Traceback" in output["text"]):
            found.append(output["text"])
        elif MARKED.search(str(output.get("data", {}).get("text/html", ""))):
            found.append("an unexpected error was caught by the page's guard")
    return found


def long_cells(notebook: NotebookNode) -> list[int]:
    """Numbers of the code cells with more lines than anyone wants to read."""
    return [
        number
        for number, cell in enumerate(notebook.cells, 1)
        if cell.cell_type == "code" and len(cell.source.splitlines()) > LONGEST_CELL
    ]


def with_outputs(*paths: Path) -> list[str]:
    """Names of the notebooks that are stored with outputs."""
    command = [sys.executable, "-m", "nbstripout", "--keep-id", "--verify", *map(str, paths)]
    run = subprocess.run(command, capture_output=True, encoding="utf-8")
    named = [path.name for path in paths if str(path) in run.stdout + run.stderr]
    assert bool(run.returncode) == bool(named), run.stdout + run.stderr
    return named


def test_there_are_notebooks():
    assert FOLDER / "index.ipynb" in NOTEBOOKS


def test_stored_without_outputs():
    assert with_outputs(*NOTEBOOKS) == [], "run nbstripout --keep-id on them"


@every_notebook
def test_no_long_cell(path):
    assert long_cells(nbformat.read(path, as_version=4)) == []


@every_notebook
def test_runs_without_any_error(path, kernel):
    notebook = kernel.execute(nbformat.read(path, as_version=4), path.parent)
    assert WIDGETS in notebook.metadata.get("widgets", {}), "no widget appeared: is this page a dashboard?"
    assert problems(notebook) == []


class TestTheChecks:
    """They must see a failure wherever it hides; otherwise the checks above say nothing."""

    @staticmethod
    def notebook(*cells: str) -> NotebookNode:
        return nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])

    @pytest.mark.parametrize(
        "cell",
        [
            "1 / 0",
            "import sys; print('ZeroDivisionError', file=sys.stderr)",
            "import traceback\ntry:\n    1 / 0\nexcept ZeroDivisionError:\n    print(traceback.format_exc())",
            "out = Output()\nwith out:\n    1 / 0",
            "out = Output()\ndisplay(out)\nwith out:\n    1 / 0",
            "out = Output()\n@out.capture()\ndef fail(_):\n    1 / 0\n"
            "button = Button()\nbutton.on_click(fail)\nbutton.click()",
            "display(interactive(lambda x: 1 / x, x=0))",
            "page = Page('Title', [])\nwith guard(page):\n    1 / 0",
            f"label = Label()\nlabel.add_class({UNEXPECTED!r})",
            f"HTML('<p class=\"note {UNEXPECTED}\">sorry</p>')",
            f"from IPython import display as d\nd.HTML('<p class=\"{UNEXPECTED}\">sorry</p>')",
        ],
    )
    def test_a_failure_is_seen(self, cell, tmp_path, kernel):
        first = "from ipywidgets import *\nfrom mrtlab.apps.controls import Page, guard"
        found = problems(kernel.execute(self.notebook(first, cell), tmp_path))
        assert found
        assert any(word in found[0] for word in ("ZeroDivisionError", "guard"))

    def test_a_refused_input_is_no_failure(self, tmp_path, kernel):
        cell = (
            "from ipywidgets import *\nfrom mrtlab import InputError\nfrom mrtlab.apps.controls import Page, guard\n"
            "page = Page('Title', [])\nwith guard(page):\n    raise InputError('mass_g must be above 0, got -1')\n"
            f"display(page, Output(), HTML('<style>.{UNEXPECTED} {{color: red}}</style>'))"
        )
        notebook = kernel.execute(self.notebook(cell), tmp_path)
        assert problems(notebook) == []
        assert "mass_g must be above 0" in str(notebook.metadata.widgets), "the page was not built"

    def test_the_kernel_is_this_interpreter(self, tmp_path, monkeypatch, foreign_kernel):
        for name, value in foreign_kernel.items():
            monkeypatch.setenv(name, value)
        with closing(Kernel()) as other:
            notebook = other.execute(self.notebook("import sys; print(sys.executable)"), tmp_path)
        assert os.path.normpath(notebook.cells[0].outputs[0].text.strip()) == os.path.normpath(sys.executable)

    def test_long_cells_are_counted(self):
        assert long_cells(self.notebook("1\n" * LONGEST_CELL, "1\n" * (LONGEST_CELL + 1))) == [2]

    def test_stored_outputs_are_seen(self, tmp_path):
        notebook = self.notebook("1 + 1")
        nbformat.write(notebook, tmp_path / "clean.ipynb")
        notebook.cells[0].outputs = [nbformat.v4.new_output("execute_result", {"text/plain": "2"})]
        nbformat.write(notebook, tmp_path / "noisy.ipynb")
        assert with_outputs(tmp_path / "clean.ipynb", tmp_path / "noisy.ipynb") == ["noisy.ipynb"]

    def test_a_notebook_does_not_see_the_names_of_the_one_before(self, tmp_path, kernel):
        for cells in ((f"name = {str(tmp_path)!r}",), ("1 + 1", "name")):
            notebook = kernel.execute(self.notebook(*cells), tmp_path)
        assert [problem.partition(" is not")[0] for problem in problems(notebook)] == ["cell 2: NameError: name 'name'"]
