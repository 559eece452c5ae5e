"""Voilà and JupyterLab, run inside this process so that Ctrl+C and a failed start are ours to handle."""

from __future__ import annotations

import logging
import secrets
import warnings
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
from jupyter_server.utils import url_path_join
from tornado.ioloop import IOLoop, PeriodicCallback
from tornado.web import RedirectHandler
from traitlets import default
from voila.app import Voila

from mrtlab.cli.serve import SHARE

__all__ = ["Dashboards", "ThisPython", "run_lab"]


class ThisPython(KernelSpecManager):
    """Offers one kernel: the Python that runs mrtlab.

    Jupyter looks for ``python3`` in the user's folders too, and what it finds there may belong to another Python that
    has no mrtlab. With no folder to look in, it falls back on the interpreter in use.
    """

    def _kernel_dirs_default(self) -> list[str]:
        return []

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        """As always, but silent about what concerns nobody on a machine of one's own."""
        spec = super().get_kernel_spec(kernel_name)
        spec.argv.append("--IPKernelApp.log_level=ERROR")
        return spec


class Dashboards(Voila):
    """Voilà with our settings alone, and a front page instead of a list of files."""

    @default("config_file_paths")
    def _own_settings(self):
        return [str(SHARE)]

    @default("raise_config_file_errors")
    def _never_without_them(self):
        return True

    def init_handlers(self):
        """Send the list of files, under both of its addresses, to the front page."""
        front = {"url": url_path_join(self.base_url, "voila/render/index.ipynb"), "permanent": False}
        pages = [self.server_url, url_path_join(self.server_url, r"/voila/tree.*")]
        return [*((page, RedirectHandler, front) for page in pages), *super().init_handlers()]

    def stop(self):
        """Kernels that are still starting when Ctrl+C comes cannot be shut down; they end with this process."""
        with suppress(Exception):
            super().stop()

    @classmethod
    def run(cls, root: Path, ip: str, port: int, ready: Callable[[], None]) -> None:
        """Serve the notebooks under ``root`` until Ctrl+C; call ``ready`` once the server answers."""
        server = cls.instance()
        server.initialize(
            [
                str(root),
                "--no-browser",
                f"--port={port}",
                f"--Voila.ip={ip}",
                "--Voila.port_retries=0",
                "--Voila.log_level=ERROR",
                f"--VoilaConfiguration.kernel_spec_manager_class={__name__}.ThisPython",
            ]
        )
        _when_running(ready)
        server.start()


def run_lab(root: Path, ip: str, port: int, ready: Callable[[str], None]) -> None:
    """JupyterLab on ``root`` until Ctrl+C; call ``ready`` with the address of its first page once it answers."""
    warnings.simplefilter("ignore", DeprecationWarning)  # Jupyter's own, and Jupyter switches them on
    from jupyterlab.labapp import LabApp

    token = secrets.token_urlsafe()  # our own, so that we print the address and Jupyter need not
    server = LabApp.initialize_server(
        argv=[
            f"--ServerApp.root_dir={root}",
            f"--ServerApp.ip={ip}",
            f"--ServerApp.port={port}",
            "--ServerApp.port_retries=0",
            "--ServerApp.open_browser=False",
            "--ServerApp.answer_yes=True",
            "--ServerApp.allow_root=True",
            f"--IdentityProvider.token={token}",
            "--Application.log_level=ERROR",
            # nothing from the internet: no news, no look for updates, no extensions to install
            "--LabApp.news_url=None",
            "--LabApp.check_for_updates_class=jupyterlab.handlers.announcements.NeverCheckForUpdate",
            "--LabApp.extension_manager=readonly",
            f"--ServerApp.kernel_spec_manager_class={__name__}.ThisPython",
        ]
    )
    _when_running(lambda: ready(f"http://{ip}:{port}/lab/tree/index.ipynb?token={token}"))
    server.start()


def _when_running(ready: Callable[[], None]) -> None:
    logging.getLogger("tornado").setLevel(logging.ERROR)  # it warns about settings that are Jupyter's, not the user's
    loop = IOLoop.current()
    loop.add_callback(ready)  # the loop starts after the port is open
    PeriodicCallback(lambda: None, 500).start()  # on Windows an idle loop would not notice Ctrl+C
