"""Who is let in from anywhere: each of the five steps holds; what is on file does so on PostgreSQL too."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from maglia.core.device import Server, fresh_code, read_code
from maglia.core.entry import EntryKind
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import SigningKey
from maglia.core.one_time import STEP_S, code_at
from maglia.core.passwords import hash_password
from maglia.core.vocabulary import INVITE_S, Role
from maglia.wire.logins import FREE
from maglia.wire.sessions import Sessions
from node.challenges import LASTS_S
from node.devices import CONFIRM_S, CONFIRM_TRIES, Devices, LoginProof, invite_device
from node.domain.device import MAX_WRONG
from node.domain.model import Operator
from node.entries import Entries
from node.logins import Logins
from node.refusals import Refusals
from node.store.sql import SqlStore
from tests.clerk import StoppedClock, fictional_code, open_store
from tests.peer_world import MemoryLog, OneKey, refused
from tests.support.consoles import Handset

ANNA, IVO = (Operator(user, user.title(), Role.VOLUNTEER) for user in ("anna", "ivo"))
HERE = Server("prova", "mensa-est", b"a certificate")
CODE = fictional_code(1)
PASSWORD = "una parola lunga"
HASH = hash_password(PASSWORD)


@dataclass
class World:
    """A body's devices, with clocks that stand still until they are moved."""

    store: SqlStore
    clock: StoppedClock
    devices: Devices
    ended: list[str]

    def wait(self, seconds: float) -> None:
        self.clock.instant += seconds

    def invite(self, user: str = "anna") -> str:
        return invite_device(self.store, self.clock, user, "rete")[0]

    def enrolled(self, operator: Operator = ANNA) -> Handset:
        """Return a console whose next code is a fresh one."""
        made = Handset(HERE, operator)
        made.enrol(self.devices, self.invite(operator.user), self.clock.now())
        self.wait(STEP_S)
        return made

    def log_in(self, console: Handset, operator: Operator = ANNA, **changed: str) -> str:
        proof = console.proof(self.devices.challenges.fresh(), self.clock.now())
        return self.devices.check_login(operator, replace(proof, **changed))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A database at its newest revision: bringing one there takes longer than what is tested."""
    place = tmp_path_factory.mktemp("empty") / "node.db"
    open_store(place).close()
    return place


@pytest.fixture
def world(tmp_path: Path, empty: Path) -> Iterator[World]:
    with opened(Path(shutil.copy(empty, tmp_path / "node.db"))) as world:
        yield world


@contextmanager
def opened(place: Path | str) -> Iterator[World]:
    clock, ended = StoppedClock(), list[str]()
    store = open_store(place, clock)
    for operator in (ANNA, IVO):
        store.add_operator(operator, HASH)
    yield World(store, clock, Devices(HERE, store, clock, ended.append, needed=True, now=clock.now), ended)
    store.close()


def test_an_invited_console_is_enrolled_let_in_locked_and_revoked(tmp_path: Path, database_url: str) -> None:
    with opened(database_url or tmp_path / "node.db") as world:
        anna, ivo = world.enrolled(), world.enrolled(IVO)
        assert world.log_in(ivo, IVO) == ivo.id
        with refused(Code.SESSION_OTP_USED):
            world.log_in(ivo, IVO)
        device = world.store.device(ivo.id)
        assert device is not None
        assert (device.user, device.name, device.used_at) == ("ivo", "portatile di prova", world.clock.now())
        assert [one.id for one in world.store.devices()] == [anna.id, ivo.id]
        for _ in range(MAX_WRONG):
            with refused(Code.SESSION_OTP):
                world.log_in(anna, otp="000000")
        with refused(Code.SESSION_DEVICE_LOCKED):
            world.log_in(anna)
        assert world.devices.revoke("anna", anna.id, "rete") == [anna.id]
        assert [one.id for one in world.store.devices()] == [ivo.id]


def test_nobody_is_let_in_without_a_console_where_the_body_needs_one(world: World) -> None:
    with refused(Code.SESSION_DEVICE_NEEDED):
        world.devices.check_login(ANNA, None)
    world.devices.needed = False
    assert world.devices.check_login(ANNA, None) == ""


def test_a_code_is_good_once_even_after_a_restart(world: World) -> None:
    anna = world.enrolled()
    world.log_in(anna)
    again = Devices(HERE, world.store, world.clock, world.ended.append, needed=True, now=world.clock.now)
    for devices in (world.devices, again):
        with refused(Code.SESSION_OTP_USED):
            devices.check_login(ANNA, anna.proof(devices.challenges.fresh(), world.clock.now()))
        with refused(Code.SESSION_OTP_USED):  # nor an earlier one that nobody used
            devices.check_login(ANNA, anna.proof(devices.challenges.fresh(), world.clock.now() - STEP_S))
    world.wait(STEP_S)
    assert world.log_in(anna) == anna.id


def test_a_challenge_is_good_once_for_two_minutes_and_of_this_process(world: World) -> None:
    anna = world.enrolled()
    challenge = world.devices.challenges.fresh()
    world.devices.check_login(ANNA, anna.proof(challenge, world.clock.now()))
    world.wait(STEP_S)
    elsewhere = Devices(HERE, world.store, world.clock, world.ended.append, needed=True, now=world.clock.now)
    for spent in (challenge, elsewhere.challenges.fresh(), b"", bytes(32), bytes(64)):
        with refused(Code.SESSION_CHALLENGE):
            world.devices.check_login(ANNA, anna.proof(spent, world.clock.now()))
    old = world.devices.challenges.fresh()
    world.wait(LASTS_S + 1)
    with refused(Code.SESSION_CHALLENGE):
        world.devices.check_login(ANNA, anna.proof(old, world.clock.now()))


@pytest.mark.parametrize(
    "other", [replace(HERE, network="altra"), replace(HERE, member="altro"), replace(HERE, certificate=b"another")]
)
def test_what_was_signed_for_another_server_opens_nothing_here(world: World, other: Server) -> None:
    anna = world.enrolled()
    anna.server = other
    with refused(Code.SESSION_DEVICE):
        world.log_in(anna)


def test_a_console_is_its_users_alone(world: World) -> None:
    anna, ivo = world.enrolled(), world.enrolled(IVO)
    with refused(Code.SESSION_DEVICE):
        world.log_in(anna, IVO)
    with refused(Code.SESSION_DEVICE):
        world.log_in(anna, device_id=ivo.id)
    with refused(Code.SESSION_DEVICE):
        world.log_in(anna, device_id="nessuna")
    anna.operator = IVO  # anna's computer, signing that it is ivo's
    with refused(Code.SESSION_DEVICE):
        world.log_in(anna, IVO)
    with refused(Code.SESSION_DEVICE):
        world.log_in(anna, IVO, device_id=ivo.id)
    anna.key = SigningKey.generate()
    with refused(Code.SESSION_DEVICE):
        world.log_in(anna)


def test_wrong_codes_lock_the_console_and_right_ones_begin_the_count_anew(world: World) -> None:
    anna = world.enrolled()
    for _ in range(2):
        for _ in range(MAX_WRONG - 1):
            with refused(Code.SESSION_OTP):
                world.log_in(anna, otp="000000")
        world.wait(STEP_S)
        assert world.log_in(anna) == anna.id
    for _ in range(MAX_WRONG):
        with refused(Code.SESSION_OTP):
            world.log_in(anna, otp="000000")
    world.wait(STEP_S)
    with refused(Code.SESSION_DEVICE_LOCKED):
        world.log_in(anna)
    assert world.store.devices()[0].is_locked
    fresh = world.enrolled()  # what the administrator does about it
    assert world.log_in(fresh) == fresh.id


def test_an_invite_is_one_users_one_time_for_a_day(world: World) -> None:
    code = world.invite()
    for operator, typed in ((IVO, code), (ANNA, fresh_code()), (ANNA, "presto")):
        console = Handset(HERE, operator)
        asked = console.asks(code, challenge := world.devices.challenges.fresh())
        with refused(Code.SESSION_INVITE):
            world.devices.begin(operator, replace(asked, code=typed, challenge=challenge))
    Handset(HERE, ANNA).enrol(world.devices, code.lower().replace("-", " "), world.clock.now())
    with refused(Code.SESSION_INVITE):
        Handset(HERE, ANNA).enrol(world.devices, code, world.clock.now())
    replaced, code = world.invite(), world.invite()
    with refused(Code.SESSION_INVITE):
        Handset(HERE, ANNA).enrol(world.devices, replaced, world.clock.now())
    world.wait(INVITE_S)
    with refused(Code.SESSION_INVITE):
        Handset(HERE, ANNA).enrol(world.devices, code, world.clock.now())


def test_nothing_is_enrolled_before_the_telephone_shows_the_right_digits(world: World) -> None:
    code, anna = world.invite(), Handset(HERE, ANNA)
    pending = world.devices.begin(ANNA, anna.asks(code, world.devices.challenges.fresh()))
    for _ in range(CONFIRM_TRIES):
        with refused(Code.SESSION_OTP):
            world.devices.confirm(pending.token, "000000")
    right = code_at(pending.device.otp_secret, world.clock.now())
    with refused(Code.SESSION_CHALLENGE):
        world.devices.confirm(pending.token, right)
    late = world.devices.begin(ANNA, anna.asks(code, world.devices.challenges.fresh()))
    world.wait(CONFIRM_S + 1)
    with refused(Code.SESSION_CHALLENGE):
        world.devices.confirm(late.token, code_at(late.device.otp_secret, world.clock.now()))
    assert not world.store.devices()
    assert anna.enrol(world.devices, code, world.clock.now()) == anna.id, "the invite was not spent by any of it"


def test_an_invite_that_ends_while_the_telephone_is_set_up_enrols_nobody(world: World) -> None:
    for end in (world.invite, lambda: world.wait(60)):
        code, anna = world.invite(), Handset(HERE, ANNA)
        world.wait(INVITE_S - 59)
        pending = world.devices.begin(ANNA, anna.asks(code, world.devices.challenges.fresh()))
        end()
        with refused(Code.SESSION_INVITE):
            world.devices.confirm(pending.token, code_at(pending.device.otp_secret, world.clock.now()))
    assert not world.store.devices()


def test_what_was_handed_in_to_be_enrolled_is_worth_nothing_twice(world: World) -> None:
    code, anna = world.invite(), Handset(HERE, ANNA)
    asked = anna.asks(code, world.devices.challenges.fresh())
    world.devices.begin(ANNA, asked)
    with refused(Code.SESSION_CHALLENGE):
        world.devices.begin(ANNA, asked)


def test_a_key_is_enrolled_by_whoever_holds_it(world: World) -> None:
    code, anna = world.invite(), Handset(HERE, ANNA)
    asked = anna.asks(code, world.devices.challenges.fresh())
    with refused(Code.SESSION_DEVICE):
        world.devices.begin(ANNA, replace(asked, public_key=SigningKey.generate().public))
    for name, refusal in {
        "": Code.INPUT_FIELD,
        "\x1b[31m": Code.INPUT_FIELD,
        "pc di " + CODE: Code.INPUT_CODE_INSIDE,
    }.items():
        with refused(refusal):
            world.devices.begin(ANNA, replace(anna.asks(code, world.devices.challenges.fresh()), name=name))
    with pytest.raises(MagliaError) as unknown:
        world.invite(CODE)
    assert (unknown.value.code, unknown.value.params) == (Code.INPUT_OPERATOR_UNKNOWN, {"user": "…"})


def test_a_revoked_console_opens_nothing_and_its_sessions_end(world: World) -> None:
    anna, ivo = world.enrolled(), world.enrolled(IVO)
    with refused(Code.INPUT_DEVICE_UNKNOWN):
        world.devices.revoke("ivo", anna.id, "ivo")
    assert world.devices.revoke("anna", "", "rete") == [anna.id]
    assert world.ended == [anna.id]
    with refused(Code.SESSION_DEVICE):
        world.log_in(anna)
    world.wait(STEP_S)
    assert world.log_in(ivo, IVO) == ivo.id
    with refused(Code.INPUT_OPERATOR_UNKNOWN):
        world.invite("nessuno")


async def test_wrong_codes_count_as_attempts_and_are_in_the_log(world: World) -> None:
    log = MemoryLog()
    refusals = Refusals(Entries(log, OneKey(), world.clock))
    sessions = Sessions[Operator](900, world.clock.now)
    logins = Logins(world.store, sessions, refusals, world.devices)
    anna = world.enrolled()

    async def log_in(password: str, otp: str = "") -> Operator:
        proof = anna.proof(world.devices.challenges.fresh(), world.clock.now(), otp)
        operator, token = await logins.log_in("anna", password, "192.0.2.7", proof)
        sessions.end_of("another")
        assert sessions.person(token) == operator
        sessions.end_of(anna.id)
        with refused(Code.SESSION_EXPIRED):
            sessions.person(token)
        return operator

    with refused(Code.SESSION_CREDENTIALS):
        await log_in("sbagliata", "000000")
    for _ in range(FREE - 1):
        with refused(Code.SESSION_OTP):
            await log_in(PASSWORD, "000000")
    with refused(Code.SESSION_THROTTLED):
        await log_in(PASSWORD)
    world.wait(STEP_S)
    assert await log_in(PASSWORD) == ANNA
    await refusals.write()
    assert {entry.code: (entry.peer, entry.count) for entry in log.entries(EntryKind.REFUSALS)} == {
        "session.credentials": ("anna", 1),
        "session.otp": ("anna", FREE - 1),
        "session.throttled": ("anna", 1),
    }


def test_the_database_holds_neither_code_nor_secret(world: World, tmp_path: Path) -> None:
    anna, open_code = world.enrolled(), world.invite()
    world.store.empty_journal()
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert anna.secret not in kept
    assert open_code.encode() not in kept
    assert read_code(open_code).replace("-", "").encode() not in kept
    assert anna.id.encode() in kept


def test_a_proof_shows_no_digits() -> None:
    assert "123456" not in repr(LoginProof("id", b"", b"", "123456"))
