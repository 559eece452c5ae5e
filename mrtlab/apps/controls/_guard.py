"""No exception of a call-back may vanish, and no traceback may reach a learner."""

from __future__ import annotations

import logging
from contextlib import ContextDecorator
from logging.handlers import RotatingFileHandler
from pathlib import Path

import platformdirs

from mrtlab.errors import InputError

__all__ = ["UNEXPECTED", "guard", "log_unexpected"]

UNEXPECTED = (
    "Something went wrong inside mrtlab; this is not your mistake. What you entered is kept. "
    "Change an input or reload the page. If it comes back, report it: the details are in mrtlab's log file."
)
_LOGGER = logging.getLogger("mrtlab")


class guard(ContextDecorator):
    """Show what goes wrong in a call-back, as a decorator or as a context.

    An :class:`~mrtlab.InputError` is shown with its own message. Anything else is logged with its traceback and shown
    as one plain sentence; the error box then has ``unexpected = True`` and, in the page, the class ``mrt-unexpected``,
    so that tests can fail on it. Success takes away the message this same guard has shown before, and no other.

    Parameters
    ----------
    page : Page or ErrorBox
        Where to show it.

    Examples
    --------
    >>> @guard(page)                                    # doctest: +SKIP
    ... def recompute(change):
    ...     figure.show(model.result())
    """

    def __init__(self, page):
        errors = getattr(page, "errors", None)  # every control has the attribute; only a page fills it
        self._box = page if errors is None else errors

    def __enter__(self):
        return self

    def __exit__(self, kind, error, trace):
        if error is None:
            self._box.clear(self)
            return False
        if not isinstance(error, Exception):  # the kernel is being interrupted or ended
            return False
        if isinstance(error, InputError):
            self._box.show(self, str(error))
        else:
            log_unexpected(error)
            self._box.show(self, UNEXPECTED, unexpected=True)
        return True


def log_unexpected(error: BaseException) -> None:
    """Write an exception with its traceback to mrtlab's log, which is made on first use."""
    if not any(getattr(handler, "mrtlab", False) for handler in _LOGGER.handlers):
        _LOGGER.addHandler(_file_handler())
    _LOGGER.error("unexpected error in a call-back", exc_info=error)


def _file_handler() -> logging.Handler:
    """A small rotating file, or nothing where none can be written (the message still reaches the other handlers)."""
    try:
        folder = Path(platformdirs.user_log_dir("mrtlab", appauthor=False))
        folder.mkdir(parents=True, exist_ok=True)
        handler = RotatingFileHandler(folder / "mrtlab.log", maxBytes=1_000_000, backupCount=1, encoding="utf-8")
    except OSError:
        handler = logging.NullHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    handler.mrtlab = True
    return handler
