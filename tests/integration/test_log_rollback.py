"""A log put back to an earlier state, checkpoints and all: found by the cosigned note kept elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Engine, text

from maglia.core.checkpoint import Checkpoint, NoteKey, add_signature, cosign, sign_checkpoint
from maglia.core.log import Log
from maglia.sql.log import SqlLogBackend
from tests.integration.log_writer import KEY, ORIGIN, open_engine

WITNESS_KEY = Ed25519PrivateKey.from_private_bytes(bytes(range(32, 64)))
WITNESS = NoteKey("prova.witness", WITNESS_KEY.public_key())


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    engine = open_engine(tmp_path / "log.db")
    yield engine
    engine.dispose()


@pytest.fixture
def log(engine: Engine) -> Iterator[Log]:
    log = opened(engine)
    yield log
    log.close()


def opened(engine: Engine) -> Log:
    return Log(SqlLogBackend(engine), ORIGIN, KEY, witness=WITNESS)


def leaves(start: int, count: int) -> list[bytes]:
    return [f"entry {index}".encode() for index in range(start, start + count)]


def cosigned(log: Log) -> bytes:
    """Have the head cosigned; return the note as it is kept outside the database."""
    log.store_cosignature(cosign(log.checkpoint(), WITNESS.name, WITNESS_KEY, 100))
    note = log.latest_cosigned()
    assert note is not None
    return note


def test_the_report_says_which_checkpoint_is_cosigned(log: Log) -> None:
    log.append_many(leaves(0, 500)).result()
    kept = cosigned(log)
    report = log.verify(kept)
    assert (report.checkpoint_size, report.cosigned, report.cosigned_size, report.ok) == (500, True, 500, True)
    log.append_many(leaves(500, 25)).result()
    log.checkpoint()
    report = log.verify(kept)
    assert (report.checkpoint_size, report.cosigned, report.cosigned_size, report.ok) == (525, False, 500, True)


@pytest.mark.parametrize(
    ("sql", "first_bad"),
    [
        (["DELETE FROM log_entry", "DELETE FROM log_tile", "DELETE FROM log_checkpoint"], 0),
        (["DELETE FROM log_entry WHERE idx >= 534", "DELETE FROM log_checkpoint WHERE size = 537"], 534),
    ],
)
def test_a_log_put_back_whole_is_found_by_what_was_kept_elsewhere(
    log: Log, engine: Engine, sql: list[str], first_bad: int
) -> None:
    log.append_many(leaves(0, 509)).result()
    cosigned(log)
    log.append_many(leaves(509, 25)).result()
    log.checkpoint()
    log.append_many(leaves(534, 3)).result()
    kept = cosigned(log)
    assert log.continues(kept)
    log.close()
    with engine.begin() as connection:
        for statement in sql:
            assert connection.execute(text(statement)).rowcount > 0
    again = opened(engine)
    assert not again.continues(kept)
    report = again.verify(kept)
    assert (report.ok, report.cosigned, report.cosigned_size) == (False, False, 537)
    assert report.first_bad == first_bad
    again.append_many(leaves(1000, 600)).result()
    assert not again.continues(kept)
    assert not again.verify(kept).ok
    assert again.verify().ok, "inside the database nothing tells"
    again.close()


def test_a_cosigned_checkpoint_of_another_tree_breaks_the_log_though_the_last_one_holds(
    log: Log, engine: Engine
) -> None:
    log.append_many(leaves(0, 5)).result()
    cosigned(log)
    log.append_many(leaves(5, 5)).result()
    log.checkpoint()
    forged = sign_checkpoint(Checkpoint(ORIGIN, 5, bytes(32)), ORIGIN, KEY)
    forged = add_signature(forged, cosign(forged, WITNESS.name, WITNESS_KEY, 100))
    SqlLogBackend(engine).save_checkpoint(5, forged, cosigned=True)
    assert not log.verify().ok


def test_what_was_kept_elsewhere_must_be_signed_by_both(log: Log) -> None:
    log.append(b"one").result()
    kept = cosigned(log)
    alone = log.checkpoint().split("— prova.witness".encode())[0]
    for note in (alone, b"nonsense\n", kept.replace(b"prova/", b"provb/")):
        assert not log.verify(note).ok
