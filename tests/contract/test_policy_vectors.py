"""One set of decision vectors, the same rulings from both engines."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio

from maglia.core.bundle import build_bundle
from maglia.core.errors import Code, MagliaError
from node.policy.cached import CachedPolicy
from node.policy.embedded import EmbeddedPolicy
from node.policy.opa import OpaPolicy
from node.ports import Policy, Ruling
from tests.contract.policy_questions import (
    BASES,
    COMUNE_ASKED,
    COMUNE_ASKS,
    CONSENT,
    OPERATOR_CALLS,
    PARISH_ASKED,
    PARISH_ASKS,
    Document,
    ask_matrix,
    changed,
    release_matrix,
    rpc_matrix,
)
from tests.opa_binary import required_opa

pytestmark = pytest.mark.asyncio(loop_scope="module")

POLICIES = Path(__file__).parents[2] / "policies"
BUNDLE, REVISION = build_bundle(POLICIES)
PRESENCE = ("facet", "month", "amount_band", "kind", "status")
DETAIL = (*PRESENCE, "date", "amount", "body", "contact", "objection")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def opa(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Policy]:
    engine = await OpaPolicy.start(required_opa(), tmp_path_factory.mktemp("opa"), BUNDLE, REVISION)
    remembering = CachedPolicy(engine)
    yield remembering
    await remembering.close()


@pytest.fixture(scope="module")
def embedded() -> Policy:
    return CachedPolicy(EmbeddedPolicy(BUNDLE, REVISION))


@pytest.fixture(scope="module", params=["embedded", "opa"])
def engine(request: pytest.FixtureRequest) -> Policy:
    chosen: Policy = request.getfixturevalue(request.param)
    return chosen


def consent(**changes: object) -> Document:
    return {**BASES["a consent"], "consent": {**CONSENT, **changes}}


ASK: list[tuple[str, Document, tuple[str, ...]]] = [
    ("a volunteer with consent", PARISH_ASKS, ()),
    ("an officer with a case", COMUNE_ASKS, ()),
    ("a social worker with a procedure", changed(COMUNE_ASKS, query__basis=BASES["a procedure"]), ()),
    (
        "a comune with consent, for overlaps",
        changed(COMUNE_ASKS, query__purpose="aid_overlap", query__basis=BASES["a consent"]),
        (),
    ),
    (
        "a health agency with a case, for overlaps",
        changed(COMUNE_ASKS, asker__kind="health_agency", query__purpose="aid_overlap"),
        (),
    ),
    ("a referral by a volunteer", changed(PARISH_ASKS, query__purpose="referral"), ()),
    (
        "a call for applicants by its procedure",
        changed(COMUNE_ASKS, query__purpose="call_for_applicants", query__basis=BASES["a procedure"]),
        (),
    ),
    (
        "a call for applicants on a single case",
        changed(COMUNE_ASKS, query__purpose="call_for_applicants"),
        ("consent.case_missing",),
    ),
    ("no purpose known", changed(PARISH_ASKS, query__purpose="curiosity"), ("policy.purpose",)),
    (
        "an audit is no question",
        changed(COMUNE_ASKS, query__purpose="audit"),
        ("policy.purpose", "policy.role", "policy.facet"),
    ),
    ("a purpose the directory does not grant", changed(PARISH_ASKS, asker__purposes=["referral"]), ("policy.purpose",)),
    (
        "a parish asking for a rent subsidy",
        changed(
            PARISH_ASKS, asker__purposes=["rent_subsidy"], query__purpose="rent_subsidy", query__facet="electricity"
        ),
        ("policy.purpose", "policy.role", "policy.facet"),
    ),
    (
        "a health agency asking for a rent subsidy",
        changed(COMUNE_ASKS, asker__kind="health_agency"),
        ("policy.purpose",),
    ),
    ("a volunteer of a comune, for a subsidy", changed(COMUNE_ASKS, operator__role="volunteer"), ("policy.role",)),
    (
        "a volunteer of a comune, for overlaps",
        changed(COMUNE_ASKS, operator__role="volunteer", query__purpose="aid_overlap"),
        (),
    ),
    ("an administrator asks nothing", changed(PARISH_ASKS, operator__role="node_admin"), ("policy.role",)),
    ("a special category", changed(PARISH_ASKS, query__facet="addiction_therapy"), ("policy.facet",)),
    ("an unknown facet", changed(PARISH_ASKS, query__facet="lottery"), ("policy.facet",)),
    ("gas for a rent subsidy", changed(COMUNE_ASKS, query__facet="gas"), ("policy.facet",)),
    ("gas for a utility subsidy", changed(COMUNE_ASKS, query__purpose="utility_subsidy", query__facet="gas"), ()),
    ("rent for a utility subsidy", changed(COMUNE_ASKS, query__purpose="utility_subsidy"), ("policy.facet",)),
    ("a family the body does not help with", changed(PARISH_ASKS, query__facet="school"), ("policy.facet",)),
    ("a public task claimed by a parish", changed(PARISH_ASKS, query__basis=BASES["a case"]), ("policy.basis",)),
    ("a subsidy asked on consent", changed(COMUNE_ASKS, query__basis=BASES["a consent"]), ("policy.basis",)),
    ("nothing recorded at a parish", changed(PARISH_ASKS, query__basis=BASES["nothing"]), ("consent.missing",)),
    ("nothing recorded at a comune", changed(COMUNE_ASKS, query__basis=BASES["nothing"]), ("consent.case_missing",)),
    (
        "a public task without a case",
        changed(COMUNE_ASKS, query__basis=BASES["a public task without proof"]),
        ("consent.case_missing",),
    ),
    (
        "a consent for something else",
        changed(PARISH_ASKS, query__basis=consent(purposes=["referral"])),
        ("consent.missing",),
    ),
    ("a consent without notice", changed(PARISH_ASKS, query__basis=consent(notice_version="")), ("consent.missing",)),
    ("a consent without language", changed(PARISH_ASKS, query__basis=consent(language=None)), ("consent.missing",)),
    ("a consent of today", changed(PARISH_ASKS, query__basis=consent(age_days=0)), ()),
    ("a consent of a year ago", changed(PARISH_ASKS, query__basis=consent(age_days=365)), ()),
    ("a consent older than a year", changed(PARISH_ASKS, query__basis=consent(age_days=366)), ("consent.missing",)),
    ("a consent from the future", changed(PARISH_ASKS, query__basis=consent(age_days=-1)), ("consent.missing",)),
    ("more months than records are kept", changed(PARISH_ASKS, query__months=37), ("policy.denied",)),
    ("months that are a text", changed(PARISH_ASKS, query__months="6"), ("policy.denied",)),
    ("nothing said", {}, ("policy.purpose", "policy.facet", "policy.denied")),
]

RELEASE: list[tuple[str, Document, tuple[str, ...], tuple[str, ...]]] = [
    ("presence to a parish", PARISH_ASKED, (), PRESENCE),
    ("detail to a comune with a case", COMUNE_ASKED, (), DETAIL),
    (
        "detail of an onlus's record, with a procedure",
        changed(
            COMUNE_ASKED,
            responder__kind="onlus",
            query__case=False,
            query__procedure=True,
            class__basis="consent",
            class__consent="match",
        ),
        (),
        DETAIL,
    ),
    ("presence to a comune that looks for overlaps", changed(COMUNE_ASKED, query__purpose="aid_overlap"), (), PRESENCE),
    ("presence of a parish's record", changed(PARISH_ASKED, responder__kind="parish"), (), PRESENCE),
    ("a reservation", changed(PARISH_ASKED, class__status="reserved"), (), PRESENCE),
    ("cancelled", changed(PARISH_ASKED, class__status="cancelled"), (), ()),
    ("corrected", changed(COMUNE_ASKED, class__status="corrected"), (), ()),
    ("consent withdrawn", changed(PARISH_ASKED, class__consent="withdrawn"), (), ()),
    ("consent for others", changed(PARISH_ASKED, class__consent="mismatch"), (), ()),
    ("no consent", changed(PARISH_ASKED, class__consent="none"), (), ()),
    ("an objection to a third-sector record", changed(PARISH_ASKED, class__objection=True), (), ()),
    ("an objection to a statutory record", changed(COMUNE_ASKED, class__objection=True), (), DETAIL),
    ("withdrawal does not reach a statutory record", changed(COMUNE_ASKED, class__consent="withdrawn"), (), DETAIL),
    ("a statutory record in the third sector", changed(PARISH_ASKED, class__basis="public_task"), (), ()),
    ("a record without basis", changed(PARISH_ASKED, class__basis="none"), (), ()),
    ("only ours", changed(COMUNE_ASKED, class__visibility="only_us"), (), ()),
    ("before the months asked", changed(PARISH_ASKED, class__age="out_of_window"), (), ()),
    ("past its retention", changed(COMUNE_ASKED, class__age="expired"), (), ()),
    ("a special category", changed(COMUNE_ASKED, class__facet="detention_visit"), (), ()),
    ("an unknown facet", changed(COMUNE_ASKED, class__facet="lottery"), (), ()),
    ("another family", changed(PARISH_ASKED, class__facet="gas"), (), ()),
    ("an unknown kind of responder", changed(PARISH_ASKED, responder__kind="bank"), (), ()),
    ("no record at all", changed(PARISH_ASKED, classes=[]), (), ()),
    ("a purpose not granted", changed(PARISH_ASKED, asker__purposes=[]), ("policy.purpose",), ()),
    ("a special category asked", changed(PARISH_ASKED, query__facet="health_diet"), ("policy.facet",), ()),
    (
        "a public task claimed by a parish",
        changed(PARISH_ASKED, query__basis="public_task", query__case=True),
        ("policy.basis",),
        (),
    ),
    ("a case without its basis", changed(COMUNE_ASKED, query__basis="none"), ("policy.basis",), ()),
    ("no basis", changed(PARISH_ASKED, query__basis="none"), ("policy.basis",), ()),
    ("no case", changed(COMUNE_ASKED, query__case=False), ("consent.case_missing",), ()),
    ("too many months", changed(COMUNE_ASKED, query__months=37), ("policy.denied",), ()),
    ("nothing said", {}, ("policy.purpose", "policy.facet", "policy.denied"), ()),
]


@pytest.mark.parametrize(("document", "reasons"), [row[1:] for row in ASK], ids=[row[0] for row in ASK])
async def test_who_may_ask(engine: Policy, document: Document, reasons: tuple[str, ...]) -> None:
    assert await engine.decide("ask", document) == Ruling(not reasons, reasons, {}, REVISION)


@pytest.mark.parametrize(
    ("document", "reasons", "fields"), [row[1:] for row in RELEASE], ids=[row[0] for row in RELEASE]
)
async def test_what_is_released(
    engine: Policy, document: Document, reasons: tuple[str, ...], fields: tuple[str, ...]
) -> None:
    release = {"0": fields} if fields else {}
    assert await engine.decide("release", document) == Ruling(not reasons, reasons, release, REVISION)


RPC: list[tuple[str, Document, tuple[str, ...]]] = [
    ("a volunteer asks", OPERATOR_CALLS, ("volunteer",)),
    ("a volunteer administers nothing", changed(OPERATOR_CALLS, class__method="OperatorService/AddOperator"), ()),
    ("an administrator does not ask", changed(OPERATOR_CALLS, callers=["node_admin"]), ()),
    (
        "of many callers those that may",
        changed(OPERATOR_CALLS, callers=["node_admin", "manager", "dpo"], class__method="OperatorService/GetSpending"),
        ("node_admin", "manager"),
    ),
    ("a call of another door", changed(OPERATOR_CALLS, door="node_peer"), ()),
    ("a call that nobody serves", changed(OPERATOR_CALLS, class__method="OperatorService/Erase"), ()),
    ("nobody calls", changed(OPERATOR_CALLS, callers=[]), ()),
]


@pytest.mark.parametrize(("document", "callers"), [row[1:] for row in RPC], ids=[row[0] for row in RPC])
async def test_who_may_call(engine: Policy, document: Document, callers: tuple[str, ...]) -> None:
    assert await engine.decide("rpc", document) == Ruling(True, (), {"0": callers} if callers else {}, REVISION)


async def test_an_unknown_door_is_no_door(engine: Policy) -> None:
    refused = Ruling(False, ("session.role",), {}, REVISION)
    assert await engine.decide("rpc", changed(OPERATOR_CALLS, door="back")) == refused
    assert await engine.decide("rpc", {}) == refused


@pytest.mark.parametrize(
    ("decision", "documents"),
    [("ask", list(ask_matrix())), ("release", list(release_matrix())), ("rpc", list(rpc_matrix()))],
    ids=["ask", "release", "rpc"],
)
async def test_both_engines_agree_over_the_matrix(
    opa: Policy, embedded: Policy, decision: str, documents: list[Document]
) -> None:
    assert len(documents) > 120
    differing = [doc for doc in documents if await opa.decide(decision, doc) != await embedded.decide(decision, doc)]
    assert differing == []


async def test_the_matrix_reaches_every_end(embedded: Policy) -> None:
    asked = [await embedded.decide("ask", document) for document in ask_matrix()]
    answered = [await embedded.decide("release", document) for document in release_matrix()]
    reasons = {reason for ruling in (*asked, *answered) for reason in ruling.reasons}
    assert reasons == {
        "policy.purpose",
        "policy.role",
        "policy.facet",
        "policy.basis",
        "policy.denied",
        "consent.missing",
        "consent.case_missing",
    }
    assert {fields for ruling in answered for fields in ruling.release.values()} == {PRESENCE, DETAIL}
    assert {ruling.allow for ruling in asked} == {True, False}


async def test_no_cell_of_the_matrix_opens_what_the_law_closes(engine: Policy) -> None:
    for document in release_matrix():
        classes = {one["id"]: one for one in document["classes"]}
        for number, fields in (await engine.decide("release", document)).release.items():
            one = classes[number]
            assert "_x" not in one["facet"]
            assert (one["visibility"], one["age"]) == ("network", "in_window")
            assert one["basis"] == "public_task" or (one["consent"], one["objection"]) == ("match", False)
            assert fields == PRESENCE or document["asker"]["kind"] == "comune"


async def test_a_decision_nobody_wrote_is_no_ruling(engine: Policy) -> None:
    with pytest.raises(MagliaError) as refused:
        await engine.decide("opinion", PARISH_ASKED)
    assert refused.value.code is Code.POLICY_UNAVAILABLE
