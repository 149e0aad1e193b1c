"""Secrets stay where they are held: not in what is shown, logged, dumped, pickled, or told of an error."""

from __future__ import annotations

import base64
import copy
import dataclasses
import importlib
import json
import pickle
import pkgutil
import pprint
import re
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import pytest
from pydantic_settings import BaseSettings
from rich.pretty import pretty_repr
from typer.testing import CliRunner

import demo
import maglia.core
import maglia.sql
import maglia.wire
import node
import registry
import tui
from maglia.core import keystore
from maglia.core.batch import Keys
from maglia.core.errors import MagliaError
from maglia.core.identifiers import parse_identifier
from maglia.core.identity import SigningKey
from maglia.core.keystore import load_keystore, save_keystore
from maglia.core.network_file import NetworkFile, encode_network_file
from maglia.core.pseudonym import SHARES, Evaluator, blind
from maglia.core.secret import Secret
from maglia.wire.certificates import TlsIdentity
from maglia.wire.chain import Caller
from maglia.wire.sessions import Sessions
from node import joining
from node.__main__ import app as node_command
from node.config import load_settings
from node.domain.model import Awaiting
from node.keys import load_keys, make_keys
from node.pseudonyms import _Asked, _Blind
from node.rpc.rules import FrontRules
from node.store.fields import Fields
from node.store.monthly import MonthlyKeyFiles
from registry.config import Settings as RegistrySettings
from registry.config import load_settings as load_registry_settings
from registry.config import write_settings
from registry.metadata import OnlineKeys
from registry.root import RootOffice
from registry.secrets import Secrets
from registry.seeds import Trios
from tests.clerk import fictional_code
from tui.app import Console
from tui.profile import Profile

WORD = "parola-da-non-mostrare"
SEED = bytes(range(200, 232))
CODE = fictional_code(7)
WINGS: tuple[ModuleType, ...] = (maglia.core, maglia.wire, maglia.sql, node, registry, tui, demo)
NAMED = re.compile(r"seed|secret|scalar|passw|passphrase|token|private|(field|budget|wrapping)_key")
HARMLESS = {
    "demo.office.Person.password": "fictional, and printed in the demo's own file",
    "registry.config.Settings.token_s": "a lifetime",
    "registry.enrolment.Enrolment.token_s": "a lifetime",
}


def modules() -> Iterator[ModuleType]:
    """Yield every module of the program."""
    for wing in WINGS:
        for found in pkgutil.walk_packages(wing.__path__, f"{wing.__name__}."):
            if "__main__" not in found.name and "migrations" not in found.name:
                yield importlib.import_module(found.name)


def fields() -> Iterator[tuple[type, str, bool]]:
    """Yield each field of each record or settings of the program: class, name, whether it is shown."""
    found = {thing for module in modules() for thing in vars(module).values() if isinstance(thing, type)}
    for one in found:
        if not one.__module__.startswith(tuple(f"{wing.__name__}." for wing in WINGS)):
            continue
        if dataclasses.is_dataclass(one):
            own_repr = "__repr__" in vars(one) and not one.__dataclass_params__.repr  # type: ignore[attr-defined]  # dataclasses keep them there
            yield from ((one, field.name, field.repr and not own_repr) for field in dataclasses.fields(one))
        elif issubclass(one, BaseSettings):
            yield from ((one, name, "SecretStr" not in str(field)) for name, field in one.model_fields.items())


def test_what_is_called_a_secret_is_hidden_and_stays_in_its_process() -> None:
    found = list(fields())
    assert len(found) > 300
    named = [
        (one, f"{one.__module__}.{one.__qualname__}.{name}", shown) for one, name, shown in found if NAMED.search(name)
    ]
    assert {name for _, name, shown in named if shown} == set(HARMLESS)
    hidden = {one for one, _, shown in named if not shown and not issubclass(one, BaseSettings)}
    assert hidden
    assert all(issubclass(one, Secret) for one in hidden), hidden


OF_A_PERSON = re.compile(r"\bTypedInput\b")
CODES = re.compile(r"^_?(typed_inputs?|inputs?|codes|tax_codes?)$")


def test_no_record_of_a_node_shows_typed_inputs_or_codes() -> None:
    """By the type that is written beside a field or by its name; a named tuple could not hide it, and may have none."""
    shown, hidden = set[str](), set[str]()
    for module in modules():
        for one in vars(module).values():
            if (
                not isinstance(one, type)
                or one.__module__ != module.__name__
                or not module.__name__.startswith("node.")
            ):
                continue
            for name, written in vars(one).get("__annotations__", {}).items():
                if OF_A_PERSON.search(str(written)) or CODES.match(name):
                    is_hidden = dataclasses.is_dataclass(one) and not one.__dataclass_fields__[name].repr
                    (hidden if is_hidden else shown).add(f"{one.__qualname__}.{name}")
    assert not shown
    assert {"Awaiting.typed_input", "_Blind.inputs"} <= hidden


