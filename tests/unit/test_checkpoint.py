"""Checkpoints and cosignatures, with published keys, notes and lines of the formats."""

from __future__ import annotations

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from maglia.core.checkpoint import (
    Checkpoint,
    add_signature,
    cosign,
    key_id,
    open_checkpoint,
    sign_checkpoint,
    verify_cosignature,
)
from maglia.core.errors import Code, MagliaError
from maglia.core.merkle import EMPTY_ROOT

# The key and signature with which the Go checksum database's note format is tested.
NEUMANN = "PeterNeumann"
NEUMANN_SEED = base64.b64decode("AYEKFALVFGyNhPJEMzD1QIDr+Y7hfZx09iUvxdXHKDFz")[1:]
NEUMANN_PUBLIC = base64.b64decode("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")[1:]
NEUMANN_TEXT = b"If you think cryptography is the answer to your problem,\nthen you don't know what your problem is.\n"
NEUMANN_SIGNED = "x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM="

# The example of tlog-checkpoint v1 and tlog-cosignature v1 (their keys are not published).
EXAMPLE = (
    "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
    "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+x"
    "eMcTOAYQ8=\n"
    "— witness.example.com/w1 jWbPPwAAAABkGFDLEZMHwSRaJNiIDoe9DYn/zXcrtPHeolMI5OWXEhZCB9dlrDJsX3b2oyin1nPZqhf5nNo0xUe+m"
    "bIUBkBIfZ+qnA==\n"
).encode()

ORIGIN = "maglia/prova/caritas"
LOG_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
WITNESS = "maglia/prova/registry"
WITNESS_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64)))
HEAD = Checkpoint(ORIGIN, 7, b"\x07" * 32)
NOTE = sign_checkpoint(HEAD, ORIGIN, LOG_KEY)


def opened(note: bytes) -> Checkpoint:
    return open_checkpoint(note, ORIGIN, LOG_KEY.public_key())


def refused(note: bytes) -> bool:
    with pytest.raises(MagliaError) as raised:
        opened(note)
    return raised.value.code is Code.LOG_CHECKPOINT


def test_key_ids_are_those_of_published_keys() -> None:
    assert key_id(NEUMANN, 1, Ed25519PublicKey.from_public_bytes(NEUMANN_PUBLIC)).hex() == "c74f20a3"
    remora = Ed25519PublicKey.from_public_bytes(
        base64.b64decode("BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2")[1:],
    )
    assert key_id("remora.n621.de", 4, remora).hex() == "da77ade7"


def test_the_published_note_is_reproduced_byte_for_byte() -> None:
    key = Ed25519PrivateKey.from_private_bytes(NEUMANN_SEED)
    blob = key_id(NEUMANN, 1, key.public_key()) + key.sign(NEUMANN_TEXT)
    assert base64.b64encode(blob).decode() == NEUMANN_SIGNED
    line = f"— {NEUMANN} {NEUMANN_SIGNED}\n".encode()
    assert add_signature(NEUMANN_TEXT + b"\n" + line, line) == NEUMANN_TEXT + b"\n" + line


def test_the_specification_example_keeps_its_bytes() -> None:
    lines = EXAMPLE.split(b"\n\n")[1].split(b"\n")
    assert add_signature(EXAMPLE, lines[1] + b"\n") == EXAMPLE
    body = Checkpoint("example.com/behind-the-sofa", 20852163, base64.b64decode(EXAMPLE.split(b"\n")[2])).body()
    assert EXAMPLE.startswith(body + b"\n")


def test_a_checkpoint_opens_as_it_was_signed() -> None:
    assert opened(NOTE) == HEAD
    empty = Checkpoint(ORIGIN, 0, EMPTY_ROOT)
    assert opened(sign_checkpoint(empty, ORIGIN, LOG_KEY)) == empty


def test_signed_text_is_origin_size_root() -> None:
    body, signature = NOTE.split(b"\n\n")
    assert body == f"{ORIGIN}\n7\n{base64.b64encode(HEAD.root).decode()}".encode()
    name, blob = signature.decode().removeprefix("— ").strip().split(" ")
    assert name == ORIGIN
    LOG_KEY.public_key().verify(base64.b64decode(blob)[4:], body + b"\n")


