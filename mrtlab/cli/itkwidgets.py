"""``mrtlab install-itkwidgets``: volume rendering, set up in the running environment without disturbing it.

Installed in the usual way, itkwidgets 0.32.6 replaces ipywidgets by an old version and then draws nothing. Here it
comes without its dependencies, and its own script is shown by an extension of ours, made from the user's copy.
"""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from importlib import invalidate_caches
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Annotated

import typer

from mrtlab.errors import InputError

__all__ = ["EXTENSION", "PACKAGES", "install_itkwidgets", "write_extension"]

EXTENSION = "mrtlab-itkwidgets"
SOURCE = Path(__file__).resolve().parent.parent / "share" / "itkwidgets"
# without dependencies: what of them is needed stands here, and all else is a dependency of mrtlab already
PACKAGES = {
    "itkwidgets": "==0.32.6",
    "itk-core": "==5.4.7",
    "itk-meshtopolydata": "==0.11.1",
    "ipydatawidgets": ">=4.3.2,<4.3.3",
    "traittypes": ">=0.2.1",
    "zstandard": ">=0.22",
    "colorcet": ">=3.0",
    "six": ">=1.16",
}
_RECORD = "installed.json"
_START = re.compile(r"\A\s*define\(\[\"@jupyter-widgets/base\"\],")
_PATH = 'n.p="",n(n.s='  # of the whole bundle; a second one, with a longer text before it, belongs to a part of it
_HEIGHT = 'height:"700px",minHeight:"400px",minWidth:"400px"'


def install_itkwidgets(
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before changing anything.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Take away what this command installed.")] = False,
) -> None:
    """Set up volume rendering by itkwidgets for the dashboards; needs the internet once, about 500 MB.

    Running it again changes nothing that is in order.
    """
    folder = labextensions() / EXTENSION
    if remove:
        _remove(folder, yes)
        return
    wanted = {name: rule for name, rule in PACKAGES.items() if not _fits(name, rule)}
    typer.echo(f"This Python: {sys.executable}")
    if wanted:
        typer.echo("pip will install, without their dependencies (about 500 MB, nothing else is changed):")
        for name, rule in wanted.items():
            typer.echo(f"  {name}{rule}")
    else:
        typer.echo("All packages are there.")
    typer.echo(f"An extension for JupyterLab and Voilà will be written to {folder}.")
    if not yes:
        typer.confirm("Go on?", abort=True)
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputError(
            f"{folder.parent} cannot be written ({error.strerror}); install mrtlab into an environment of your own: "
            "python -m venv"
        ) from None
    before = version("ipywidgets")
    if wanted:
        _pip("install", "--no-deps", *(f"{name}{rule}" for name, rule in wanted.items()))
        invalidate_caches()
    write_extension(wheel_static(), folder, sorted(wanted))
    if version("ipywidgets") != before:
        raise InputError(
            f"ipywidgets changed from {before} to {version('ipywidgets')}, which the dashboards cannot use; "
            f"bring it back with: pip install ipywidgets=={before}"
        )
    typer.echo("Done. Start mrtlab anew, then choose the volume rendering in a viewer.")


def labextensions() -> Path:
    """Where the running environment keeps extensions that are already built."""
    return Path(sys.prefix) / "share" / "jupyter" / "labextensions"


def wheel_static() -> Path:
    """The scripts of the installed itkwidgets, found without importing it."""
    found = find_spec("itkwidgets")
    if found is None or found.origin is None:
        raise InputError("itkwidgets is not installed in this environment; run 'mrtlab install-itkwidgets'")
    return Path(found.origin).resolve().parent / "static"


def write_extension(static: Path, folder: Path, installed=()) -> None:
    """Write the extension that shows itkwidgets.

    Parameters
    ----------
    static : Path
        Folder ``itkwidgets/static`` of the wheel.
    folder : Path
        The extension's own folder; replaced if it is there.
    installed : sequence of str
        Packages that ``--remove`` shall take away again, added to those of an earlier run.

    Raises
    ------
    InputError
        If the script is not that of version 0.32.6.
    """
    wrapped = wrap((static / "index.js").read_text(encoding="utf-8"))
    kept = sorted({*installed, *_recorded(folder)})
    new = folder.with_name(f".{folder.name}.new")  # the old one stays until the new one is whole
    shutil.rmtree(new, ignore_errors=True)
    (new / "static").mkdir(parents=True)
    shutil.copyfile(SOURCE / "package.json", new / "package.json")
    shutil.copyfile(SOURCE / "remoteEntry.js", new / "static" / "remoteEntry.js")
    (new / "static" / "itkwidgets.js").write_text(wrapped, encoding="utf-8", newline="\n")
    shutil.copytree(static / "itk", new / "static" / "itk")
    (new / _RECORD).write_text(json.dumps(kept), encoding="utf-8", newline="\n")
    shutil.rmtree(folder, ignore_errors=True)
    new.replace(folder)


def wrap(script: str) -> str:
    """The wheel's script as a function of what defines modules, where it lies, and how high a view is."""
    if not _START.match(script) or script.count(_PATH) < 1 or script.count(_HEIGHT) != 1:
        raise InputError(
            "the script of itkwidgets is not that of version 0.32.6, which alone is known to work; "
            "reinstall it with: pip install --no-deps --force-reinstall itkwidgets==0.32.6"
        )
    script = script.replace(_PATH, "n.p=publicPath,n(n.s=", 1)
    script = script.replace(_HEIGHT, 'height:viewHeight(e),minHeight:"200px",minWidth:"200px"')
    script = re.sub(r"\n//# sourceMappingURL=\S*\s*\Z", "\n", script)  # the map is not copied
    return f"window._mrtlabItkwidgets = function (define, publicPath, viewHeight) {{\n{script}\n}};\n"


def _remove(folder: Path, yes: bool) -> None:
    packages = [name for name in _recorded(folder) if _installed(name)]
    if not folder.exists():
        typer.echo("Nothing to remove: this command has installed nothing here.")
        return
    typer.echo(f"{folder} will be removed" + (f", and by pip: {', '.join(packages)}." if packages else "."))
    if not yes:
        typer.confirm("Go on?", abort=True)
    if packages:
        _pip("uninstall", "--yes", *packages)
    shutil.rmtree(folder)
    typer.echo("Removed.")


def _recorded(folder: Path) -> list[str]:
    """Packages that this command installed; only names it knows."""
    try:
        found = json.loads((folder / _RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return []
    return [name for name in found if name in PACKAGES] if isinstance(found, list) else []


def _installed(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _fits(name: str, rule: str) -> bool:
    from packaging.specifiers import SpecifierSet

    found = _installed(name)
    return bool(found) and SpecifierSet(rule).contains(found)


def _pip(*arguments: str) -> None:
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", *arguments]
    if subprocess.run(command, check=False).returncode:
        raise InputError(
            f"pip {arguments[0]} failed; its own words stand above. Installing needs a connection to the internet, or "
            "a folder of wheels: set PIP_FIND_LINKS to it and PIP_NO_INDEX=1. Nothing of mrtlab was changed"
        )
