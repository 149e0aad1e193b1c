"""Recomputing archived logs from their leaves, and holding them against every head that was ever seen of them.

Needs no network: what officers signed was kept when the logs were read. Nothing that the archive itself computed is
believed: tiles and the index could have been changed since.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum

from maglia.core.checkpoint import Checkpoint, NoteKey, open_checkpoint, verify_cosignature
from maglia.core.errors import Code, MagliaError
from maglia.core.merkle import Tree, leaf_hash
from maglia.core.vocabulary import COSIGNATURE_MAX_S
from tui.audit.archive import Archive, LogState
from tui.audit.chain import Doubt, find_doubt
from tui.audit.known import Known
from tui.audit.network import log_key, witness_of

BATCH = 2048
"""Leaves read at a time: memory stays flat however long a log is."""


class Verdict(StrEnum):
    """What can be said of one log."""

    INTACT = "intact"
    UNWITNESSED = "unwitnessed"
    BROKEN = "broken_chain"
    FORK = "fork"
    DAMAGED = "copy_damaged"
    UNREAD = "unread"


_DISPROVED: Mapping[str, Verdict] = {
    Code.LOG_BROKEN: Verdict.BROKEN,
    Code.LOG_CHECKPOINT: Verdict.BROKEN,
    Code.LOG_FORK: Verdict.FORK,
    Code.LOG_REWRITTEN: Verdict.FORK,
}
"""What a log that was read so is said to be, though all that is held of it agrees."""
_EXCLUDED = frozenset({Verdict.BROKEN, Verdict.FORK, Verdict.DAMAGED})


@dataclass(frozen=True)
class Verified:
    """One log as recomputed. Of `size` entries held, those before `signed` are under the log's signature, those before
    `cosigned` under the witness's too; those before `first` are known by their hashes alone.

    `entries` are the first and the last between which it stops to hold, empty when it does. `code` says why it could
    not be read, or does not hold.
    """

    member: str
    verdict: Verdict
    size: int
    first: int
    root: str
    signed: int
    cosigned: int
    entries: tuple[int, ...] = ()
    code: str = ""


def verify(archive: Archive, known: Known, tell: Callable[[str], object] = str) -> Sequence[Verified]:
    """Return what holds of each log; keep in the archive what does not, so that nothing is compared with it.

    `tell` hears of each log before it is recomputed.
    """
    found = []
    for log in archive.logs():
        tell(log.member)
        try:
            verified = verify_log(archive, log, known)
        except MagliaError as error:
            verified = _damaged(log, error)
        found.append(verified)
        if verified.verdict in _EXCLUDED and not log.problem:
            first = verified.entries[0] if verified.entries else None
            archive.save_state(replace(log, problem=verified.code, at_entry=first))
    return found


def _damaged(log: LogState, error: MagliaError) -> Verified:
    """What is said of a log whose copy here can't be recomputed: nothing of the body's own."""
    if error.code is not Code.LOG_COPY:
        raise error
    entry = int(error.params["entry"])
    return Verified(log.member, Verdict.DAMAGED, log.size, log.first, "", 0, 0, (entry,), error.code.value)


def verify_log(archive: Archive, log: LogState, known: Known) -> Verified:
    """Return what holds of one log."""
    key, witness = _keys(known, log.member)
    heads = [head for note in archive.checkpoints(log.member) if (head := _opened(note, key)) is not None]
    seen = _opened(log.witnessed, key)
    if seen is not None and seen.size <= log.size:
        heads.append(seen)
    walk = _Walk(archive, log.member)
    doubt = find_doubt(heads, log.size, walk.root_at)
    root = walk.root_at(log.size).hex()
    signed, cosigned = _opened(log.checkpoint, key), _cosigned(log, key, witness)
    verdict, entries, code = _verdict(log, doubt, cosigned, witness)
    return Verified(
        member=log.member,
        verdict=verdict,
        size=log.size,
        first=log.first,
        root=root,
        signed=signed.size if signed else 0,
        cosigned=cosigned.size if cosigned else 0,
        entries=entries,
        code=code,
    )


def _verdict(
    log: LogState, doubt: Doubt | None, cosigned: Checkpoint | None, witness: NoteKey
) -> tuple[Verdict, tuple[int, ...], str]:
    if doubt is not None:
        kind = Verdict.FORK if doubt.code is Code.LOG_FORK else Verdict.BROKEN
        return kind, (doubt.first, doubt.last), doubt.code.value
    if log.problem in _DISPROVED:
        kind = _DISPROVED[log.problem]
        return kind, () if log.at_entry is None else (log.at_entry,), log.problem
    if log.problem:
        return Verdict.UNREAD, (), log.problem
    if cosigned is None or _is_old(log, witness):
        return Verdict.UNWITNESSED, (), Code.LOG_UNWITNESSED.value
    return Verdict.INTACT, (), ""


class _Walk:
    """Grows a tree from the leaves, in order; `root_at` must be asked for growing sizes."""

    def __init__(self, archive: Archive, member: str) -> None:
        self._archive = archive
        self._member = member
        self._tree = Tree()

    def root_at(self, size: int) -> bytes:
        """Return the root over the first `size` entries; raise `log.copy` where the archive itself was damaged."""
        while self._tree.size < size:
            start, count = self._tree.size, min(BATCH, size - self._tree.size)
            found = self._archive.entries(self._member, start, count)
            for offset, one in enumerate(found):
                if one.index != start + offset or (one.leaf is not None and leaf_hash(one.leaf) != one.leaf_hash):
                    raise MagliaError(Code.LOG_COPY, member=self._member, entry=start + offset)
            if len(found) < count:
                raise MagliaError(Code.LOG_COPY, member=self._member, entry=start + len(found))
            self._tree.append([one.leaf_hash for one in found])
        return self._tree.root()


def _keys(known: Known, member: str) -> tuple[NoteKey, NoteKey]:
    """Return the keys of a log and of the witness, by the newest directory that names the body."""
    for directory in reversed(known.directories):
        with suppress(MagliaError):
            return log_key(directory, member), witness_of(known.directory)
    raise MagliaError(Code.MEMBER_UNKNOWN, member=member)


def _opened(note: bytes, key: NoteKey) -> Checkpoint | None:
    try:
        return open_checkpoint(note, *key) if note else None
    except MagliaError:
        return None


def _cosigned(log: LogState, key: NoteKey, witness: NoteKey) -> Checkpoint | None:
    try:
        verify_cosignature(log.cosigned, *witness)
    except MagliaError:
        return None
    return _opened(log.cosigned, key)


def _is_old(log: LogState, witness: NoteKey) -> bool:
    """Whether the witness had not looked for longer than a node may answer without it, when the log was read."""
    return log.read_ms / 1000 - verify_cosignature(log.cosigned, *witness) > COSIGNATURE_MAX_S
