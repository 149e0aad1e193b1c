"""docs/protocol/device.md followed step by step: the program's bytes are its own, and so is the vector."""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

import pytest

from maglia.core.device import Server, code_digest, enrolment_bytes, fresh_code, login_bytes, read_code
from maglia.core.errors import Code
from maglia.core.identity import SigningKey, key_id
from maglia.core.one_time import setup_uri
from tests.peer_world import refused
from tui.device_text import qr_lines, scan_lines

DOCUMENT = (Path(__file__).parents[2] / "docs" / "protocol" / "device.md").read_text("utf-8")
CODE = "K7QD2-9XWMA-3HTRC-VB5NE"
CHALLENGE = bytes(range(0x64, 0x84))
PUBLIC = SigningKey(bytes(range(32))).public
SERVER = b"prova", b"mensa-est", sha256(b"certificate").digest()


def parts(*given: bytes) -> bytes:
    return b"".join(len(one).to_bytes(4, "big") + one for one in given)


def test_the_vector_of_the_document() -> None:
    device = sha256(PUBLIC).hexdigest()[:16]
    digest = sha256(b"maglia/1\0device invite\0" + CODE.encode()).digest()
    login = b"maglia/1\0device login\0" + parts(*SERVER, b"anna", device.encode(), CHALLENGE)
    enrolment = b"maglia/1\0device enrolment\0" + parts(*SERVER, b"anna", digest, PUBLIC, CHALLENGE)
    written = {
        "device id             ": device,
        "code_digest           ": digest.hex(),
        f"SHA-256 of the login bytes ({len(login)})      ": sha256(login).hexdigest(),
        f"SHA-256 of the enrolment bytes ({len(enrolment)})  ": sha256(enrolment).hexdigest(),
    }
    for name, value in written.items():
        assert f"{name}{value}\n" in DOCUMENT, name
    server = Server("prova", "mensa-est", b"certificate")
    assert key_id(PUBLIC) == device
    assert code_digest(CODE) == digest
    assert login_bytes(server, "anna", device, CHALLENGE) == login
    assert enrolment_bytes(server, "anna", CODE, PUBLIC, CHALLENGE) == enrolment


def test_a_code_is_read_however_it_is_typed() -> None:
    assert read_code(" k7qd2 9xwma3htrc-VB5NE\n") == CODE
    assert len({fresh_code() for _ in range(50)}) == 50
    assert all(read_code(code) == code for code in (fresh_code() for _ in range(50)))
    for wrong in ("", CODE[:-1], CODE + "2", CODE.replace("K", "0"), CODE.replace("K", "I"), CODE.replace("K", "É")):
        with refused(Code.SESSION_INVITE):
            read_code(wrong)


@pytest.mark.parametrize(("user", "member"), [("anna", "mensa-est"), ("maria.rossini", "parrocchia-san-nicolo")])
def test_what_the_telephone_scans_is_whole_on_a_small_terminal(user: str, member: str) -> None:
    drawn = qr_lines(setup_uri(bytes(20), user, member))
    assert len(drawn) < 24
    assert {len(line) for line in drawn} == {len(drawn[0])}
    assert len(drawn[0]) <= 80
    lines = scan_lines(setup_uri(bytes(20), user, member), "it")
    assert lines[1] == "Se il QR non si legge, scrivere a mano: " + "A" * 32
    assert lines[-len(drawn) :] == drawn, "nothing below it but the question for the first code"
    assert all(len(line) <= 80 for line in lines[1:])
