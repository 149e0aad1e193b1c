"""One table of exit statuses for every command of the project."""

from __future__ import annotations

import pytest

from maglia.core.errors import Code, MagliaError
from maglia.core.exits import Exit, exit_of_error

FOUR = ("session", "consent", "policy", "budget", "member")


@pytest.mark.parametrize("code", Code)
def test_every_code_ends_with_the_status_of_what_it_means(code: Code) -> None:
    family = code.value.partition(".")[0]
    wanted = Exit.USAGE if family == "input" else Exit.NOT_ALLOWED if family in FOUR else Exit.ERROR
    if family == "network" and code not in {Code.NETWORK_PROCESS, Code.NETWORK_PORT_BUSY}:
        wanted = Exit.NETWORK
    if code in {Code.INPUT_PROFILE_OFFICE, Code.INPUT_PROFILE_NODE, Code.INPUT_PROFILE_AUDITOR, Code.INPUT_HOST_RIGHTS}:
        wanted = Exit.NOT_ALLOWED
    assert exit_of_error(MagliaError(code)) is wanted
