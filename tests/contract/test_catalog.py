"""The catalog of errors: complete, in two languages, and free of persons."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from pathlib import Path
from string import Formatter

import grpc
import pytest
import pytest_asyncio
from typer.testing import CliRunner

from demo.__main__ import app as demo_app
from maglia.core.errors import Code, MagliaError
from maglia.core.fields import field_in_words, state_in_words
from maglia.core.sentences import CATALOG, Sentence
from maglia.core.translation import tr
from maglia.core.vocabulary import MemberState
from maglia.wire.status import abort, error_of, status_of
from node.__main__ import app as node_app
from registry.__main__ import app as registry_app
from tui.__main__ import app as tui_app

LANGUAGES = ("it", "en")
PERSONAL = {"identifier", "person", "tax_code", "codice", "code", "pseudonym", "birth", "creditor", "need"}
FAMILIES = frozenset(
    {"input", "session", "consent", "budget", "policy", "member"}
    | {"directory", "pseudonym", "log", "network", "version", "storage"}
)
# A next action tells its reader to do something, or to wait for something.
ACTION = re.compile(r"[A-ZÈ«“].*[.!]", re.DOTALL)


def sentence(code: Code, lang: str) -> Sentence:
    return Sentence(tr(CATALOG[code].message, lang), tr(CATALOG[code].next_action, lang))


def names_in(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_code_is_in_the_catalog_and_nothing_else() -> None:
    assert set(CATALOG) == set(Code)
    assert {code.value.partition(".")[0] for code in Code} == FAMILIES
    assert all(re.fullmatch(r"[a-z]+\.[a-z_]+", code.value) for code in Code)


@pytest.mark.parametrize("code", Code)
def test_every_code_says_what_happened_and_what_to_do_in_both_languages(code: Code) -> None:
    for lang in LANGUAGES:
        entry = sentence(code, lang)
        for text in (entry.message, entry.next_action):
            assert ACTION.fullmatch(text), text
            assert "\n" not in text
    assert sentence(code, "it") != sentence(code, "en")


@pytest.mark.parametrize("code", Code)
def test_no_sentence_asks_for_personal_data(code: Code) -> None:
    for lang in LANGUAGES:
        wanted = names_in(sentence(code, lang).message + sentence(code, lang).next_action)
        assert wanted.isdisjoint(PERSONAL)
        assert all(re.fullmatch("[a-z_]+", name) for name in wanted)


@pytest.mark.parametrize("code", Code)
def test_a_sentence_never_fails_for_want_of_a_parameter(code: Code) -> None:
    for lang in (*LANGUAGES, "de"):
        for error in (MagliaError(code), MagliaError(code, cause="private", limit=1, field="{0}{evil}")):
            said = error.sentence(lang)
            assert said.message
            assert said.next_action
            assert "private" not in said.message + said.next_action


ROOT = Path(__file__).parents[2]
NAMED_FIELD = re.compile(r'INPUT_(?:FIELD|TOO_LARGE), field="([^"]+)"|require(?:_given)?\([^"\n]+, "([a-z_]+)"\)')


def test_no_sentence_names_a_field_as_a_program_spells_it() -> None:
    sources = [
        path for part in ("node", "registry", "tui", "proto/maglia/core") for path in (ROOT / part).rglob("*.py")
    ]
    named = {one or other for path in sources for one, other in NAMED_FIELD.findall(path.read_text())}
    assert {"user", "protocol"} < named
    for field in named | {"notice_version", "amount", "basis", "visibility", "method", "language", "period_to"}:
        assert field_in_words(field, "it") != field, field
        said = MagliaError(Code.INPUT_FIELD, field=field).sentence("it")
        assert field_in_words(field, "it") in said.message
        assert field_in_words(field, "it") in said.next_action
    assert MagliaError(Code.INPUT_FIELD, field="importo").sentence("it").message == "Il campo «importo» non è valido."


def test_a_state_is_told_in_words() -> None:
    for state in MemberState:
        for lang, words in (("it", "«"), ("en", "“")):
            said = MagliaError(Code.MEMBER_STATE, state=state.value).sentence(lang).message
            assert words + state_in_words(state.value, lang) in said
    assert "«sospeso»" in MagliaError(Code.MEMBER_STATE, state="suspended").sentence("it").message
    assert state_in_words("later", "it") == "later"


COMMAND = re.compile(r'[«“("](maglia(?:-[a-z]+)?(?: [a-z][a-z-]*)*)')
IN_CODE = re.compile(r'command=("[^"{]+")|(«maglia[^»{]*)')
PROGRAMS = {"maglia": tui_app, "maglia-node": node_app, "maglia-registry": registry_app, "maglia-demo": demo_app}


def commands_named() -> set[str]:
    """Return every command that a sentence names, or that code puts into one."""
    texts = [
        text
        for code in Code
        for lang in LANGUAGES
        for text in (sentence(code, lang).message, sentence(code, lang).next_action)
    ]
    for part in ("node", "registry", "tui", "demo"):
        for path in (ROOT / part).rglob("*.py"):
            texts += [one or other for one, other in IN_CODE.findall(path.read_text())]
    return {found for text in texts for found in COMMAND.findall(text)}


def test_every_command_that_a_sentence_names_is_there() -> None:
    named = commands_named()
    assert {"maglia-node doctor", "maglia-node init", "maglia office list"} <= named
    for command in sorted(named):
        program, *words = command.split()
        ran = CliRunner().invoke(PROGRAMS[program], [*words, "--help"])
        assert ran.exit_code == 0, command


class Teller(grpc.GenericRpcHandler):
    """Fails each call with the code that its name is."""

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler[bytes, bytes]:
        code = Code(handler_call_details.method.rpartition("/")[2])

        async def fail(request: bytes, context: grpc.aio.ServicerContext[object, object]) -> bytes:
            assert request == b""
            await abort(context, MagliaError(code, cause="secret text", field="città", limit=3))

        return grpc.unary_unary_rpc_method_handler(fail)


@pytest_asyncio.fixture
async def channel() -> AsyncIterator[grpc.aio.Channel]:
    server = grpc.aio.server()
    server.add_generic_rpc_handlers((Teller(),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    async with grpc.aio.insecure_channel(f"127.0.0.1:{port}") as channel:
        yield channel
    await server.stop(None)


async def _call(channel: grpc.aio.Channel, method: str) -> bytes:
    call: grpc.aio.UnaryUnaryMultiCallable[bytes, bytes] = channel.unary_unary(method)
    return await call(b"")


async def test_every_code_travels_with_its_status_and_without_its_cause(channel: grpc.aio.Channel) -> None:
    for code in Code:
        with pytest.raises(grpc.aio.AioRpcError) as failure:
            await _call(channel, f"/teller/{code.value}")
        assert (failure.value.code(), failure.value.details()) == (status_of(code), code.value)
        error = error_of(failure.value)
        assert (error.code, error.params, error.cause) == (code, {"field": "città", "limit": "3"}, "")
        assert "secret" not in repr(failure.value.trailing_metadata())
