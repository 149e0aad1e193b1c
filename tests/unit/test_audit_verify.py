"""What holds of archived logs: recomputed from leaves, against every head that was ever seen of them."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import insert, text, update

from maglia.core.checkpoint import Checkpoint, add_signature, cosign, sign_checkpoint
from maglia.core.directory import Directory, Member, encode_directory
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import REGISTRY_ID, SigningKey, log_origin, witness_name
from maglia.core.merkle import leaf_hash, root_of
from maglia.core.procedures import encode_procedures
from maglia.core.vocabulary import Kind
from tui.audit import tables
from tui.audit.archive import Archive, LogState
from tui.audit.chain import find_doubt
from tui.audit.known import Known, keep_known, read_known
from tui.audit.verify import Verdict, Verified, verify
from tui.audit.verify_text import verify_document, verify_exit, verify_lines
from tui.exits import Exit

NETWORK = "prova"
NOW = 1_700_000_000
KEY, WITNESS, OTHER = (SigningKey(bytes([number]) * 32) for number in (1, 2, 3))


def _member(name: str) -> Member:
    empty = frozenset[str]()
    return Member(
        id=name,
        name=name.title(),
        kind=Kind.PARISH,
        identity_key=leaf_hash(name.encode()),
        log_key=KEY.public,
        facets=empty,  # type: ignore[arg-type]  # none of any kind
        purposes=empty,  # type: ignore[arg-type]
        territory=(),
        contact="",
        act_protocol="PG/1",
        act_expiry="2199-12-31",
    )


DIRECTORY = Directory(NETWORK, 7, 1, WITNESS.public, {"parish": _member("parish")}, log_key=KEY.public)
KNOWN = Known([DIRECTORY], {})


@dataclass
class Copy:
    """An archive of one log, and what its owner can sign."""

    archive: Archive
    leaves: list[bytes] = field(default_factory=lambda: [secrets.token_bytes(40) for _ in range(600)])

    def head(self, size: int, leaves: list[bytes] | None = None) -> tuple[Checkpoint, bytes]:
        """Return the head over the first `size` leaves, of the log or of another one."""
        root = root_of([leaf_hash(leaf) for leaf in (leaves or self.leaves)[:size]])
        origin = log_origin("parish", NETWORK)
        return (head := Checkpoint(origin, size, root)), sign_checkpoint(head, origin, KEY.private)

    def keep(self, size: int, leaves: list[bytes] | None = None) -> None:
        """Keep a head in the archive."""
        self.archive.keep_checkpoint("parish", *self.head(size, leaves))

    def state(self, size: int = 600, *, age_s: int = 0, key: SigningKey = WITNESS, **changes: object) -> None:
        """Say what a pull would: the head of that size, cosigned so many seconds before it was read."""
        _, note = self.head(size)
        cosigned = add_signature(note, cosign(note, witness_name(NETWORK), key.private, NOW - age_s))
        state = LogState("parish", "", 0, 0, note, cosigned, note, size, size, NOW * 1000)
        self.archive.save_state(replace(state, **changes))  # type: ignore[arg-type]  # fields, by name

    def verified(self) -> Verified:
        """Return what holds of the log."""
        (found,) = verify(self.archive, KNOWN)
        return found


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Copy]:
    copy = Copy(Archive.open(tmp_path / "audit"))
    copy.archive.add("parish", 0, copy.leaves)
    copy.keep(300)
    copy.keep(600)
    copy.state()
    yield copy
    copy.archive.close()


def test_a_log_that_its_heads_and_the_witness_signed_is_intact(copy: Copy) -> None:
    found = copy.verified()
    assert (found.verdict, found.size, found.signed, found.cosigned) == (Verdict.INTACT, 600, 600, 600)
    assert found.root == root_of([leaf_hash(leaf) for leaf in copy.leaves]).hex()
    assert verify_exit([found]) is Exit.DONE


def test_leaves_that_no_later_head_covers_break_the_chain_there(copy: Copy) -> None:
    other = [*copy.leaves[:450], b"rewritten", *copy.leaves[451:]]
    copy.archive.cut("parish", 0)
    copy.archive.add("parish", 0, other)
    found = copy.verified()
    assert (found.verdict, found.entries, found.code) == (Verdict.BROKEN, (300, 599), "log.broken")
    assert verify_exit([found]) is Exit.OVERLAP
    assert copy.archive.state("parish").problem == "log.broken", "nothing is compared with it"


def test_two_signed_heads_of_one_size_are_a_fork(copy: Copy) -> None:
    copy.keep(600, [*copy.leaves[:450], b"another", *copy.leaves[451:]])
    found = copy.verified()
    assert (found.verdict, found.entries) == (Verdict.FORK, (300, 599))


def test_an_earlier_head_of_another_past_is_a_fork(copy: Copy) -> None:
    copy.keep(400, [b"another", *copy.leaves[1:]])
    assert copy.verified().verdict is Verdict.FORK


def test_a_head_beyond_the_end_is_a_fork(copy: Copy) -> None:
    copy.keep(700, [*copy.leaves, *copy.leaves])
    found = copy.verified()
    assert (found.verdict, found.entries) == (Verdict.FORK, (600, 699))


def test_what_the_witness_remembers_counts_as_a_head(copy: Copy) -> None:
    copy.state(witnessed=copy.head(500, [b"another", *copy.leaves[1:]])[1])
    assert copy.verified().verdict is Verdict.FORK


@pytest.mark.parametrize("changes", [{"cosigned": b""}, {"key": OTHER}, {"age_s": 4 * 3600 + 1}])
def test_without_a_fresh_cosignature_of_the_networks_witness_it_is_unwitnessed(
    copy: Copy, changes: dict[str, object]
) -> None:
    copy.state(**changes)  # type: ignore[arg-type]
    found = copy.verified()
    assert found.verdict is Verdict.UNWITNESSED
    assert verify_exit([found]) is Exit.PARTIAL
    assert copy.archive.state("parish").problem == "", "it still can be compared"


def test_a_log_that_could_not_be_read_is_said_so_and_not_called_intact(copy: Copy) -> None:
    copy.state(problem="network.unreachable")
    found = copy.verified()
    assert (found.verdict, found.code) == (Verdict.UNREAD, "network.unreachable")
    assert any("NON LETTO" in line for line in verify_lines([found], "it"))


def test_a_log_whose_reading_never_ended_is_not_read_whatever_the_witness_signed(copy: Copy) -> None:
    changes: dict[str, Any]
    for changes in ({"second_pass": 0}, {"second_pass": 0, "cosigned": b""}):
        copy.state(**changes)
        found = copy.verified()
        assert (found.verdict, found.code) == (Verdict.UNREAD, "log.interrupted")
        assert "Ripetere «maglia audit pull»" in " ".join(" ".join(verify_lines([found], "it")).split())
        assert verify_exit([found]) is Exit.PARTIAL
    assert verify_document([found], "it")["unread"] == [{"member": "parish", "code": "log.interrupted"}]


def test_a_fork_that_reading_found_stays_one(copy: Copy) -> None:
    copy.state(problem="log.fork", at_entry=12)
    assert (copy.verified().verdict, copy.verified().entries) == (Verdict.FORK, (12,))


def test_damage_of_the_archive_itself_is_not_blamed_on_the_body(copy: Copy) -> None:
    with copy.archive.engine.begin() as connection:
        connection.execute(text("update leaf set leaf = x'00' where idx = 77"))
    found = copy.verified()
    assert (found.verdict, found.entries, found.code) == (Verdict.DAMAGED, (77,), "log.copy")
    assert verify_exit([found]) is Exit.PARTIAL


@pytest.mark.parametrize(
    "change",
    [
        "update entry set peer = 'another' where idx = 77",
        "delete from entry where idx = 77",
        "update entry set idx = 600 where idx = 77",
        "update leaf set leaf = null where idx = 77",
        "delete from leaf where idx = 77",
    ],
)
def test_an_index_that_does_not_say_what_the_leaves_do_is_a_damaged_copy(copy: Copy, change: str) -> None:
    with copy.archive.engine.begin() as connection:
        connection.execute(text(change))
    found = copy.verified()
    assert (found.verdict, found.entries, found.code) == (Verdict.DAMAGED, (77,), "log.copy")
    again = copy.verified()
    assert (again.verdict, again.code) == (Verdict.DAMAGED, "log.copy"), "it stays so"


def test_rows_of_entries_that_are_not_held_are_a_damaged_copy(copy: Copy) -> None:
    with copy.archive.engine.begin() as connection:
        row = connection.execute(text("select * from entry where idx = 0")).mappings().one()
        connection.execute(insert(tables.entry).values({**row, "idx": 600}))
    assert (copy.verified().verdict, copy.verified().entries) == (Verdict.DAMAGED, (600,))


@pytest.mark.parametrize("change", [{"note": b"?"}, {"root": b"?"}])
def test_a_kept_head_that_does_not_open_is_a_damaged_copy(copy: Copy, change: dict[str, bytes]) -> None:
    with copy.archive.engine.begin() as connection:
        connection.execute(update(tables.checkpoint).where(tables.checkpoint.c.size == 300).values(change))
    assert (copy.verified().verdict, copy.verified().entries) == (Verdict.DAMAGED, (300,))


def test_a_copy_without_its_last_entries_is_not_blamed_on_the_body(copy: Copy) -> None:
    with copy.archive.engine.begin() as connection:
        connection.execute(text("delete from checkpoint"))
        connection.execute(text("delete from leaf where idx >= 590"))
        connection.execute(text("delete from entry where idx >= 590"))
    assert (copy.verified().verdict, copy.verified().entries) == (Verdict.DAMAGED, (590,))


def test_heads_under_a_key_of_before_still_count(copy: Copy) -> None:
    renewed = replace(DIRECTORY, version=8, members={"parish": replace(_member("parish"), log_key=OTHER.public)})
    (found,) = verify(copy.archive, Known([DIRECTORY, renewed], {}))
    assert (found.verdict, found.signed) == (Verdict.INTACT, 600)


def test_entries_known_by_their_hash_alone_count_too(tmp_path: Path) -> None:
    copy = Copy(Archive.open(tmp_path / "other"))
    copy.archive.add_hashes("parish", 0, b"".join(leaf_hash(leaf) for leaf in copy.leaves[:256]))
    copy.archive.add("parish", 256, copy.leaves[256:])
    copy.keep(600)
    copy.state()
    assert (copy.verified().verdict, copy.verified().first) == (Verdict.INTACT, 256)
    copy.archive.close()


def test_words_on_a_damaged_copy_name_no_gap_and_no_body_to_blame(copy: Copy) -> None:
    copy.state(problem="log.copy", at_entry=77)
    said = "\n".join(verify_lines([copy.verified()], "it"))
    assert "COPIA ALTERATA" in said
    assert "dalla voce 77" in said
    assert "«-»" not in said


def test_words_name_the_entries_and_what_to_ask(copy: Copy) -> None:
    copy.keep(600, [b"another", *copy.leaves[1:]])
    found = copy.verified()
    document = verify_document([found], "it")
    said = str(document)
    assert (document["schema"], document["members_read"], document["members_total"]) == ("maglia.audit/1", 0, 1)
    assert "'type': 'fork', 'member': 'parish'" in said
    assert "'doubtful': [300, 599]" in said
    assert "dalla voce 300 alla 599" in said
    assert all(len(line) <= 80 for line in verify_lines([found], "it"))


def test_what_officers_signed_is_kept_by_version_with_keys_of_before(tmp_path: Path) -> None:
    with pytest.raises(MagliaError) as missing:
        read_known(tmp_path)
    assert missing.value.code is Code.STORAGE_MISSING
    renewed = replace(_member("parish"), identity_key=b"n" * 32)
    later = replace(DIRECTORY, version=10, members={"parish": renewed})
    for directory in (later, DIRECTORY):
        keep_known(tmp_path, encode_directory(directory), encode_procedures(NETWORK, []), b"rules")
    known = read_known(tmp_path)
    assert known.directory.version == 10
    assert known.identity_keys()["parish"] == [b"n" * 32, DIRECTORY.members["parish"].identity_key]


@given(st.lists(st.integers(0, 60), max_size=6), st.integers(0, 50), st.integers(0, 50))
def test_honest_heads_raise_no_doubt_and_a_changed_entry_always_does(sizes: list[int], held: int, at: int) -> None:
    leaves = [bytes([number]) for number in range(60)]

    def root(size: int, source: list[bytes] = leaves) -> bytes:
        return root_of([leaf_hash(leaf) for leaf in source[:size]])

    heads = [Checkpoint("o", size, root(size)) for size in sizes if size <= held]
    assert find_doubt(heads, held, root) is None
    changed = [*leaves[:at], b"changed", *leaves[at + 1 :]]
    doubt = find_doubt(heads, held, lambda size: root(size, changed))
    covered = [head.size for head in heads if head.size > at]
    assert (doubt is None) is (not covered)
    if doubt is not None:
        assert doubt.code is Code.LOG_BROKEN
        assert doubt.first <= at <= doubt.last


def test_the_registrys_log_is_verified_by_the_key_that_officers_signed(tmp_path: Path) -> None:
    archive = Archive.open(tmp_path / "registry")
    evaluation = b'{"schema":"maglia.evaluation/1","at":1.5,"epoch":1,"elements":1,"evaluation":"00"}'
    leaves = [b"{}", evaluation]
    archive.add(REGISTRY_ID, 0, leaves)
    origin = log_origin(REGISTRY_ID, NETWORK)
    head = Checkpoint(origin, 2, root_of([leaf_hash(leaf) for leaf in leaves]))
    note = sign_checkpoint(head, origin, KEY.private)
    cosigned = add_signature(note, cosign(note, witness_name(NETWORK), WITNESS.private, NOW))
    archive.keep_checkpoint(REGISTRY_ID, head, note)
    archive.save_state(LogState(REGISTRY_ID, "", 0, 0, note, cosigned, b"", 2, 2, NOW * 1000))
    (found,) = verify(archive, KNOWN)
    assert found.verdict is Verdict.INTACT
    with archive.engine.begin() as connection:
        connection.execute(text("delete from evaluation"))
    (found,) = verify(archive, KNOWN)
    assert (found.verdict, found.entries) == (Verdict.DAMAGED, (1,))
    archive.close()
