"""``mrtlab verify``: the known-answer suite as a table."""

from __future__ import annotations

import typer

__all__ = ["verify"]


def verify() -> int:
    """Compute the known-answer suite and print it; exit status 1 if any number is missed."""
    from mrtlab import known_answers

    outcomes = known_answers.run()
    typer.echo(f"{'':6} {'key':6} {'what':38} {'expected':>13} {'got':>13} {'tol.':>8}  source")
    for outcome in outcomes:
        entry = outcome.entry
        unit = f", {entry.unit}" if entry.unit else ""
        typer.echo(
            f"{'ok' if outcome.passed else 'MISSED':6} {entry.key:6} {entry.what + unit:38} {entry.expected:13.6g} "
            f"{outcome.got:13.6g} {entry.tolerance:8.2g}  {entry.kind}: {entry.source}"
        )
        if outcome.problem:
            typer.echo(f"{'':14}{outcome.problem}")
    passed = sum(outcome.passed for outcome in outcomes)
    typer.echo(f"{passed} of {len(outcomes)} known answers")
    return int(passed < len(outcomes))
