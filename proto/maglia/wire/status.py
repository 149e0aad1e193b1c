"""Error codes as gRPC status, and back. The public text of a status is the code alone: sentences are the reader's."""

from __future__ import annotations

from typing import NoReturn

import grpc
from google.protobuf.message import DecodeError

from maglia.core.errors import Code, MagliaError
from maglia.v1.envelope_pb2 import ErrorDetail

METADATA_KEY = "maglia-error-bin"

_BY_FAMILY: dict[str, grpc.StatusCode] = {
    "input": grpc.StatusCode.INVALID_ARGUMENT,
    "session": grpc.StatusCode.UNAUTHENTICATED,
    "consent": grpc.StatusCode.FAILED_PRECONDITION,
    "budget": grpc.StatusCode.RESOURCE_EXHAUSTED,
    "policy": grpc.StatusCode.PERMISSION_DENIED,
    "member": grpc.StatusCode.PERMISSION_DENIED,
    "directory": grpc.StatusCode.FAILED_PRECONDITION,
    "pseudonym": grpc.StatusCode.INVALID_ARGUMENT,
    "log": grpc.StatusCode.UNAVAILABLE,
    "network": grpc.StatusCode.UNAVAILABLE,
    "version": grpc.StatusCode.UNIMPLEMENTED,
    "storage": grpc.StatusCode.UNAVAILABLE,
}
_SPECIAL: dict[Code, grpc.StatusCode] = {
    Code.SESSION_ROLE: grpc.StatusCode.PERMISSION_DENIED,
    Code.SESSION_OTHER_OPERATOR: grpc.StatusCode.PERMISSION_DENIED,
    Code.NETWORK_DEADLINE: grpc.StatusCode.DEADLINE_EXCEEDED,
    Code.MEMBER_QUEUE_FULL: grpc.StatusCode.RESOURCE_EXHAUSTED,
    Code.MEMBER_APPLICATIONS: grpc.StatusCode.RESOURCE_EXHAUSTED,
    Code.MEMBER_UNKNOWN: grpc.StatusCode.NOT_FOUND,
    Code.DIRECTORY_NOT_THERE: grpc.StatusCode.NOT_FOUND,
    Code.LOG_FORK: grpc.StatusCode.ABORTED,
}


def status_of(code: Code) -> grpc.StatusCode:
    """Return the gRPC status of an error code."""
    return _SPECIAL.get(code) or _BY_FAMILY[code.value.partition(".")[0]]


async def abort(context: grpc.aio.ServicerContext[object, object], error: MagliaError) -> NoReturn:
    """End the call with the error's status, its code as text, and its public parameters in trailing metadata."""
    detail = ErrorDetail(code=error.code.value, params=error.params)
    await context.abort(
        status_of(error.code), error.code.value, trailing_metadata=((METADATA_KEY, detail.SerializeToString()),)
    )


def error_of(failure: grpc.aio.AioRpcError) -> MagliaError:
    """Return the error that a failed call carries; one without a known code reads as an unreachable network."""
    for key, value in failure.trailing_metadata() or ():
        if key == METADATA_KEY and isinstance(value, bytes) and (known := _detail(value)):
            return known
    if failure.code() is grpc.StatusCode.DEADLINE_EXCEEDED:
        return MagliaError(Code.NETWORK_DEADLINE)
    if failure.code() is grpc.StatusCode.RESOURCE_EXHAUSTED and "larger than max" in (failure.details() or ""):
        return MagliaError(Code.NETWORK_SIZE, cause=failure.details() or "")
    return MagliaError(Code.NETWORK_UNREACHABLE, cause=f"{failure.code().name}: {failure.details()}")


def _detail(value: bytes) -> MagliaError | None:
    try:
        detail = ErrorDetail.FromString(value)
        error = MagliaError(Code(detail.code))
        # Not as arguments: the other side chooses the names, and `code` or `cause` are ours.
        error.params = dict(detail.params)
    except (DecodeError, ValueError):
        return None
    return error
