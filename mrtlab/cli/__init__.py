"""The ``mrtlab`` command: one file per command in this folder; here they get their names and their manners.

Every command reports bad input as one line on stderr with exit status 2, and anything unforeseen as one line with
exit status 1 (``--debug`` shows the traceback).
"""

from __future__ import annotations

import platform
import sys
import warnings
from collections.abc import Sequence
from typing import Annotated

import typer

import mrtlab
from mrtlab.cli import course, dose, exercise, itkwidgets, patient, remark, serve, verify
from mrtlab.errors import InputError, PlausibilityWarning

__all__ = ["app", "main"]

# Plain text: rich's boxes neither wrap well in a narrow console nor survive a screen reader.
app = typer.Typer(
    name="mrtlab",
    help=f"Learn, teach and prototype dosimetry for molecular radiotherapy.\n\n{mrtlab.PURPOSE}",
    epilog="Without a command, mrtlab starts the dashboards.",
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
# UsageError and its parent ClickException; newer versions of typer carry their own copy of click, hence this way in.
_UsageError, _CommandError = typer.BadParameter.__mro__[1:3]


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"mrtlab {mrtlab.__version__} (Python {platform.python_version()}, {platform.platform()})")
        raise typer.Exit


@app.callback(invoke_without_command=True)
def _start(
    context: typer.Context,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Show the versions and exit.")
    ] = False,
    debug: Annotated[
        bool, typer.Option("--debug", help="Show the full traceback of an error; may stand anywhere.")
    ] = False,
) -> None:
    if context.invoked_subcommand is None:
        serve.serve()


app.command("dose")(dose.dose)
app.command("patient")(patient.patient)
app.command("verify")(verify.verify)
app.command("remark")(remark.remark)
app.command("serve")(serve.serve)
app.command("lab")(serve.lab)
app.command("install-itkwidgets")(itkwidgets.install_itkwidgets)
app.add_typer(course.app, name="course")
app.add_typer(exercise.app, name="exercise")


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line.

    Parameters
    ----------
    arguments : sequence of str, optional
        Without the program's name; by default those of the process.

    Returns
    -------
    int
        Exit status: 0, 2 for input that cannot be used, 1 for anything else that went wrong.
    """
    for stream in (sys.stdout, sys.stderr):
        # A Windows console may not know Σ or µ; a question mark is better than a crash.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    arguments = list(sys.argv[1:] if arguments is None else arguments)
    debug = "--debug" in arguments
    arguments = [argument for argument in arguments if argument != "--debug"]
    warnings.simplefilter("always", PlausibilityWarning)
    warnings.showwarning = _remark
    try:
        return app(arguments, prog_name="mrtlab", standalone_mode=False) or 0
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        if debug:
            raise
        return _report(error)


_show_warning = warnings.showwarning


def _remark(message, category, *place) -> None:
    """Show a plausibility warning as a sentence, without the line of code that raised it."""
    if issubclass(category, PlausibilityWarning):
        print("mrtlab: note:", message, file=sys.stderr)
    else:
        _show_warning(message, category, *place)


def _report(error: Exception) -> int:
    if isinstance(error, typer.Abort):
        return 130
    if isinstance(error, _CommandError):
        text, status = error.format_message(), error.exit_code
        if isinstance(error, _UsageError) and error.ctx is not None:
            text = f"{text.rstrip('.')}; see '{error.ctx.command_path} --help'"
    elif isinstance(error, InputError):
        text, status = str(error), 2
    elif isinstance(error, serve.ServerError):
        text, status = str(error), 1
    else:
        text, status = f"{type(error).__name__}: {error} (add --debug for the details)", 1
    print("mrtlab: error:", " ".join(text.split()), file=sys.stderr)
    return status
