"""What several test files need: the command line in its own process, and servers that are stopped again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import hypothesis
import pytest

# A slow machine is not a failure, and a check must give the same answer twice.
# More examples than 50 found nothing more here; MRTLAB_EXAMPLES asks for them.
EXAMPLES = int(os.environ.get("MRTLAB_EXAMPLES", "50"))
hypothesis.settings.register_profile("mrtlab", deadline=None, derandomize=True, max_examples=EXAMPLES)
hypothesis.settings.load_profile("mrtlab")

SLOW = {"browser", "package", "test_notebooks.py", "test_nbgrader.py", "test_coverage.py"}


def pytest_configure(config: pytest.Config) -> None:
    """Files go to the processes in their order, not by number of tests."""
    if hasattr(config.option, "loadscopereorder"):
        config.option.loadscopereorder = False


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The slow files first: at the end all processes finish together on short ones."""
    items.sort(key=lambda item: not (SLOW & {mark.name for mark in item.iter_markers()} or item.path.name in SLOW))


@pytest.fixture(scope="session", autouse=True)
def own_data_folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Tests neither see nor change what the person who runs them has saved."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MRTLAB_DATA_DIR", str(tmp_path_factory.mktemp("data")))
        yield


@pytest.fixture(scope="session")
def root() -> Path:
    """Top of the checkout."""
    return Path(__file__).resolve().parents[1]


@pytest.fixture
def mrtlab_command(tmp_path: Path) -> Callable[..., subprocess.CompletedProcess]:
    """Run ``python -m mrtlab`` with the given arguments, outside the checkout."""

    def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess:
        return subprocess.run(
            [sys.executable, "-m", "mrtlab", *arguments],
            cwd=tmp_path,
            env={**os.environ, "PYTHONIOENCODING": "utf-8", **environment},
            capture_output=True,
            encoding="utf-8",
            timeout=120,
        )

    return run


class Server:
    """A started ``mrtlab`` server: its address, its pages, its end."""

    def __init__(self, command: Sequence[str], folder: Path, environment: dict[str, str]):
        self._log = (folder / "server.log").open("w+", encoding="utf-8")
        # its own process group, so that the signal that stands for Ctrl+C does not reach pytest on Windows
        group = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP} if os.name == "nt" else {}
        # a test run in the background ignores Ctrl+C, and its children would too
        before = signal.signal(signal.SIGINT, signal.SIG_DFL)
        self.process = subprocess.Popen(
            command, cwd=folder, env={**os.environ, **environment}, stdout=self._log, stderr=subprocess.STDOUT, **group
        )
        signal.signal(signal.SIGINT, before)
        self.address = self._wait_for_address()

    def _wait_for_address(self) -> str:
        for _ in range(600):
            words = self.output().partition("mrtlab is running at ")[2].split()
            if words:
                return words[0]
            assert self.process.poll() is None, self.output()
            time.sleep(0.1)
        raise AssertionError(f"no address within a minute: {self.output()}")

    def output(self) -> str:
        """What the server has printed so far."""
        self._log.flush()
        return Path(self._log.name).read_text(encoding="utf-8", errors="replace")

    def page(self, path: str = "") -> str:
        """The text of a page, whole."""
        with urllib.request.urlopen(self.address + path, timeout=120) as answer:
            return answer.read().decode("utf-8")

    def interrupt(self) -> int:
        """Press Ctrl+C; the exit status."""
        self.process.send_signal(signal.CTRL_BREAK_EVENT if os.name == "nt" else signal.SIGINT)
        return self.process.wait(60)

    def close(self) -> None:
        """End the process if it still runs."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(60)
        self._log.close()


@pytest.fixture(scope="session")
def serving() -> Callable[..., Iterator[Server]]:
    """Start a server command in a folder, and stop it at the end of the ``with`` block."""

    @contextmanager
    def start(command: Sequence[str], folder: Path, **environment: str) -> Iterator[Server]:
        server = None
        try:
            server = Server(command, folder, environment)
            yield server
        finally:
            if server is not None:
                server.close()

    return start


@pytest.fixture(scope="session")
def foreign_kernel(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Environment in which the user's ``python3`` kernel belongs to a Python that does not work."""
    data = tmp_path_factory.mktemp("jupyter")
    kernel = data / "kernels" / "python3"
    kernel.mkdir(parents=True)
    (kernel / "kernel.json").write_text(
        '{"argv": ["no-such-python", "-f", "{connection_file}"], "display_name": "Other", "language": "python"}',
        encoding="utf-8",
    )
    return {"JUPYTER_DATA_DIR": str(data), "JUPYTER_PREFER_ENV_PATH": "0"}
