"""The one chain that every call passes, on every port: TLS version, who calls, may they, then the work.

An RPC that the table of rules doesn't list is refused. Errors with a code become a status; anything else is logged by
its type and place alone (a message could hold a person's code) and reads as unavailable.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping
from contextlib import aclosing
from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any, cast

import grpc
from google.protobuf.message import DecodeError

from maglia.core.errors import Code, MagliaError
from maglia.core.secret import Secret
from maglia.wire.certificates import pem_to_der
from maglia.wire.clients import client_of
from maglia.wire.status import abort

_log = logging.getLogger(__name__)
Context = grpc.aio.ServicerContext[Any, Any]


@dataclass(frozen=True)
class Caller(Secret):
    """Who calls: the certificate presented (DER, peer ports), the bearer token (front ports), the client's address."""

    certificate: bytes | None
    token: str = field(repr=False)
    principal: object = None
    client: str = ""
    rule: Rule | None = field(default=None, repr=False)

    def check_again(self) -> object:
        """Return the principal as the call's rule names it now; raise when the rule admits this caller no longer.

        For calls that last: an act may end, or a suspension come, while a stream is open.
        """
        return (self.rule or _no_rule)(self)


Rule = Callable[[Caller], object]
"""Return the principal, or raise `MagliaError`: may this caller make this call now."""

_caller: ContextVar[Caller] = ContextVar("maglia_caller")


def current_caller() -> Caller:
    """Return who makes the call being served, with the principal that its rule named."""
    return _caller.get()


class Chain(grpc.aio.ServerInterceptor):
    """Serves only the methods in `rules`, each to the callers its rule admits. Keys are `/package.Service/Method`."""

    def __init__(self, rules: Mapping[str, Rule]) -> None:
        self._rules = rules

    async def intercept_service(
        self,
        continuation: Callable[[grpc.HandlerCallDetails], Awaitable[grpc.RpcMethodHandler[Any, Any] | None]],
        handler_call_details: grpc.HandlerCallDetails,
    ) -> grpc.RpcMethodHandler[Any, Any] | None:
        """Wrap the method's handler in the chain."""
        handler = await continuation(handler_call_details)
        return handler and self._wrap(handler, handler_call_details.method)

    def _wrap(self, handler: Any, method: str) -> grpc.RpcMethodHandler[Any, Any]:
        rule = self._rules.get(method)
        read = partial(_read_all if handler.request_streaming else _read, handler.request_deserializer)

        async def unary(request: Any, context: Context) -> object:
            async with _Guard(context, rule):
                work = handler.stream_unary if handler.request_streaming else handler.unary_unary
                return await work(read(request), context)

        async def streaming(request: Any, context: Context) -> AsyncIterator[object]:
            async with _Guard(context, rule):
                work = handler.stream_stream if handler.request_streaming else handler.unary_stream
                async with aclosing(work(read(request), context)) as responses:
                    async for response in responses:
                        yield response

        make = _HANDLERS[bool(handler.request_streaming), bool(handler.response_streaming)]
        behaviour = streaming if handler.response_streaming else unary
        # Read in the chain and not by the library: nobody's bytes are parsed before it is known who they are.
        return make(behaviour, None, handler.response_serializer)


_HANDLERS: dict[tuple[bool, bool], Callable[..., grpc.RpcMethodHandler[Any, Any]]] = {
    (False, False): grpc.unary_unary_rpc_method_handler,
    (False, True): grpc.unary_stream_rpc_method_handler,
    (True, False): grpc.stream_unary_rpc_method_handler,
    (True, True): grpc.stream_stream_rpc_method_handler,
}


def _read(deserialize: Callable[[bytes], object], content: bytes) -> object:
    """Return a request; raise `input.malformed`. The library would tell callers of its types."""
    try:
        return deserialize(content)
    except (DecodeError, RecursionError) as error:
        raise MagliaError(Code.INPUT_MALFORMED, cause="a request that can't be read") from error


async def _read_all(
    deserialize: Callable[[bytes], object], contents: AsyncIterator[bytes]
) -> AsyncGenerator[object, None]:
    async for content in contents:
        yield _read(deserialize, content)


class _Guard:
    """Admits the caller on entry; turns what the work raises into a status on exit."""

    def __init__(self, context: Context, rule: Rule | None) -> None:
        self._context = context
        self._rule = rule

    async def __aenter__(self) -> None:
        try:
            caller = _read_caller(self._context)
            _caller.set(replace(caller, principal=(self._rule or _no_rule)(caller), rule=self._rule))
        except Exception as error:
            await self._end(error)
            raise

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: object) -> None:
        await self._end(error)

    async def _end(self, error: BaseException | None) -> None:
        if isinstance(error, MagliaError):
            # A client of The Update Framework asks for the next root until there is none: no news for a log.
            level = logging.DEBUG if error.code is Code.DIRECTORY_NOT_THERE else logging.INFO
            _log.log(level, "refused: %s", error)
            await abort(self._context, error)
        if isinstance(error, Exception) and not isinstance(error, grpc.aio.AbortError):
            _log.error("failed: %s at %s", type(error).__name__, place_of(error))
            await abort(self._context, MagliaError(Code.STORAGE_UNAVAILABLE))


def _no_rule(_caller: Caller) -> object:
    raise MagliaError(Code.SESSION_ROLE, cause="an RPC without a rule")


def place_of(error: BaseException) -> str:
    """Return file and line where an error was raised, without its message: messages can hold a person's code."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{frames[-1].filename.rpartition('/')[2]}:{frames[-1].lineno}" if frames else "unknown"


def _read_caller(context: Context) -> Caller:
    auth = cast("Mapping[str, list[bytes]]", context.auth_context())
    if auth.get("ssl_tls_version") != [b"TLSv1.3"]:
        raise MagliaError(Code.NETWORK_TLS)
    presented = auth.get("x509_pem_cert")
    certificate = pem_to_der(presented[0]) if presented else None
    return Caller(certificate, _bearer(context), client=client_of(context.peer()))


def _bearer(context: Context) -> str:
    for key, value in context.invocation_metadata() or ():
        if key == "authorization" and isinstance(value, str) and value.startswith("Bearer "):
            return value.removeprefix("Bearer ")
    return ""
