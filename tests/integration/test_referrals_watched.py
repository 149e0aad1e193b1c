"""Who watches persons being sent: the auditor, who compares both logs, and the person, who learns what was told."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from maglia.core.access import AccessEvent, AccessRequest
from maglia.core.entry import EntryKind
from maglia.core.log import Log
from maglia.core.referral import ReferralStep
from maglia.core.vocabulary import Kind, PseudonymClass, ReferralState
from node.access.disclosing import Disclosing
from node.domain.access_case import Part, PartState
from node.domain.access_report import AccessOutcome, merge
from node.pseudonyms import Pseudonyms
from tests.clerk import TODAY, person
from tests.peer_world import NETWORK, MemoryEvaluator
from tests.referral_world import ANNA, COMUNE, PAOLO, PARISH, House, both, message, raw_call, until
from tests.support.log_world import archived
from tui.audit.findings import FindingType
from tui.audit.operator_days import read_days
from tui.audit.reconcile import Network, reconcile
from tui.audit.search import Query, search
from tui.audit.thresholds import load_thresholds


def leaves_of(one: House) -> list[bytes]:
    log = one.node.log
    assert isinstance(log, Log)
    return log.read(0, log.size)


def found(logs: dict[str, list[bytes]]) -> list[tuple[FindingType, Sequence[str], str]]:
    network = Network(NETWORK, list(logs), {body.id: (body.key.public,) for body in (PARISH, COMUNE)})
    with archived({member: len(leaves) for member, leaves in logs.items()}, logs) as archive:
        report = reconcile(archive, network, load_thresholds())
    return [(one.about.type, one.about.members, one.about.detail) for one in report.findings]


async def a_life(parish: House, comune: House) -> dict[str, list[bytes]]:
    """Send a person, let them be accepted and helped, refuse a word that is nobody's to say; return both logs."""
    sent = await parish.send(texts={"name": "Nome Fittizio"})
    for state, reached in (("accepted", ReferralState.ACCEPTED), ("done", ReferralState.DONE)):
        await comune.desk.move(PAOLO, 1, state, "")
        await until(lambda wanted=reached: parish.referral().state is wanted and comune.referral().untold is None)  # type: ignore[misc]
    assert sent.number == 1
    return {PARISH.id: leaves_of(parish), COMUNE.id: leaves_of(comune)}


def hide(one: House, leaves: list[bytes], kind: EntryKind) -> list[bytes]:
    """Return a log without its entries of a kind."""
    entries = one.entries()
    return [leaf for leaf, entry in zip(leaves, entries, strict=True) if entry.kind is not kind]


async def test_two_honest_logs_give_no_finding_and_a_hidden_referral_does(tmp_path: Path) -> None:
    async with both(tmp_path) as (parish, comune):
        logs = await a_life(parish, comune)
        assert found(logs) == []
        received = {**logs, COMUNE.id: hide(comune, logs[COMUNE.id], EntryKind.ANSWERED)}
        assert (FindingType.MISSING, (COMUNE.id,), "answer") in found(received)
        sent = {**logs, PARISH.id: hide(parish, logs[PARISH.id], EntryKind.ASKED)}
        assert (FindingType.MISSING, (PARISH.id,), "question") in found(sent)


async def test_a_refused_word_is_in_both_logs_alike(tmp_path: Path) -> None:
    async with both(tmp_path) as (parish, comune):
        await parish.send()
        comune.node.clock.day = TODAY.replace(year=TODAY.year + 4)
        assert comune.node.store.remove_old_referrals() == 1  # so that the parish's word is about nobody it knows
        await parish.desk.move(ANNA, 1, "withdrawn", "")
        assert parish.referral().untold is None
        assert [one.code for one in comune.entries(EntryKind.REFUSED)] == ["input.referral"]
        assert found({PARISH.id: leaves_of(parish), COMUNE.id: leaves_of(comune)}) == []


async def test_the_auditor_finds_referrals_by_purpose_and_counts_none_as_a_check(tmp_path: Path) -> None:
    async with both(tmp_path) as (parish, comune):
        logs = await a_life(parish, comune)
        with archived({member: len(leaves) for member, leaves in logs.items()}, logs) as archive:
            page = search(archive, Query(purpose="referral", kind="question_asked"))
            operators = sorted((one.member, one.operator) for one in page.entries)
            assert operators == [(COMUNE.id, PAOLO.user), (COMUNE.id, PAOLO.user), (PARISH.id, ANNA.user)]
            assert read_days(archive, TODAY.replace(day=1), TODAY.replace(day=28)) == {}


async def test_the_person_learns_what_was_told_of_them_and_to_whom(tmp_path: Path) -> None:
    async with both(tmp_path) as (parish, comune):
        await parish.send(texts={"name": "Nome Fittizio", "need": "due mesi di affitto"})
        comune.node.clock.instant += 60
        await comune.desk.move(PAOLO, 1, "declined", "fondi finiti")
        await until(lambda: parish.referral().state is ReferralState.DECLINED)
        parts = [await told(one) for one in (parish, comune)]
        sent, step = merge(parts)
        assert (sent.asker, sent.answerer, sent.outcome) == (PARISH.id, COMUNE.id, AccessOutcome.SHOWN)
        assert (sent.purpose, sent.facet, sent.categories) == (
            "referral",
            "rent_arrears",
            ("identity", "name", "request"),
        )
        assert sent.told_by == (COMUNE.id, PARISH.id)
        assert (step.asker, step.categories) == (COMUNE.id, ("outcome", "reason"))


async def told(one: House) -> Part:
    """Return what a body's log tells the first person, as an access report has it."""
    made = Pseudonyms(MemoryEvaluator(), one.node.store, one.node.clock)
    key_set = one.trust.keys().network_set(PseudonymClass.PERSON)
    own = (await made.of_subject(person(1), key_set)).of[one.node.body.id]
    request = AccessRequest(NETWORK, PARISH.id, one.node.body.id, bytes(16), ((1, own),), True, bytes(32))
    disclosing: Disclosing = one.node.disclosing()
    ruling = await disclosing.judge(PARISH.member, request, named=False)
    accesses = [
        access async for step in disclosing.read(request, ruling, set(), named=False) for access in step.accesses
    ]
    assert {access.event for access in accesses} <= {AccessEvent.ASKED, AccessEvent.ANSWERED}
    return Part(one.node.body.id, PartState.TOLD, accesses=tuple(accesses))


async def test_a_withdrawn_consent_names_whom_the_person_was_sent_to(tmp_path: Path) -> None:
    async with both(tmp_path) as (parish, comune):
        await parish.send()
        file = await parish.node.consent_desk().withdraw(ANNA, Kind.PARISH, person(1).text, "referral")
        assert [(one.member, one.reason) for one in file.oppositions[0].to_tell] == [(COMUNE.id, "asked")]
        assert comune.entries(EntryKind.ASKED) == []


async def test_a_step_for_a_referral_nobody_sent_leaves_a_signed_no(tmp_path: Path) -> None:
    async with both(tmp_path) as (parish, _), raw_call(parish.trust, COMUNE, PARISH) as call:
        told_done = message(ReferralStep(ReferralState.DONE), COMUNE, PARISH)
        assert (await call.tell(call.request(told_done))).WhichOneof("kind") == "answer"
        [refusal] = parish.entries(EntryKind.REFUSED)
        assert (refusal.code, refusal.count) == ("input.referral", 1)