def holders(folder: Path) -> dict[str, object]:
    """Return everything that holds a secret, each with the same one."""
    keys = make_keys("ente", "prova", 86_400)
    tls = TlsIdentity(keys.peer.certificate, WORD.encode())
    key, evaluator = SigningKey(SEED), Evaluator(dict.fromkeys(SHARES, SEED))
    online = OnlineKeys(key, key, [key])
    sessions = Sessions[str](60)
    mine = dataclasses.replace(
        keys, identity=key, log=key, field_key=SEED, budget_key=SEED, wrapping_key=SEED, peer=tls
    )
    settings = node_settings(folder / "node")
    registry_settings = registry_settings_of(folder / "registry")
    return {
        "signing key": key,
        "TLS identity": tls,
        "node's keys": mine,
        "field key": Fields(SEED),
        "month keys": MonthlyKeyFiles(folder / "log-keys", SEED),
        "batch": _Asked([SEED], _Blind([parse_identifier(CODE).pseudonym_input()], []), None),  # type: ignore[arg-type]  # never asked
        "inputs": _Blind([parse_identifier(CODE).pseudonym_input()], [blind(b"x", _scalar=SEED[:31] + b"\0")]),
        "blind": blind(b"x", _scalar=SEED[:31] + b"\0"),
        "evaluator": evaluator,
        "evaluator's keys": Keys([SEED[:31] + b"\0"]),
        "trios": Trios({1: evaluator}),
        "online keys": online,
        "registry's secrets": Secrets(Trios({1: evaluator}), online, key, key, key, tls, tls),
        "root office": RootOffice(folder, registry_settings, WORD, None),  # type: ignore[arg-type]  # never opened
        "caller": Caller(None, WORD),
        "local token": FrontRules(sessions, WORD, lambda _who, _code: None, lambda _method, _role: None),  # type: ignore[arg-type]  # of nobody
        "node's settings": settings,
        "registry's settings": registry_settings,
        "person": parse_identifier(CODE),
        "awaiting": Awaiting(1, parse_identifier(CODE).pseudonym_class, parse_identifier(CODE).pseudonym_input()),
    }


def node_settings(folder: Path, **flags: object) -> object:
    """Return a node's settings with passwords in them."""
    folder.mkdir(exist_ok=True)
    lines = {"member": "ente", "peer": "127.0.0.1:1", "front": "127.0.0.1:2", "opa_token": WORD}
    text = "".join(f"{name} = {json.dumps(value)}\n" for name, value in lines.items())
    (folder / "node.toml").write_text(f'{text}database_url = "postgresql://anna:{WORD}@127.0.0.1:1/x"\n')
    return load_settings(folder, **flags)


def registry_settings_of(folder: Path) -> RegistrySettings:
    """Return a registry's settings with a password in them."""
    folder.mkdir(exist_ok=True)
    write_settings(folder, "prova", "127.0.0.1:1", "127.0.0.1:2", None)
    with (folder / "registry.toml").open("a") as file:
        file.write(f'database_url = "postgresql://anna:{WORD}@127.0.0.1:1/x"\n')
    return load_registry_settings(folder)


def shows(text: str) -> list[str]:
    """Return in which forms a text shows one of the secrets."""
    forms = {
        "word": WORD,
        "code": CODE,
        "hex": SEED[:12].hex(),
        "base64": base64.b64encode(SEED[:12]).decode(),
        "bytes": repr(SEED[:12])[2:-1],
        "numbers": ", ".join(map(str, SEED[:12])),
        "number": str(int.from_bytes(SEED, "little")),
    }
    return [name for name, form in forms.items() if form.lower() in text.lower()]


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> dict[str, object]:
    return holders(tmp_path_factory.mktemp("secrets"))


@pytest.mark.parametrize(
    "render", [repr, str, ascii, format, pprint.pformat, pretty_repr, "{!r:>5}".format, "%s".__mod__]
)
def test_nothing_that_holds_a_secret_shows_it(held: dict[str, object], render: Callable[[object], str]) -> None:
    for name, one in held.items():
        assert not shows(render(one)), name
        assert not shows(render([one])), name


def test_a_report_with_local_variables_shows_no_holder(held: dict[str, object]) -> None:
    def deep(one: object) -> None:
        raise RuntimeError(f"of {one}")

    for name, one in held.items():
        try:
            deep(one)
        except RuntimeError as error:
            told = traceback.TracebackException.from_exception(error, capture_locals=True)
            told.stack[0].locals = {}  # this test's own frame, which holds all of them
            assert "deep" in "".join(told.format())
            assert not shows("".join(told.format())), name


def test_no_secret_is_pickled_or_copied(held: dict[str, object]) -> None:
    refusing = {name: one for name, one in held.items() if isinstance(one, Secret)}
    assert len(refusing) == len(held) - 4, "settings hide theirs, persons are no secrets of the program"
    for one in refusing.values():
        for act in (pickle.dumps, copy.copy, copy.deepcopy):
            with pytest.raises(TypeError, match="holds a secret"):
                act(one)


