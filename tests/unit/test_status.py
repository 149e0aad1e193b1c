"""What a failed call carries, and what a hostile one can't."""

from __future__ import annotations

import grpc
import pytest
from grpc.aio import AioRpcError, Metadata

from maglia.core.errors import Code
from maglia.v1.envelope_pb2 import ErrorDetail
from maglia.wire.status import METADATA_KEY, error_of, status_of


def failure(detail: bytes, status: grpc.StatusCode = grpc.StatusCode.UNAVAILABLE) -> AioRpcError:
    return AioRpcError(status, Metadata(), Metadata((METADATA_KEY, detail)), details="text")


def test_a_code_comes_back_with_its_parameters() -> None:
    detail = ErrorDetail(code=Code.BUDGET_OPERATOR.value, params={"limit": "30"})
    error = error_of(failure(detail.SerializeToString()))
    assert (error.code, error.params, error.cause) == (Code.BUDGET_OPERATOR, {"limit": "30"}, "")


@pytest.mark.parametrize("name", ["code", "cause", "self", "args", "lang", "{", "__class__"])
def test_the_other_side_names_parameters_and_nothing_of_ours(name: str) -> None:
    detail = ErrorDetail(code=Code.INPUT_FIELD.value, params={name: "{0.__class__}"})
    error = error_of(failure(detail.SerializeToString()))
    assert (error.code, error.cause) == (Code.INPUT_FIELD, "")
    assert error.sentence("it").message == "Il campo «-» non è valido."


@pytest.mark.parametrize(
    "detail",
    [b"", b"\xff\xff", ErrorDetail(code="policy.of_tomorrow").SerializeToString(), b"\x0a\x02\xff\xfe"],
)
def test_a_call_without_a_known_code_reads_as_out_of_reach(detail: bytes) -> None:
    assert error_of(failure(detail)).code is Code.NETWORK_UNREACHABLE
    assert error_of(failure(detail, grpc.StatusCode.DEADLINE_EXCEEDED)).code is Code.NETWORK_DEADLINE


def test_no_code_reads_as_success_or_as_unknown() -> None:
    for code in Code:
        assert status_of(code) not in {grpc.StatusCode.OK, grpc.StatusCode.UNKNOWN, grpc.StatusCode.INTERNAL}
