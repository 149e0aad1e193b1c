"""Whether a draft is exactly what is in force plus the acts that an officer typed; anything else is named and refused.

Both sides of the comparison are verified before: what is in force by officers' signatures (`tui.in_force`), a body that
enters by its own signature and its referent's voice (`tui.applied`). Nothing here is taken on the registry's word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from maglia.core.bundle import bundle_revision, open_bundle, read_bundle
from maglia.core.directory import BUNDLE_PATH, KEYS_PATH, PROCEDURES_PATH, Directory, Member
from maglia.core.epochs import EpochAct, Epochs
from maglia.core.errors import Code, MagliaError
from maglia.core.evaluation_keys import EvaluationKeys, decode_keys
from maglia.core.officer import check_draft, delegated_key, expiry_of
from maglia.core.procedures import Procedure, decode_procedures
from maglia.core.vocabulary import Facet, MemberState, PseudonymClass, Purpose
from maglia.wire.officials import check_official
from tui.office_model import Change, Draft

_LONGEST = timedelta(days=400)
"""Targets are signed for a year: one that lasts much longer would outlive its officers."""


@dataclass(frozen=True)
class InForce:
    """What officers signed last; before the first publication there is no directory.

    `suspensions` are the numbers of those that this console ever verified, `content` the directory's exact bytes.
    """

    version: int = 0
    directory: Directory | None = None
    keys: EvaluationKeys | None = None
    bundle: bytes = b""
    procedures: Mapping[str, Procedure] = field(default_factory=dict)
    suspensions: Mapping[str, int] = field(default_factory=dict)
    suspensions_key: bytes = b""
    content: bytes = b""

    @property
    def revision(self) -> str:
        """Return the policies' revision; empty before the first publication."""
        return bundle_revision(self.bundle) if self.bundle else ""


@dataclass(frozen=True)
class Renewal:
    """What may change beside members: policies of this revision, a registry's log key (hex). Empty for nothing."""

    policies: str = ""
    log_key: str = ""


NOTHING_NEW = Renewal()


def check_says(
    draft: Draft,
    changes: Sequence[Change],
    before: InForce,
    admitted: Mapping[str, Member],
    renewal: Renewal = NOTHING_NEW,
) -> Directory:
    """Return the directory that the draft would put in force, when it is `before` with `changes` and nothing else.

    `admitted` are the bodies to let in, by id. Raises `directory.draft_members`, `directory.draft_officials`,
    `directory.draft_epochs`,
    `directory.draft_keys`, `directory.draft_policies` or `directory.draft_procedures` with what differs, and
    `directory.draft` for what is no draft or not the next version.
    """
    after = check_draft(draft.signed, draft.targets)
    now = before.directory or replace(after, version=0, epoch=Epochs().asked, also_epoch=0, members={}, officials={})
    _check_officials(after, now, changes)
    _check_members(after, _members_after(now, after, changes, before.suspensions, admitted))
    _check_epochs(now.epochs, after.epochs, changes)
    _check_keys(decode_keys(draft.targets[KEYS_PATH]), before.keys)
    _check_own_keys(draft, now, after, before, renewal)
    _check_policies(draft.targets[BUNDLE_PATH], before, renewal)
    _check_procedures(draft, after.network, before.procedures, changes)
    if (after.network, after.version) != (now.network, before.version + 1):
        raise _refused("not the version that follows")
    if expiry_of(draft.signed) > datetime.now(UTC) + _LONGEST:
        raise _refused("signed for too long")
    return after


def _members_after(
    now: Directory,
    after: Directory,
    changes: Sequence[Change],
    suspensions: Mapping[str, int],
    admitted: Mapping[str, Member],
) -> dict[str, Member]:
    """Return the members as they must be, one by one; what the draft may choose is taken from it within its bounds."""
    members = {name: _stopped(member, after.members.get(name), suspensions) for name, member in now.members.items()}
    for change in changes:
        member = members.get(change.member)
        if change.act == "approve" and member is None:
            members[change.member] = admitted[change.member]
        elif change.act == "revoke":
            members.pop(change.member, None)
        elif change.act == "reinstate" and member is not None:
            members[change.member] = _reinstated(member, after.members.get(change.member), suspensions)
        elif change.act == "change" and member is not None:
            members[change.member] = _changed(member, change)
    return members


def _stopped(member: Member, drafted: Member | None, suspensions: Mapping[str, int]) -> Member:
    """Whoever is suspended may be signed as suspended too, so that a reader who never heard learns it from officers."""
    is_out = suspensions.get(member.id, 0) > member.reinstated
    is_drafted = drafted is not None and drafted.state is MemberState.SUSPENDED
    return replace(member, state=MemberState.SUSPENDED) if member.is_active and is_out and is_drafted else member


def _reinstated(member: Member, drafted: Member | None, suspensions: Mapping[str, int]) -> Member:
    """A reinstatement ends the suspensions that there were: a higher number would end those to come as well."""
    ended = drafted.reinstated if drafted else 0
    highest = max(member.reinstated, suspensions.get(member.id, 0))
    number = ended if member.reinstated <= ended <= highest else highest
    return replace(member, state=MemberState.ACTIVE, reinstated=number)


def _changed(member: Member, change: Change) -> Member:
    return replace(
        member,
        facets=frozenset(map(Facet, change.facets)) or member.facets,
        purposes=frozenset(map(Purpose, change.purposes)) or member.purposes,
        act_protocol=change.act_protocol or member.act_protocol,
        act_expiry=change.act_expiry or member.act_expiry,
    )


