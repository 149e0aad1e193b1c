"""A node killed while a check waits for a silent body: started again it asks by itself, and its operator is told."""

from __future__ import annotations

import os
import signal
import time

import pytest

from maglia.processes import is_running
from tests.e2e.live import LiveNetwork

pytestmark = pytest.mark.xdist_group("small")

PATIENCE_S = 90.0
FILED_S = 3.0
"""What a check knows is filed within a second; three for a busy machine."""


@pytest.mark.long
def test_a_check_outlives_the_kill_of_the_node_that_asked(small: LiveNetwork) -> None:
    case = small.case("partial")
    asker, silent = case["asker"], case["stop"]
    quick = small.with_environment({"MAGLIA_NODE_REASK_EVERY_S": "1"})
    small.stop(silent)
    try:
        asked = small.check(case)
        assert (asked.document["complete"], [body["member"] for body in asked.document["silent"]]) == (False, [silent])
        check_id = asked.document["check_id"]
        time.sleep(FILED_S)
        os.kill(small.process(asker).pid, signal.SIGKILL)
        _until_gone(small, asker)
        quick.start(asker)
        still = small.console(asker, "check", "show", check_id, "--json")
        assert (still.document["standing"]["state"], still.document["asked"]) == ("waiting", asked.document["asked"])
        assert still.document["findings"] == asked.document["findings"]
    finally:
        small.start(silent)
    until = time.monotonic() + PATIENCE_S
    while not small.console(asker, "check", "show", check_id, "--json").document["complete"]:
        assert time.monotonic() < until, "the silent body is back, and was not asked again"
        time.sleep(1.0)
    notices = small.console(asker, "inbox", "--all", "--json").document["notices"]
    assert [one["kind"] for one in notices if one["check_id"] == check_id][:1] == ["check_complete"]
    assert small.verify_log(asker).document["ok"] is True


def _until_gone(live: LiveNetwork, member: str) -> None:
    until = time.monotonic() + PATIENCE_S
    while is_running(live.process(member)):
        assert time.monotonic() < until
        time.sleep(0.05)
