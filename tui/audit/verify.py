"""Recomputing archived logs from their leaves, and holding them against every head that was ever seen of them.

Needs no network: what officers signed was kept when the logs were read. Nothing that the archive itself computed is
believed: tiles are left alone, and the index must be what the leaves say. Others must not add to it meanwhile.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum

from maglia.core.checkpoint import Checkpoint, NoteKey, verify_cosignature
from maglia.core.errors import Code, MagliaError
from maglia.core.merkle import Tree
from maglia.core.vocabulary import COSIGNATURE_MAX_S
from tui.audit.archive import Archive, LogState
from tui.audit.chain import Doubt, find_doubt
from tui.audit.copied import Copied, opened
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
    Code.LOG_COPY: Verdict.DAMAGED,
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
        if verified.verdict in _EXCLUDED and log.problem not in _DISPROVED:
            archive.note(log.member, verified.code, verified.entries[0] if verified.entries else None)
    return found


def _damaged(log: LogState, error: MagliaError) -> Verified:
    """What is said of a log whose copy here can't be recomputed: nothing of the body's own."""
    if error.code is not Code.LOG_COPY:
        raise error
    entry = int(error.params["entry"])
    return Verified(log.member, Verdict.DAMAGED, log.size, log.first, "", 0, 0, (entry,), error.code.value)


def verify_log(archive: Archive, log: LogState, known: Known) -> Verified:
    """Return what holds of one log."""
    keys, witness = _keys(known, log.member)
    copied = Copied(archive, log)
    walk = _Walk(copied)
    doubt = find_doubt(copied.heads(keys), log.size, walk.root_at)
    root = walk.root_at(log.size).hex()
    copied.check_rest()
    signed, cosigned = opened(log.checkpoint, keys), _cosigned(log, keys, witness)
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
    if log.why_unread:
        return Verdict.UNREAD, (), log.why_unread
    if cosigned is None or _is_old(log, witness):
        return Verdict.UNWITNESSED, (), Code.LOG_UNWITNESSED.value
    return Verdict.INTACT, (), ""


class _Walk:
    """Grows a tree from the leaves, in order; `root_at` must be asked for growing sizes."""

    def __init__(self, copied: Copied) -> None:
        self._copied = copied
        self._tree = Tree()

    def root_at(self, size: int) -> bytes:
        """Return the root over the first `size` entries; raise `log.copy` where the archive itself was damaged."""
        while self._tree.size < size:
            start = self._tree.size
            self._tree.append(self._copied.hashes(start, min(BATCH, size - start)))
        return self._tree.root()


def _keys(known: Known, member: str) -> tuple[Sequence[NoteKey], NoteKey]:
    """Return the keys of a log, today's first, and that of the witness, by every directory that names the body."""
    keys = []
    for directory in reversed(known.directories):
        with suppress(MagliaError):
            keys.append(log_key(directory, member))
    if not keys:
        raise MagliaError(Code.MEMBER_UNKNOWN, member=member)
    return keys, witness_of(known.directory)


def _cosigned(log: LogState, keys: Sequence[NoteKey], witness: NoteKey) -> Checkpoint | None:
    try:
        verify_cosignature(log.cosigned, *witness)
    except MagliaError:
        return None
    return opened(log.cosigned, keys)


def _is_old(log: LogState, witness: NoteKey) -> bool:
    """Whether the witness had not looked for longer than a node may answer without it, when the log was read."""
    return log.read_ms / 1000 - verify_cosignature(log.cosigned, *witness) > COSIGNATURE_MAX_S
