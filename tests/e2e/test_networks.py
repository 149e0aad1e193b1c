"""A network's life: beside another one, without OPA. That it is gone without a trace, the fixtures see to."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.e2e.live import LiveNetwork, processes_in, run

pytestmark = pytest.mark.xdist_group("small")


@pytest.mark.parametrize("case_id", ["clear", "overlap", "same_need", "refused_purpose", "refused_consent"])
def test_without_opa_the_embedded_engine_decides_alike(small: LiveNetwork, case_id: str) -> None:
    case = small.case(case_id)
    ended = small.check(case)
    assert not any("opa run" in line for line in processes_in(small.directory))
    if case["expected_verdict"] == "refused":
        assert (ended.status, ended.document["code"]) == (4, case["expected_code"])
    else:
        assert (ended.document["verdict"], ended.document["complete"]) == (case["expected_verdict"], True)


def test_a_folder_in_use_is_left_alone(small: LiveNetwork) -> None:
    ended = small.demo("up", "--bodies", "3", "--json")
    assert (ended.status, ended.document["code"]) == (1, "storage.exists")
    assert small.running()


def test_an_unknown_member_ends_as_everywhere(small: LiveNetwork) -> None:
    for command in ("stop", "start"):
        ended = small.demo(command, "nobody-here", "--json")
        assert (ended.status, ended.document["code"]) == (4, "member.unknown")


@pytest.mark.parametrize(
    "asked", [("--bodies", "2"), ("--today", "31/02/2026"), ("--engine", "magic"), ("--records", "0")]
)
def test_a_wrong_wish_is_a_usage_error(tmp_path: Path, asked: tuple[str, str]) -> None:
    ended = run("demo", "up", "--dir", str(tmp_path / "rete"), *asked, "--json")
    assert (ended.status, ended.document["code"]) == (2, "input.field")
    assert not (tmp_path / "rete").exists()


def test_stopping_and_starting_twice_does_no_harm(small: LiveNetwork) -> None:
    member = small.members()[-1]
    small.start(member)
    before = small.process(member)
    for _ in range(2):
        small.stop(member)
    assert small.node(member)["pid"] is None
    assert processes_in(Path(small.node(member)["data_dir"])) == []
    small.start(member)
    after = small.process(member)
    assert after != before
    assert small.node(member)["pid"] == after.pid