def _check_members(after: Directory, expected: Mapping[str, Member]) -> None:
    names = sorted(after.members.keys() | expected.keys())
    if others := [name for name in names if after.members.get(name) != expected.get(name)]:
        raise MagliaError(Code.DIRECTORY_DRAFT_MEMBERS, members=", ".join(others))


def _check_officials(after: Directory, now: Directory, changes: Sequence[Change]) -> None:
    """Auditors and data-protection officers are those in force, with the appointments asked for and no other."""
    expected = dict(now.officials)
    for change in changes:
        if change.act == "dismiss":
            expected.pop(change.member, None)
        elif change.act == "appoint" and change.official is not None:
            check_official(change.official, after.network, datetime.now(UTC).date())
            expected[change.official.id] = change.official
    names = sorted(after.officials.keys() | expected.keys())
    if others := [name for name in names if after.officials.get(name) != expected.get(name)]:
        raise MagliaError(Code.DIRECTORY_DRAFT_OFFICIALS, officials=", ".join(others))


def _check_epochs(now: Epochs, after: Epochs, changes: Sequence[Change]) -> None:
    """Epochs move as asked, one step, and by themselves never; raise `directory.epoch` for a step out of turn."""
    acts = [EpochAct(change.act) for change in changes if change.act in frozenset(EpochAct)]
    expected = now
    for act in acts:
        expected = expected.after(act)
    if len(acts) > 1 or after != expected:
        raise MagliaError(Code.DIRECTORY_DRAFT_EPOCHS, epochs=" ".join(map(str, after.all)))


def _check_keys(after: EvaluationKeys, before: EvaluationKeys | None) -> None:
    """Whoever has a key in an epoch keeps it: with another, nobody would be found under the pseudonyms on file."""
    for old in before.by_epoch if before else ():
        for new in (keys for keys in after.by_epoch if keys.epoch == old.epoch):
            moved = {name for cls in PseudonymClass for name in _moved(old, new, cls)}
            if moved:
                raise MagliaError(Code.DIRECTORY_DRAFT_KEYS, keys=", ".join(sorted(moved)))
    _check_former_keys(after, before)


def _check_former_keys(after: EvaluationKeys, before: EvaluationKeys | None) -> None:
    """Keys of an epoch that is over are those it had: under others a person's accesses would be looked for in vain."""
    known = (
        {keys.epoch: keys.keys[PseudonymClass.PERSON] for keys in (*before.by_epoch, *before.ended)} if before else {}
    )
    for former in after.ended:
        had = known.get(former.epoch, {})
        if moved := [name for name, key in former.keys[PseudonymClass.PERSON].items() if had.get(name) != key]:
            raise MagliaError(Code.DIRECTORY_DRAFT_KEYS, keys=", ".join(sorted(moved)))


def _moved(old: EvaluationKeys, new: EvaluationKeys, cls: PseudonymClass) -> list[str]:
    return [name for name, key in old.keys[cls].items() if name in new.keys[cls] and new.keys[cls][name] != key]


def _check_own_keys(draft: Draft, now: Directory, after: Directory, before: InForce, renewal: Renewal) -> None:
    """Return when witness, log and suspensions have the keys in force; a new log key is asked for by its name.

    Raises `input.field` for a log key that was asked for and that the draft does not bring: it would sign nothing new.
    """
    if before.directory is None:
        return
    suspensions = delegated_key(draft.signed)
    pairs = {"witness": (now.witness_key, after.witness_key), "suspensions": (before.suspensions_key, suspensions)}
    if renewal.log_key != after.log_key.hex():
        pairs["log"] = (now.log_key, after.log_key)
    if moved := [f"{name} {new.hex()}" for name, (old, new) in pairs.items() if old != new]:
        raise MagliaError(Code.DIRECTORY_DRAFT_KEYS, keys=", ".join(moved))
    if renewal.log_key and renewal.log_key != after.log_key.hex():
        raise MagliaError(Code.INPUT_FIELD, field="log_key")


def _check_policies(bundle: bytes, before: InForce, renewal: Renewal) -> None:
    """The same policies, though another machine may pack them in other bytes; new ones by their revision alone."""
    revision = bundle_revision(bundle)
    open_bundle(bundle, revision)
    is_same = not before.bundle or read_bundle(bundle) == read_bundle(before.bundle)
    if revision != renewal.policies and (renewal.policies or not is_same):
        raise MagliaError(Code.DIRECTORY_DRAFT_POLICIES, before=before.revision or "-", after=revision)
    if renewal.policies:
        _check_rules(bundle, revision)


def _check_rules(bundle: bytes, revision: str) -> None:
    """Refuse to sign rules that would open a special category, or that the registry should have refused itself."""
    from maglia.policy.checks import check_bundle  # noqa: PLC0415 - an engine that only this act needs

    for refused in check_bundle(bundle, revision):
        raise refused


def _check_procedures(draft: Draft, network: str, before: Mapping[str, Procedure], changes: Sequence[Change]) -> None:
    declared = {change.procedure.id: change.procedure for change in changes if change.procedure is not None}
    expected, found = {**before, **declared}, decode_procedures(draft.targets[PROCEDURES_PATH], network)
    names = sorted(expected.keys() | found.keys())
    if others := [name for name in names if expected.get(name) != found.get(name)]:
        raise MagliaError(Code.DIRECTORY_DRAFT_PROCEDURES, procedures=", ".join(others))


def _refused(cause: str) -> MagliaError:
    return MagliaError(Code.DIRECTORY_DRAFT, cause=cause)
