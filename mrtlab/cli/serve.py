"""``mrtlab serve`` and ``mrtlab lab``: the notebooks as dashboards, or as notebooks to work in."""

from __future__ import annotations

import os
import socket
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from mrtlab import _content
from mrtlab.errors import InputError

__all__ = ["ServerError", "lab", "serve"]

ADDRESS = "127.0.0.1"  # this machine only: Voilà is not made to face a network
PORT = 8866
SHARE = Path(__file__).resolve().parents[1] / "share"

Port = Annotated[
    int | None, typer.Option(min=1, max=65535, show_default=False, help="Port; by default 8866 or any that is free.")
]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help="Do not open the browser; only print the address.")]


class ServerError(RuntimeError):
    """The server did not start; the message says why."""


def serve(
    port: Port = None,
    no_browser: NoBrowser = False,
    notebook: Annotated[
        str, typer.Option(metavar="NAME", show_default=False, help="Open this dashboard instead of the front page.")
    ] = "index",
) -> None:
    """Start the dashboards and open the browser on the front page."""
    root = _content.folder("notebooks")
    page = _page(root, notebook)
    port = _port(port)
    _share()
    _starting("the dashboards")
    from mrtlab.cli._servers import Dashboards  # slow to load: Voilà

    def ready() -> None:
        address = f"http://{ADDRESS}:{port}/"
        _announce(address, f"{address}voila/render/{page}", not no_browser)

    with _server("the dashboards"):
        Dashboards.run(root, ADDRESS, port, ready)


def lab(
    port: Port = None,
    no_browser: NoBrowser = False,
    folder: Annotated[
        Path | None,
        typer.Option(
            file_okay=False,
            show_default=False,
            help="Where to work. By default the checkout's own notebooks, or, from an installed mrtlab, copies in "
            "'mrtlab' in your documents folder.",
        ),
    ] = None,
) -> None:
    """Open the notebooks in JupyterLab, as code to change.

    An installed mrtlab works on copies. A copy you have changed is never overwritten: a newer version is put beside it.
    """
    from mrtlab.cli import _copies

    shipped = _content.folder("notebooks")
    installed = shipped.parent.name == "content"
    root = _copies.place(folder) if folder is not None or installed else shipped
    if root != shipped:
        for line in _copies.update(shipped, root):
            print(line)
    print(f"The notebooks are in {root}", flush=True)
    port = _port(port)
    _share()
    _starting("JupyterLab")
    from mrtlab.cli._servers import run_lab  # slow to load: JupyterLab

    def ready(address: str) -> None:
        _announce(address, address, not no_browser)

    with _server("JupyterLab"):
        run_lab(root, ADDRESS, port, ready)


@contextmanager
def _server(name: str) -> Iterator[None]:
    """One error for all the ways in which a server can fail to run."""
    try:
        yield
    except SystemExit as error:
        if error.code:
            raise ServerError(f"{name} did not start; the reason is given above") from error
    except Exception as error:
        raise ServerError(f"{name} did not start: {error} (add --debug for the details)") from error


def _page(root: Path, name: str) -> str:
    """Address of a dashboard below the root, from its path or its bare name."""
    known = sorted(
        path.relative_to(root).with_suffix("").as_posix()
        for path in root.rglob("*.ipynb")
        if ".ipynb_checkpoints" not in path.parts
    )
    wanted = name.replace("\\", "/").removesuffix(".ipynb")
    found = [page for page in known if page == wanted] or [page for page in known if page.endswith(f"/{wanted}")]
    if len(found) != 1:
        choice = found or known
        raise InputError(
            f"there {'is no' if not found else 'are several'} dashboard{'s' if found else ''} {name!r}; "
            f"choose from: {', '.join(choice)}"
        )
    return f"{found[0]}.ipynb"


def _port(wanted: int | None) -> int:
    """The wanted port if it can be had; without a wish the usual one, or any."""
    if wanted is not None:
        problem = _bind(wanted)
        if problem:
            raise InputError(f"port {wanted} cannot be used ({problem}); give another or leave --port out")
        return wanted
    if not _bind(PORT):
        return PORT
    with socket.socket() as probe:
        probe.bind((ADDRESS, 0))
        return probe.getsockname()[1]


def _bind(port: int) -> str:
    """Why the port cannot be had; empty if it can."""
    with socket.socket() as probe:
        if os.name != "nt":
            # as the server itself does: a port whose last connections are just closing is free
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((ADDRESS, port))
        except OSError as error:
            return error.strerror or str(error)
    return ""


def _share() -> None:
    """Let Jupyter find our template and settings first, in a checkout and in a wheel alike."""
    folders = {"JUPYTER_PATH": SHARE / "jupyter", "JUPYTER_CONFIG_PATH": SHARE / "jupyter_config"}
    for needed in (SHARE / "voila.json", *folders.values()):
        # without them the servers would start all the same, open to more than they should be and asking the internet
        if not needed.exists():
            raise ServerError(f"{needed} is missing from this installation of mrtlab; install it again")
    for name, folder in folders.items():
        os.environ[name] = os.pathsep.join([str(folder), *filter(None, [os.environ.get(name)])])


def _starting(name: str) -> None:
    """Say so at once: the first start compiles what was installed, and a silent window looks broken."""
    print(f"Starting {name}; the first time after an installation this can take a minute.", flush=True)


def _announce(address: str, page: str, browser: bool) -> None:
    print(f"mrtlab is running at {address} (stop with Ctrl+C)", flush=True)
    if browser:
        # in a thread, because a browser may keep its caller waiting
        threading.Thread(target=webbrowser.open, args=(page,), daemon=True).start()