def test_a_dump_of_settings_shows_no_password(held: dict[str, object]) -> None:
    for name in ("node's settings", "registry's settings"):
        settings = held[name]
        assert isinstance(settings, BaseSettings)
        assert not shows(settings.model_dump_json())
        assert not shows(str(settings.model_dump()))
        assert "database_url" in settings.model_dump_json()


def test_no_program_renders_local_variables() -> None:
    """They hold codes, keys and passwords whatever classes do; Textual's own report is replaced by the console."""
    sources = {
        Path(str(module.__file__)): Path(str(module.__file__)).read_text("utf-8")
        for module in (
            *modules(),
            *(importlib.import_module(f"{one.__name__}.__main__") for one in (node, registry, tui, demo)),
        )
    }
    for path, source in sources.items():
        assert not re.search(r"show_locals|capture_locals|rich\.traceback|cgitb|set_debug\(", source), path
    apps = [source for source in sources.values() if "\napp = typer.Typer(" in source]
    assert len(apps) == 4
    assert all("pretty_exceptions_enable=False" in source for source in apps)


async def test_a_crash_of_the_console_shows_where_and_nothing_else(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(password: str) -> None:
        raise RuntimeError(password)

    async def crash() -> None:
        async with console.run_test() as pilot:
            console.call_later(fail, WORD)
            await pilot.pause()

    console = Console(
        Profile("127.0.0.1:1", "ente", "prova", tmp_path / "none.pem", "anna", drafts=tmp_path / "anna.drafts")
    )
    with pytest.raises(RuntimeError):
        await crash()
    told = "".join(capsys.readouterr())
    assert not shows(told)
    assert "(RuntimeError, test_secrets.py:" in told
    assert "Riaprirla" in told
    assert console.return_code == 1


def _wrong_passphrase(folder: Path) -> object:
    save_keystore(folder / "keystore.json", {"identity": SEED}, WORD)
    return load_keystore(folder / "keystore.json", WORD + "!")


def _broken_keystore(folder: Path) -> object:
    (folder / "keystore.json").write_text(json.dumps({"salt": WORD, "nonce": SEED.hex(), "sealed": WORD}))
    return load_keystore(folder / "keystore.json", WORD)


FAILURES: dict[str, Callable[[Path], object]] = {
    "passphrase": _wrong_passphrase,
    "keystore": _broken_keystore,
    "setting": lambda folder: node_settings(folder, provisional_s=-1.0),
    "database": lambda folder: node_settings(folder, database_url=f"mysql://anna:{WORD}@h/x"),
    "token": lambda folder: node_settings(folder, opa_token=[WORD]),
    "field key": lambda _: Fields(SEED[:31]),
    "seeds": lambda _: Evaluator(dict.fromkeys(SHARES, SEED[:31])),
    "signing key": lambda _: SigningKey(SEED + SEED),
    "code": lambda _: parse_identifier(CODE + "A"),
    "check letter": lambda _: parse_identifier(CODE[:15] + ("A" if CODE[15] != "A" else "B")),
}


@pytest.mark.parametrize("name", FAILURES)
def test_what_is_told_of_a_failure_holds_no_secret(name: str, tmp_path: Path) -> None:
    with pytest.raises((MagliaError, ValueError)) as failure:
        FAILURES[name](tmp_path)
    told = "".join(traceback.format_exception(failure.value))
    assert not shows(told)
    assert CODE[:12] not in told
    if isinstance(failure.value, MagliaError):
        assert not shows(f"{failure.value} {failure.value.cause} {failure.value.params} {failure.value.sentence()}")


@pytest.mark.parametrize(
    "command", [("doctor",), ("state",), ("serve",), ("operator", "add", "anna", "--role", "volunteer")]
)
@pytest.mark.parametrize("form", [(), ("--json",)])
def test_no_command_tells_a_secret(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: tuple[str, ...], form: tuple[str, ...]
) -> None:
    monkeypatch.setattr(keystore, "_SCRYPT_N", 2**10)
    network = NetworkFile(
        "prova", b"{}", "127.0.0.1:1", "127.0.0.1:2", *([make_keys("registry", "prova", 60).peer.certificate] * 2)
    )
    folder = tmp_path / "node"
    (tmp_path / "network.json").write_bytes(encode_network_file(network))
    joining.init(folder, tmp_path / "network.json", "ente", "127.0.0.1:3", "127.0.0.1:4", WORD)
    with (folder / "node.toml").open("a") as file:
        file.write(f'opa_token = "{WORD}"\ndatabase_url = "postgresql://anna:{WORD}@127.0.0.1:1/x"\n')
    secrets = {"MAGLIA_PASSPHRASE": WORD, "MAGLIA_PASSWORD": WORD}
    ran = CliRunner().invoke(node_command, [*command, "--dir", str(folder), *form], env=secrets)
    assert ran.exit_code
    assert ran.output
    assert not shows(ran.output + ran.stderr + "".join(traceback.format_exception(ran.exception)))
    keys = load_keys(folder, WORD)
    for value in (keys.identity.seed, keys.field_key, keys.budget_key, keys.wrapping_key):
        assert value.hex() not in ran.output
        assert base64.b64encode(value).decode() not in ran.output