@pytest.mark.parametrize("at", range(len(NOTE)))
def test_a_changed_byte_anywhere_is_refused(at: int) -> None:
    assert refused(NOTE[:at] + bytes([NOTE[at] ^ 1]) + NOTE[at + 1 :])


def resigned(body: bytes) -> bytes:
    blob = key_id(ORIGIN, 1, LOG_KEY.public_key()) + LOG_KEY.sign(body)
    return body + b"\n" + f"— {ORIGIN} {base64.b64encode(blob).decode()}\n".encode()


ROOT_LINE = base64.b64encode(HEAD.root) + b"\n"


@pytest.mark.parametrize(
    "body",
    [
        b"maglia/prova/parrocchia\n7\n" + ROOT_LINE,
        ORIGIN.encode() + b"\n07\n" + ROOT_LINE,
        ORIGIN.encode() + b"\n-7\n" + ROOT_LINE,
        ORIGIN.encode() + "\n٧\n".encode() + ROOT_LINE,
        ORIGIN.encode() + b"\n9223372036854775808\n" + ROOT_LINE,
        ORIGIN.encode() + b"\n7\n" + base64.b64encode(HEAD.root[1:]) + b"\n",
        ORIGIN.encode() + b"\n7\n" + ROOT_LINE + b"extension\n",
        ORIGIN.encode() + b"\n7\n",
        b"\n7\n" + ROOT_LINE,
    ],
)
def test_malformed_text_is_refused_even_when_signed(body: bytes) -> None:
    assert refused(resigned(body))


@pytest.mark.parametrize(
    "note",
    [
        b"",
        b"\n\n",
        b"\xff" + NOTE,
        b"\x01" + NOTE,
        NOTE[:-1],
        NOTE + b"more\n",
        NOTE + "— two words AAAAAAAA\n".encode(),
        NOTE + "— name AAAAAAA\n".encode(),
        NOTE + "— name AAAA\n".encode(),
        NOTE + b"a" * (128 * 1024),
        HEAD.body(),
    ],
)
def test_malformed_notes_are_refused(note: bytes) -> None:
    assert refused(note)


def test_another_key_under_the_same_name_is_refused() -> None:
    assert refused(sign_checkpoint(HEAD, ORIGIN, WITNESS_KEY))


def test_cosignature_is_over_the_text_of_the_specification() -> None:
    line = cosign(NOTE, WITNESS, WITNESS_KEY, 1679315147)
    blob = base64.b64decode(line.decode().strip().split(" ")[2])
    assert blob[:4] == key_id(WITNESS, 4, WITNESS_KEY.public_key())
    assert blob[4:12] == (1679315147).to_bytes(8, "big")
    WITNESS_KEY.public_key().verify(blob[12:], b"cosignature/v1\ntime 1679315147\n" + HEAD.body())


def test_a_cosigned_note_still_opens_and_gives_the_newest_time() -> None:
    once = add_signature(NOTE, cosign(NOTE, WITNESS, WITNESS_KEY, 100))
    assert opened(once) == HEAD
    assert verify_cosignature(once, WITNESS, WITNESS_KEY.public_key()) == 100
    again = add_signature(once, cosign(NOTE, WITNESS, WITNESS_KEY, 200))
    assert len(again) == len(once)
    assert verify_cosignature(again, WITNESS, WITNESS_KEY.public_key()) == 200


def test_a_cosignature_of_another_time_head_or_kind_is_refused() -> None:
    line = cosign(NOTE, WITNESS, WITNESS_KEY, 100)
    blob = bytearray(base64.b64decode(line.decode().strip().split(" ")[2]))
    blob[11] ^= 1
    later = f"— {WITNESS} {base64.b64encode(blob).decode()}\n".encode()
    other = sign_checkpoint(Checkpoint(ORIGIN, 8, HEAD.root), ORIGIN, LOG_KEY)
    plain = sign_checkpoint(HEAD, WITNESS, WITNESS_KEY).split(b"\n\n")[1]
    for note in (add_signature(NOTE, later), add_signature(other, line), add_signature(NOTE, plain), NOTE):
        with pytest.raises(MagliaError) as raised:
            verify_cosignature(note, WITNESS, WITNESS_KEY.public_key())
        assert raised.value.code is Code.LOG_CHECKPOINT
