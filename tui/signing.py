"""How an officer's console signs: verify what is in force, read the draft against it, show it, and sign those bytes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from maglia.core.directory import DIRECTORY_PATH, Directory, Member
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import SigningKey
from maglia.core.keystore import write_private
from maglia.core.officer import officer_key_id, sign_draft
from maglia.core.vocabulary import MemberState
from tui.applied import check_heard
from tui.draft_check import NOTHING_NEW, InForce, Renewal, check_says
from tui.in_force import published_file, read_in_force
from tui.office_client import OfficeDoor
from tui.office_history import suspensions_of
from tui.office_model import Change, Draft, OpenDraft, Signed, Suspended
from tui.profile import Profile


@dataclass(frozen=True)
class Wanted:
    """What an officer typed: acts, fingerprints read aloud for the bodies to admit, and what else may be new."""

    changes: Sequence[Change]
    heard: Mapping[str, str]
    renewal: Renewal = NOTHING_NEW


@dataclass(frozen=True)
class Reading:
    """A draft that does what was asked, and what is in force while it waits: all that an officer is shown.

    `signer_names` have signed it before, as the registry tells; `others` are open drafts that do something else.
    `suspended` tells since when and why whoever is brought back, or signed as suspended, is out.
    """

    draft: Draft
    before: InForce
    admitted: Mapping[str, Member]
    signer_names: Sequence[str] = ()
    others: Sequence[OpenDraft] = ()
    suspended: Mapping[str, Suspended] = field(default_factory=dict)


async def sign_changes(
    door: OfficeDoor,
    key: SigningKey,
    wanted: Wanted,
    profile: Profile,
    confirm: Callable[[Reading], None] = lambda _reading: None,
) -> tuple[Reading, Signed]:
    """Have a draft of these changes prepared, read it, have it confirmed, and sign its exact bytes.

    Raises what `read_wanted` raises, and whatever `confirm` does.
    """
    reading = await read_wanted(door, wanted, profile)
    confirm(reading)
    return reading, await sign_reading(door, key, reading, profile)


async def read_wanted(door: OfficeDoor, wanted: Wanted, profile: Profile) -> Reading:
    """Have a draft of what is wanted prepared, and return all that an officer is shown before signing it.

    Raises what `read_in_force`, `check_heard`, `check_says` and `suspensions_of` raise.
    """
    reading = await read_draft(door, wanted, profile, await read_in_force(door.fetch, profile))
    waiting = await door.drafts()
    own = next((one.signer_names for one in waiting if one.draft == reading.draft.draft), ())
    return replace(reading, signer_names=own, others=[one for one in waiting if one.draft != reading.draft.draft])


async def sign_reading(door: OfficeDoor, key: SigningKey, reading: Reading, profile: Profile) -> Signed:
    """Sign the exact bytes of a draft that was read and shown; keep the directory if that publishes it."""
    draft = reading.draft
    signed = await door.sign(draft.draft, officer_key_id(key.public), sign_draft(key, draft.signed))
    if signed.published:
        write_private(published_file(profile), draft.targets[DIRECTORY_PATH])
    return signed


async def read_draft(door: OfficeDoor, wanted: Wanted, profile: Profile, before: InForce) -> Reading:
    """Return the draft of what is wanted, once it is exactly that on top of what is in force."""
    admitted = {}
    for change in wanted.changes:
        if change.act == "approve":
            applied = (await door.member(change.member)).applied
            admitted[change.member] = check_heard(applied, change.member, profile.network, _heard(wanted, change))
    draft = await door.prepare(wanted.changes)
    after = check_says(draft, wanted.changes, before, admitted, wanted.renewal)
    back = [change.member for change in wanted.changes if change.act == "reinstate"]
    suspended = await suspensions_of(back, before.directory, door, profile)
    stopped = await _stopped_since(before.directory, after, door, profile)
    return Reading(draft, before, admitted, suspended={**stopped, **suspended})


async def _stopped_since(
    before: Directory | None, after: Directory, door: OfficeDoor, profile: Profile
) -> Mapping[str, Suspended]:
    """Return since when and why whoever a draft signs as suspended is so.

    Nothing where the office's log can't be proved now: what is signed is the suspension, and its reason is only told.
    """
    known = before.members if before else {}
    stopped = [
        name
        for name, member in after.members.items()
        if member.state is MemberState.SUSPENDED and name in known and known[name].state is not MemberState.SUSPENDED
    ]
    try:
        return await suspensions_of(stopped, before, door, profile)
    except MagliaError:
        return {}


def _heard(wanted: Wanted, change: Change) -> str:
    if change.member not in wanted.heard:
        raise MagliaError(Code.INPUT_FIELD, field="fingerprint")
    return wanted.heard[change.member]
