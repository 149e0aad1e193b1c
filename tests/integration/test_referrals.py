"""Persons sent between two bodies over TLS: what arrives, what comes back, what both logs hold, and what never does."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from maglia.core.entry import EntryKind
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import SigningKey
from maglia.core.log import Log
from maglia.core.referral import CONSENT_WITHDRAWN, ReferralStep, ReferredPerson
from maglia.core.vocabulary import Facet, Kind, ReferralState, Silence
from maglia.wire.evidence import open_question, open_receipt
from maglia.wire.referral import decode_referral_answer
from node.domain.referral import Direction
from node.endings import Endings
from node.entries import Entries
from tests.clerk import fictional_code, person
from tests.peer_world import NETWORK, OneKey, refused
from tests.referral_world import (
    ANNA,
    COMUNE,
    CONSENT,
    GIVE_UP_S,
    OTHER,
    PAOLO,
    PARISH,
    House,
    at_work,
    both,
    house,
    message,
    open_house,
    raw_call,
    two_bodies,
    until,
)

TEXTS = {
    "name": "Nome Fittizio",
    "contact": "333 000 000",
    "need": "due mesi di affitto",
    "note": "chiede un colloquio",
}


async def test_a_person_arrives_whole_and_each_step_comes_back(tmp_path: Path) -> None:
    async with both(tmp_path) as (parish, comune):
        sent = await parish.send(texts=TEXTS)
        assert (sent.state, sent.untold, sent.unread) == (ReferralState.SENT, None, False)
        arrived = comune.desk.show(PAOLO, 1)
        assert arrived.direction is Direction.RECEIVED
        assert arrived.person is not None
        assert (arrived.person.identifier, arrived.person.name) == (fictional_code(1), "Nome Fittizio")
        assert (arrived.person.contact, arrived.person.note) == (TEXTS["contact"], TEXTS["note"])
        assert (arrived.person.notice_version, arrived.person.consent_day) == (CONSENT.notice_version, CONSENT.day)
        assert (arrived.peer, arrived.facet, arrived.state) == (PARISH.id, Facet.RENT_ARREARS, ReferralState.SENT)
        await comune.desk.move(PAOLO, 1, "accepted", "")
        await until(lambda: parish.referral().state is ReferralState.ACCEPTED)
        await comune.desk.move(PAOLO, 1, "done", "")
        await until(lambda: parish.referral().state is ReferralState.DONE)
        assert comune.referral().untold is None


async def test_only_the_body_it_is_sent_to_learns_who_it_is(tmp_path: Path) -> None:
    async with both(tmp_path) as (parish, comune):
        await parish.send(texts=TEXTS)
        for one in (parish, comune):
            stored = (tmp_path / f"{one.node.body.id}.db").read_bytes()
            wal = tmp_path / f"{one.node.body.id}.db-wal"
            stored += wal.read_bytes() if wal.exists() else b""
            for secret in (fictional_code(1), *TEXTS.values()):
                assert secret.encode() not in stored


async def test_both_logs_hold_it_with_evidence_and_no_person(tmp_path: Path) -> None:
    async with both(tmp_path) as (parish, comune):
        await parish.send()
        [asked], [end] = parish.entries(EntryKind.ASKED), parish.entries(EntryKind.END_STATE)
        [answered] = comune.entries(EntryKind.ANSWERED)
        assert (asked.purpose, asked.facet, asked.basis) == ("referral", "rent_arrears", "consent")
        assert (asked.operator, asked.count, asked.outcome) == (ANNA.user, 1, "referred")
        assert (answered.purpose, answered.count, answered.outcome) == ("referral", 1, "received")
        assert asked.question_hash == answered.question_hash == end.question_hash
        assert (end.outcome, end.answer_hash) == ("answered", answered.answer_hash)
        proof = open_question(answered.evidence, NETWORK, PARISH.key.public)
        receipt = open_receipt(end.evidence, NETWORK, COMUNE.key.public)
        assert (proof.bound.asker_entry, proof.bound.body_hash) == (answered.peer_entry, answered.question_hash)
        assert (receipt.question_hash, receipt.answerer_entry) == (proof.question_hash, end.peer_entry)
        assert (asked.peer, answered.peer) == (COMUNE.id, PARISH.id)


async def test_a_body_that_is_away_gets_the_person_when_it_is_back(tmp_path: Path) -> None:
    trust = two_bodies()
    with house(tmp_path, trust, PARISH) as parish, house(tmp_path, trust, COMUNE) as comune:
        parish.consent()
        async with open_house(comune):
            pass  # its address is known, and nobody is there
        async with at_work(parish):
            waiting = await parish.send()
            assert (waiting.state, waiting.code) == (ReferralState.WAITING, Silence.UNREACHABLE)
            await parish.courier.tell_all()  # asked again: no second entry for a node that is not there
            [end] = parish.entries(EntryKind.END_STATE)
            assert (end.outcome, end.code) == ("silent", "unreachable")
            port = int(trust.endpoints[COMUNE.id].rpartition(":")[2])
            async with open_house(comune, port=port):
                parish.courier.wake()
                await until(lambda: parish.referral().state is ReferralState.SENT)
        assert [one.outcome for one in parish.entries(EntryKind.END_STATE)] == ["silent", "answered"]
        assert comune.referral().person is not None
        assert len(comune.entries(EntryKind.ANSWERED)) == 1


async def test_after_72_hours_nobody_tries_any_longer(tmp_path: Path) -> None:
    trust = two_bodies(no_card={COMUNE.id: Silence.CARD_EXPIRED})
    with house(tmp_path, trust, PARISH) as parish:
        parish.consent()
        async with at_work(parish):
            assert (await parish.send()).code == Silence.CARD_EXPIRED
        parish.node.clock.instant += GIVE_UP_S
        await parish.courier.tell_all()
        over = parish.referral()
        assert (over.state, over.untold, over.unread) == (ReferralState.UNDELIVERED, None, True)
        assert parish.node.store.referrals_to_tell() == []


async def test_a_captured_message_is_refused_on_any_other_call(tmp_path: Path) -> None:
    async with both(tmp_path) as (parish, comune):
        async with raw_call(parish.trust) as call:
            captured = call.request(message())
            assert (await call.tell(captured)).WhichOneof("kind") == "answer"
        await comune.desk.move(PAOLO, 1, "declined", "non è di nostra competenza")
        async with raw_call(parish.trust) as call:
            assert await call.refused(captured) == Code.MEMBER_STALE
        assert len(comune.entries(EntryKind.ANSWERED)) == 1
        await comune.node.refusals.write()
        [summary] = comune.entries(EntryKind.REFUSALS)
        assert (summary.peer, summary.code) == (PARISH.id, Code.MEMBER_STALE)
        assert comune.referral().person is None


async def test_told_twice_after_a_lost_answer_it_is_one_referral(tmp_path: Path) -> None:
    async with both(tmp_path) as (parish, comune):
        for question in (b"a" * 16, b"b" * 16):
            async with raw_call(parish.trust) as call:
                assert (await call.tell(call.request(message(question_id=question)))).WhichOneof("kind") == "answer"
        assert len(comune.node.store.referrals()) == 1
        assert len(comune.entries(EntryKind.ANSWERED)) == 2


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"challenge": bytes(32)}, Code.MEMBER_STALE),
        ({"sequence": 2}, Code.MEMBER_STALE),
        ({"kind": "question"}, Code.MEMBER_SIGNATURE),
        ({"key": SigningKey(b"x" * 32)}, Code.MEMBER_SIGNATURE),
        ({"body": b"other"}, Code.MEMBER_SIGNATURE),
        ({"addressee": OTHER.id}, Code.MEMBER_ADDRESSEE),
    ],
    ids=["challenge", "sequence", "kind", "key", "body", "addressee"],
)
async def test_what_is_not_signed_for_this_call_and_body_is_refused_and_summed_up(
    tmp_path: Path, changes: dict[str, object], code: Code
) -> None:
    async with both(tmp_path) as (parish, comune), raw_call(parish.trust) as call:
        assert await call.refused(call.request(message(), **changes)) == code  # type: ignore[arg-type]
        assert comune.node.store.referrals() == []
        assert comune.entries(EntryKind.ANSWERED, EntryKind.REFUSED) == []


async def test_what_was_meant_for_another_body_is_refused(tmp_path: Path) -> None:
    async with both(tmp_path) as (parish, comune), raw_call(parish.trust) as call:
        assert await call.refused(call.request(message(addressee=OTHER))) == Code.MEMBER_ADDRESSEE
        assert comune.node.store.unread_referrals() == 0


async def test_texts_longer_than_allowed_are_refused(tmp_path: Path) -> None:
    async with both(tmp_path) as (parish, _), raw_call(parish.trust) as call:
        who = message().content
        assert isinstance(who, ReferredPerson)
        assert await call.refused(call.request(message(replace(who, note="x" * 501)))) == Code.INPUT_TOO_LARGE


async def test_a_suspended_body_sends_and_is_sent_nothing(tmp_path: Path) -> None:
    async with both(tmp_path) as (parish, comune):
        async with raw_call(parish.trust) as call:
            parish.trust.suspended.add(PARISH.id)
            assert await call.refused(call.request(message())) == Code.MEMBER_INACTIVE
        parish.trust.suspended.clear()
        parish.trust.suspended.add(COMUNE.id)
        with refused(Code.MEMBER_INACTIVE):
            await parish.send()
        assert comune.node.store.referrals() == []
        [logged] = parish.entries(EntryKind.REFUSED)
        assert (logged.code, logged.operator, logged.purpose) == (Code.MEMBER_INACTIVE, ANNA.user, "referral")


async def test_a_body_suspended_while_it_is_awaited_is_told_nothing(tmp_path: Path) -> None:
    trust = two_bodies(no_card={COMUNE.id: Silence.CARD_EXPIRED})
    with house(tmp_path, trust, PARISH) as parish, house(tmp_path, trust, COMUNE) as comune:
        parish.consent()
        async with open_house(comune), at_work(parish):
            await parish.send()
            trust.no_card.clear()
            trust.suspended.add(COMUNE.id)
            await parish.courier.tell_all()
            assert (parish.referral().state, parish.referral().code) == (ReferralState.WAITING, Code.MEMBER_INACTIVE)
            assert comune.node.store.referrals() == []


async def test_who_may_not_refer_or_asks_for_what_is_not_given_gets_a_signed_no(tmp_path: Path) -> None:
    async with both(tmp_path) as (parish, comune):
        async with raw_call(parish.trust) as call:
            response = await call.tell(call.request(message(facet=Facet.SCHOOL)))
            assert decode_referral_answer(response.body).refusal == Code.POLICY_TAKER
        parish.trust.bodies = (COMUNE, replace(PARISH, purposes=frozenset()), OTHER)
        async with raw_call(parish.trust) as call:
            response = await call.tell(call.request(message(question_id=b"q" * 16)))
            assert decode_referral_answer(response.body).refusal == Code.MEMBER_NOT_ENTITLED
        assert [one.code for one in comune.entries(EntryKind.REFUSED)] == [Code.POLICY_TAKER, Code.MEMBER_NOT_ENTITLED]
        assert comune.node.store.referrals() == []


async def test_without_a_consent_for_referrals_that_reaches_the_body_nothing_leaves(tmp_path: Path) -> None:
    async with both(tmp_path) as (parish, comune):
        with refused(Code.CONSENT_MISSING):
            await parish.send(2)
        parish.consent(3, replace(CONSENT, audience=("parish",)))
        with refused(Code.CONSENT_AUDIENCE):
            await parish.send(3)
        with refused(Code.POLICY_TAKER):
            await parish.send(to=OTHER, facet="food_parcel")
        with refused(Code.POLICY_FACET):
            await parish.send(facet="health_therapy")
        assert [one.code for one in parish.entries(EntryKind.REFUSED)] == [
            Code.CONSENT_MISSING,
            Code.CONSENT_AUDIENCE,
            Code.POLICY_TAKER,
        ]
        assert parish.entries(EntryKind.ASKED) == comune.entries() == []


async def test_a_consent_withdrawn_before_it_arrives_ends_the_trying(tmp_path: Path) -> None:
    trust = two_bodies(no_card={COMUNE.id: Silence.CARD_EXPIRED})
    with house(tmp_path, trust, PARISH) as parish, house(tmp_path, trust, COMUNE) as comune:
        parish.consent()
        async with at_work(parish):
            await parish.send()
        parish.node.store.withdraw(person(1), ("referral",), parish.node.clock.day, ANNA.user, objecting=False)
        trust.no_card.clear()
        async with open_house(comune):
            await parish.courier.tell_all()
        over = parish.referral()
        assert (over.state, over.code, over.untold) == (ReferralState.WITHDRAWN, Code.CONSENT_MISSING, None)
        assert over.unread
        assert comune.entries() == []


async def test_the_same_is_not_sent_twice_while_the_first_is_under_way(tmp_path: Path) -> None:
    async with both(tmp_path) as (parish, comune):
        first, second = await asyncio.gather(parish.send(), parish.send(), return_exceptions=True)
        [stopped] = [one for one in (first, second) if isinstance(one, MagliaError)]
        assert (stopped.code, stopped.params) == (Code.INPUT_REFERRAL_OPEN, {"number": "I-0001"})
        await comune.desk.move(PAOLO, 1, "accepted", "")
        with refused(Code.INPUT_REFERRAL_OPEN):
            await parish.send()
        assert [one.code for one in parish.entries(EntryKind.REFUSED)] == [Code.INPUT_REFERRAL_OPEN] * 2
        assert (await parish.send(facet="food_parcel")).number == 2
        await comune.desk.move(PAOLO, 1, "done", "")
        await until(lambda: parish.referral(1).state is ReferralState.DONE)
        assert (await parish.send()).number == 3
        assert len(comune.node.store.referrals()) == 3


@pytest.mark.parametrize("act", ["withdraw", "refuse"])
async def test_a_consent_taken_back_withdraws_what_was_sent_on_it(tmp_path: Path, act: str) -> None:
    async with both(tmp_path) as (parish, comune):
        parish.consent(2)
        await parish.send(texts=TEXTS)
        await comune.desk.move(PAOLO, 1, "accepted", "")
        await parish.send(facet="food_parcel")
        await parish.send(2)
        desk = parish.node.consent_desk(parish.courier.wake)
        if act == "withdraw":
            on_file = await desk.withdraw(ANNA, Kind.PARISH, fictional_code(1), "referral")
        else:
            on_file = await desk.refuse(ANNA, fictional_code(1))
        assert [(one.number, one.untold) for one in on_file.ended] == [(n, ReferralState.WITHDRAWN) for n in (1, 2)]
        await until(lambda: parish.referral(1).untold is parish.referral(2).untold is None)
        for number in (1, 2):
            told = comune.referral(number)
            assert (told.state, told.person, told.reason) == (ReferralState.WITHDRAWN, None, CONSENT_WITHDRAWN)
            with refused(Code.INPUT_REFERRAL_STATE):
                await comune.desk.move(PAOLO, number, "accepted", "")
            assert parish.desk.show(ANNA, number).reason == CONSENT_WITHDRAWN
        assert (comune.referral(3).state, comune.referral(3).person is None) == (ReferralState.SENT, False)


async def test_taking_back_another_consent_leaves_it_standing_and_what_never_left_is_told_to_nobody(
    tmp_path: Path,
) -> None:
    with house(tmp_path, two_bodies(no_card={COMUNE.id: Silence.CARD_EXPIRED}), PARISH) as parish:
        parish.consent(consent=replace(CONSENT, purposes=("aid_overlap", "referral")))
        async with at_work(parish):
            await parish.send()
        desk = parish.node.consent_desk()
        assert (await desk.withdraw(ANNA, Kind.PARISH, fictional_code(1), "aid_overlap")).ended == []
        assert parish.referral().state is ReferralState.WAITING
        [ended] = (await desk.withdraw(ANNA, Kind.PARISH, fictional_code(1))).ended
        assert (ended, ended.state, ended.untold) == (parish.referral(), ReferralState.WITHDRAWN, None)
        assert (await desk.show(ANNA, fictional_code(1))).ended == []


async def test_a_withdrawal_cut_short_is_finished_when_the_file_is_read(tmp_path: Path) -> None:
    async with both(tmp_path) as (parish, comune):
        await parish.send()
        parish.node.store.withdraw(person(1), ("referral",), parish.node.clock.day, ANNA.user, objecting=False)
        [ended] = (await parish.node.consent_desk(parish.courier.wake).show(ANNA, fictional_code(1))).ended
        assert ended.number == 1
        await until(lambda: comune.referral().state is ReferralState.WITHDRAWN)


async def test_a_withdrawal_reaches_the_body_which_forgets_the_person(tmp_path: Path) -> None:
    async with both(tmp_path) as (parish, comune):
        await parish.send(texts=TEXTS)
        await comune.desk.move(PAOLO, 1, "accepted", "")
        await until(lambda: parish.referral().state is ReferralState.ACCEPTED)
        await parish.desk.move(ANNA, 1, "withdrawn", "la persona ha cambiato idea")
        told = comune.referral()
        assert (told.state, told.person, told.reason) == (ReferralState.WITHDRAWN, None, "la persona ha cambiato idea")
        assert told.unread
        with refused(Code.INPUT_REFERRAL_STATE):
            await comune.desk.move(PAOLO, 1, "done", "")


async def test_declining_takes_a_reason_and_forgets_the_person(tmp_path: Path) -> None:
    async with both(tmp_path) as (parish, comune):
        await parish.send(texts=TEXTS)
        with refused(Code.INPUT_MISSING):
            await comune.desk.move(PAOLO, 1, "declined", " ")
        await comune.desk.move(PAOLO, 1, "declined", "fondi finiti")
        await until(lambda: parish.referral().state is ReferralState.DECLINED)
        assert (parish.referral().reason, parish.referral().unread) == ("fondi finiti", True)
        assert comune.referral().person is None
        assert parish.referral().person is not None


async def test_a_reason_with_a_code_in_it_is_refused(tmp_path: Path) -> None:
    async with both(tmp_path) as (parish, comune):
        await parish.send(texts=TEXTS)
        code = fictional_code(1)
        for reason in (f"{code} non abita qui", f"vedi {code[:6].lower()} {code[6:]}", "la partita IVA 00000000000"):
            with refused(Code.INPUT_CODE_INSIDE):
                await comune.desk.move(PAOLO, 1, "declined", reason)
            with refused(Code.INPUT_CODE_INSIDE):
                await parish.desk.move(ANNA, 1, "withdrawn", reason)
        assert comune.referral().state is ReferralState.SENT
        assert comune.referral().person is not None


async def test_a_reason_from_a_body_that_lets_codes_pass_is_forgotten_with_the_person(tmp_path: Path) -> None:
    async with both(tmp_path) as (parish, comune):
        sent = await parish.send(texts=TEXTS)
        told = message(
            ReferralStep(ReferralState.WITHDRAWN, f"{fictional_code(1)} ha trovato altro"),
            PARISH,
            COMUNE,
            referral_id=sent.referral_id,
        )
        async with raw_call(parish.trust, PARISH, COMUNE) as call:
            response = await call.tell(call.request(told))
        assert decode_referral_answer(response.body).refusal == ""
        now = comune.referral()
        assert (now.state, now.person, now.reason) == (ReferralState.WITHDRAWN, None, "")


async def test_neither_body_says_what_is_the_others_to_say(tmp_path: Path) -> None:
    async with both(tmp_path) as (parish, comune):
        sent = await parish.send()
        for sender, addressee, state in (
            (PARISH, COMUNE, ReferralState.DONE),
            (COMUNE, PARISH, ReferralState.WITHDRAWN),
            (OTHER, COMUNE, ReferralState.WITHDRAWN),
        ):
            told = message(ReferralStep(state), sender, addressee, referral_id=sent.referral_id)
            async with raw_call(parish.trust, sender, addressee) as call:
                response = await call.tell(call.request(told))
                assert decode_referral_answer(response.body).refusal == Code.INPUT_REFERRAL
        assert (parish.referral().state, comune.referral().state) == (ReferralState.SENT, ReferralState.SENT)


async def test_a_flood_is_refused_beyond_the_days_limit_and_summed_up(tmp_path: Path) -> None:
    trust = two_bodies()
    with house(tmp_path, trust, COMUNE, daily_limit=2) as comune:
        async with open_house(comune):
            for number in range(3):
                async with raw_call(trust) as call:
                    told = call.request(message(question_id=bytes([number]) * 16, referral_id=bytes([number]) * 16))
                    response = await call.tell(told)
            assert response.refusal.code == Code.BUDGET_REFERRAL
        assert len(comune.node.store.referrals()) == len(comune.entries(EntryKind.ANSWERED)) == 2


async def test_killed_between_the_entry_and_the_sending_it_is_sent_again_after_the_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    trust = two_bodies()
    with house(tmp_path, trust, COMUNE) as comune:
        async with open_house(comune):
            with house(tmp_path, trust, PARISH) as parish:
                parish.consent()
                await _die_before_sending(parish, monkeypatch)
                assert (len(parish.entries(EntryKind.ASKED)), parish.entries(EntryKind.END_STATE)) == (1, [])
            assert comune.entries() == []
            with house(tmp_path, trust, PARISH) as parish:
                await _endings(parish, tmp_path).end_interrupted()
                await parish.courier.tell_all()
                assert parish.referral().state is ReferralState.SENT
                ends = [(one.outcome, one.code) for one in parish.entries(EntryKind.END_STATE)]
                assert ends == [("silent", "interrupted"), ("answered", "")]
                assert len({one.question_id for one in parish.entries(EntryKind.ASKED)}) == 2
        assert len(comune.node.store.referrals()) == 1


class _KilledError(BaseException):
    """The process ends here: nothing after it runs."""


async def _die_before_sending(parish: House, monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_: object) -> bool:
        raise _KilledError

    with monkeypatch.context() as patch:
        patch.setattr(parish.desk._courier, "settle", _nothing)
        await parish.send()
        patch.setattr(parish.node.store, "change_referral", die)
        with pytest.raises(_KilledError):
            await parish.courier.tell_all()


async def _nothing(*_: object) -> None:
    return None


def _endings(parish: House, folder: Path) -> Endings:
    assert isinstance(parish.node.log, Log)
    entries = Entries(parish.node.log, OneKey(), parish.node.clock)
    return Endings(folder, parish.node.log, entries, parish.open_questions)
