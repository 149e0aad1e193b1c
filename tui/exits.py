"""How a check ends; statuses and their precedence are the project's own."""

from __future__ import annotations

from maglia.core.exits import Exit, exit_of_error, strongest
from tui.model import CheckState

__all__ = ["Exit", "exit_of_check", "exit_of_error", "strongest"]


def exit_of_check(state: CheckState) -> Exit:
    """Return the status of a check: an overlap counts more than the silence of others.

    A household of which nobody could be asked about was refused, as such a person alone is.
    """
    if state.household and not state.verified:
        return Exit.NOT_ALLOWED
    found = Exit.OVERLAP if state.findings else Exit.DONE
    whole = Exit.DONE if state.complete else Exit.PARTIAL
    return strongest(found, whole)
