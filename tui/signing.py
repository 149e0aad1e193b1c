"""What an officer's console reads in a draft before it signs: exactly what was asked, and nothing beside it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from maglia.core.difference import Difference, difference
from maglia.core.directory import DIRECTORY_PATH, PROCEDURES_PATH, Directory, decode_directory
from maglia.core.epochs import EpochAct, Epochs
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import SigningKey, fingerprint
from maglia.core.keystore import write_private
from maglia.core.officer import check_draft, officer_key_id, sign_draft
from maglia.core.procedures import Procedure, decode_procedures
from tui.office_client import OfficeDoor
from tui.office_model import Change, Draft, Signed


async def sign_changes(
    door: OfficeDoor, key: SigningKey, changes: Sequence[Change], heard: Mapping[str, str], kept: Path
) -> tuple[Draft, Signed]:
    """Have a draft of these changes prepared, read it, and sign its exact bytes.

    `heard` are the fingerprints of the bodies to admit; `kept` is where this console remembers what it last published.
    Raises `directory.draft` when the draft says anything else, `directory.rollback` when it starts from an older one.
    """
    draft = await door.prepare(changes)
    check_continues(draft, kept)
    check_says(draft, changes, heard)
    signed = await door.sign(draft.draft, officer_key_id(key.public), sign_draft(key, draft.signed))
    if signed.published:
        write_private(kept, draft.targets[DIRECTORY_PATH])
    return draft, signed


def check_continues(draft: Draft, kept: Path) -> None:
    """Return when the directory in force, as the registry tells it, is none older than this console published.

    A registry restored from an older backup, or in other hands, could else have a revoked body signed in again.
    """
    if not kept.exists():
        return
    before = decode_directory(kept.read_bytes())
    told = decode_directory(draft.current_directory) if draft.current_directory else None
    is_same = draft.current_directory == kept.read_bytes()
    if told is None or told.network != before.network or (told.version <= before.version and not is_same):
        raise MagliaError(Code.DIRECTORY_ROLLBACK, cause=f"version {told.version if told else 0}")


def moved_keys(draft: Draft) -> list[str]:
    """Return which of the registry's own keys the draft names anew: `witness`, `log`."""
    if not draft.current_directory:
        return []
    before, after = decode_directory(draft.current_directory), check_draft(draft.signed, draft.targets)
    pairs = {"witness": (before.witness_key, after.witness_key), "log": (before.log_key, after.log_key)}
    return [name for name, (old, new) in pairs.items() if old != new]


def check_says(draft: Draft, changes: Sequence[Change], heard: Mapping[str, str]) -> None:
    """Return when the draft does exactly `changes`; else raise `directory.draft`.

    The registry's word is taken for which directory is in force, as far as `check_continues` can't tell; what the
    draft does against it is read here.
    """
    after = check_draft(draft.signed, draft.targets)
    before = decode_directory(draft.current_directory) if draft.current_directory else None
    _check_members(difference(before, after), changes)
    _check_epochs(before.epochs if before else Epochs(), after.epochs, changes)
    for change in changes:
        if change.act == "approve" and fingerprint(after.members[change.member].identity_key) != heard[change.member]:
            raise _refused("another fingerprint")
        if change.act == "change":
            _check_changed(after, change)
    _check_procedures(draft, after.network, changes)


def _check_members(found: Difference, changes: Sequence[Change]) -> None:
    def asked(act: str) -> set[str]:
        return {change.member for change in changes if change.act == act}

    expected = {
        "approve": found.added,
        "revoke": found.removed,
        "reinstate": found.reinstated,
    }
    for act, members in expected.items():
        if members != asked(act):
            raise _refused(f"other members than asked: {act}")
    if not found.changed <= asked("change") or found.altered:
        raise _refused("members changed that nobody asked for")


def _check_epochs(before: Epochs, after: Epochs, changes: Sequence[Change]) -> None:
    """Epochs move as asked, one step, and by themselves never; raise `directory.epoch` for a step out of turn."""
    acts = [EpochAct(change.act) for change in changes if change.act in frozenset(EpochAct)]
    expected = before
    for act in acts:
        expected = expected.after(act)
    if len(acts) > 1 or after != expected:
        raise _refused("other epochs than asked")


def _check_changed(after: Directory, change: Change) -> None:
    """Whoever is to be changed has afterwards what was asked."""
    member = after.members[change.member]
    wanted = replace(
        member,
        facets=frozenset(change.facets) or member.facets,  # type: ignore[arg-type]  # codes compare as their text
        purposes=frozenset(change.purposes) or member.purposes,  # type: ignore[arg-type]  # likewise
        act_protocol=change.act_protocol or member.act_protocol,
        act_expiry=change.act_expiry or member.act_expiry,
    )
    if wanted != member:
        raise _refused("another change than asked")


def _check_procedures(draft: Draft, network: str, changes: Sequence[Change]) -> None:
    before: dict[str, Procedure] = {}
    if draft.current_procedures:
        before = decode_procedures(draft.current_procedures, network)
    declared = {change.procedure.id: change.procedure for change in changes if change.procedure is not None}
    if decode_procedures(draft.targets[PROCEDURES_PATH], network) != before | declared:
        raise _refused("other procedures than asked")


def _refused(cause: str) -> MagliaError:
    return MagliaError(Code.DIRECTORY_DRAFT, cause=cause)
