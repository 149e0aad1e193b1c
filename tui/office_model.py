"""What the office's commands work with: plain values. Instants are in seconds since the epoch."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import NamedTuple

from maglia.core.answering import NONE, Answering
from maglia.core.directory import Official
from maglia.core.epochs import Epochs
from maglia.core.procedures import Procedure
from tui.model import SpentInProcedure, SpentLine


@dataclass(frozen=True)
class MemberRow:
    """A body in the office's list; `pending` is what a half-signed draft would do with it.

    `same_fiscal_code` names waiting applications of others with its tax code.
    """

    member: str
    name: str
    kind: str
    state: str
    signed_by: tuple[str, ...]
    threshold: int
    applied_at: int
    fingerprint: str
    act_expiry: str = ""
    pending: str = ""
    signer_names: tuple[str, ...] = ()
    same_fiscal_code: tuple[str, ...] = ()


@dataclass(frozen=True)
class Applied:
    """An application's own words, exactly as signed: to be made plain before they are shown. Keys are 32 bytes.

    `is_signed` tells whether the identity key in it signed it.
    """

    network: str
    member: str
    name: str
    kind: str
    ipa_code: str
    runts_number: str
    runts_section: str
    ecclesiastical_recognition: str
    fiscal_code: str
    act: str
    act_protocol: str
    act_expiry: str
    territory: tuple[str, ...]
    facets: tuple[str, ...]
    purposes: tuple[str, ...]
    referent: str
    contact: str
    identity_key: bytes
    log_key: bytes
    is_signed: bool


@dataclass(frozen=True)
class MemberDetail:
    """One body: its line, what its application lacks, what the office wrote, what it may answer and ask."""

    row: MemberRow
    missing: tuple[str, ...]
    note: str
    facets: tuple[str, ...]
    purposes: tuple[str, ...]
    applied: Applied


@dataclass(frozen=True)
class Change:
    """One thing that two officers sign; empty parts stay as they are."""

    act: str
    member: str = ""
    reason: str = ""
    facets: tuple[str, ...] = ()
    purposes: tuple[str, ...] = ()
    act_protocol: str = ""
    act_expiry: str = ""
    procedure: Procedure | None = None
    without: tuple[str, ...] = ()
    policies: str = ""
    official: Official | None = None


@dataclass(frozen=True)
class Draft:
    """Unsigned targets metadata with the files that it lists, exactly as received."""

    draft: str
    signed: bytes
    targets: dict[str, bytes]


@dataclass(frozen=True)
class OpenDraft:
    """What the registry says of a draft that somebody has signed; what it truly does is read in the draft itself."""

    draft: str
    changes: tuple[Change, ...]
    signer_names: tuple[str, ...]
    threshold: int
    signed_by: tuple[str, ...] = ()
    """The officers' own names, as they log in."""


@dataclass(frozen=True)
class Signed:
    """How far a draft's signatures are; `version` is the directory's once published."""

    signed_by: tuple[str, ...]
    threshold: int
    published: bool
    version: int


@dataclass(frozen=True)
class HistoryLine:
    """One entry of the registry's log about a body; `proved` when its hash stands under the checkpoint shown."""

    index: int
    at: float
    actor: str
    action: str
    detail: str
    proved: bool


@dataclass(frozen=True)
class History:
    """A body's entries, and the size and root (hex) of the log they stand in.

    `is_signed` tells that the log's and the witness's keys are those that two officers signed.
    """

    lines: list[HistoryLine] = field(default_factory=list)
    size: int = 0
    root: str = ""
    is_signed: bool = True


@dataclass(frozen=True)
class Suspended:
    """Since when a body is suspended (seconds since the epoch), and why, as the office's log proves it."""

    since: float
    reason: str


@dataclass(frozen=True)
class LogHead:
    """The head of the office's log that a console verified last; `root` is 32 bytes, size 0 stands for none."""

    size: int = 0
    root: bytes = b""


@dataclass(frozen=True)
class LogKeys:
    """Ed25519 public keys, 32 bytes, under which the office's log is signed and cosigned."""

    log: bytes
    witness: bytes


@dataclass(frozen=True)
class NodeRow:
    """One node on the board; instants are 0 for never, `is_ready` tells that it enrolled for every epoch in use."""

    member: str
    name: str
    state: str
    health: str
    heard_at: int
    is_current: bool
    cosigned_at: int
    log_size: int
    card_expires: int
    ready_epochs: tuple[int, ...] = ()
    is_ready: bool = False
    relay: str = ""
    answering: Answering = NONE
    askers: int = 0
    absent_days: int = 0
    missed_days: int = 0


class Board(NamedTuple):
    """Every node, the registry's time, the days of absence from which on hosting is proposed, the epochs in use."""

    nodes: list[NodeRow]
    now: int
    absence_days: int
    epochs: Epochs


@dataclass(frozen=True)
class Budgets:
    """What the registry counted on its day (`day`, ISO 8601), and under procedures."""

    day: str
    today: tuple[SpentLine, ...]
    procedures: tuple[SpentInProcedure, ...]
