"""What a person may get wrong: each is one sentence with a code, a next action, and the right exit status."""

from __future__ import annotations

import asyncio
from pathlib import Path

import grpc
import pytest

from demo.network import NETWORK
from maglia.core.identifiers import tax_code_check_letter
from maglia.v1.operator_pb2 import GetStatusRequest
from maglia.v1.operator_pb2_grpc import OperatorServiceStub
from maglia.wire.channel import open_channel
from maglia.wire.status import error_of
from tests.e2e.live import Ended, LiveNetwork

pytestmark = pytest.mark.xdist_group("network")

FIRST_15 = "XQZXQW80A01H501"
LETTER = tax_code_check_letter(FIRST_15)
GOOD = FIRST_15 + LETTER
WRONG_LETTER = FIRST_15 + ("A" if LETTER != "A" else "B")

QUESTIONS = {
    "wrong check letter": ((WRONG_LETTER, "food_parcel", "aid_overlap"), "input.identifier_check", 2),
    "one character missing": ((GOOD[:-1], "food_parcel", "aid_overlap"), "input.identifier_length", 2),
    "letters for digits": (("XQZXQWXXA01H501A", "food_parcel", "aid_overlap"), "input.identifier_form", 2),
    "unknown facet": ((GOOD, "caviar", "aid_overlap"), "input.facet", 2),
    "unknown purpose": ((GOOD, "food_parcel", "curiosity"), "input.purpose", 2),
    "no consent on file": ((GOOD, "food_parcel", "aid_overlap"), "consent.missing", 4),
    "another body's purpose": ((GOOD, "electricity", "utility_subsidy"), "policy.purpose", 4),
}


def _assert_refused(ended: Ended, code: str, status: int) -> None:
    assert (ended.document["schema"], ended.document["code"]) == ("maglia.error/1", code), ended
    assert ended.status == status
    assert ended.document["message"].endswith(".")
    assert ended.document["next_action"].endswith(".")
    assert "XQZXQW" not in ended.out + ended.err


@pytest.mark.parametrize("name", QUESTIONS)
def test_a_wrong_question_is_refused(network: LiveNetwork, name: str) -> None:
    (identifier, facet, purpose), code, status = QUESTIONS[name]
    asker = network.case("overlap")["asker"]
    question = ("check", identifier, "--facet", facet, "--purpose", purpose, "--json")
    _assert_refused(network.console(asker, *question), code, status)


def test_months_out_of_range_are_refused(network: LiveNetwork) -> None:
    _assert_refused(network.check(network.case("overlap"), "--months", "99"), "input.months", 2)


def test_a_wrong_password_is_refused(network: LiveNetwork) -> None:
    asker = network.case("overlap")["asker"]
    ended = network.console(asker, "status", "--json", password="not-the-password")
    _assert_refused(ended, "session.credentials", 4)


def test_a_session_the_node_does_not_know_has_expired(network: LiveNetwork) -> None:
    node = network.node(network.case("overlap")["asker"])
    code = asyncio.run(_status_with("no-such-session", node, network.certificate(node["member"])))
    assert code == "session.expired"


async def _status_with(token: str, node: dict[str, str], root: bytes) -> str:
    async with open_channel(node["front"], node["member"], NETWORK, root) as channel:
        try:
            await OperatorServiceStub(channel).GetStatus(
                GetStatusRequest(), metadata=(("authorization", f"Bearer {token}"),), timeout=10
            )
        except grpc.aio.AioRpcError as error:
            return error_of(error).code.value
    return "admitted"


def test_a_node_that_does_not_answer_is_a_network_unreachable(network: LiveNetwork, tmp_path: Path) -> None:
    case = network.case("overlap")
    node = network.node(case["asker"])
    profile = Path(node["profile"])
    dead = profile.read_text("utf-8").replace(node["front"], "127.0.0.1:9")
    for extra in profile.parent.glob("*.pem"):
        tmp_path.joinpath(extra.name).write_bytes(extra.read_bytes())
    tmp_path.joinpath("dead.toml").write_text(dead, "utf-8")
    ended = network.console(case["asker"], "--profile", str(tmp_path / "dead.toml"), "status", "--json")
    _assert_refused(ended, "network.unreachable", 3)
