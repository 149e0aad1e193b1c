"""What the scripted node answers, by the facet that is asked: each a list of (seconds to wait, state or refusal)."""

from __future__ import annotations

from collections.abc import Sequence

from maglia.core.errors import Code, MagliaError
from maglia.v1.operator_pb2 import (
    CheckHouseholdResponse,
    CheckResponse,
    HouseholdPerson,
    ShownFinding,
    SilentBody,
)

DAY = "2026-11-21"
ANYONE = "XQZXQW85T10D150I"
"""A fictional person; the check letter is right and the name letters are nobody's."""
ANOTHER = "XQWXQZ90A41H501H"
"""Another one."""

THIRD = "XQWXQZ72B02H501F"
"""A third; the scripted node finds no consent of theirs on file."""

Step = tuple[float, CheckResponse | MagliaError]

VOUCHER = ShownFinding(
    member_kind="onlus", facet="food_voucher", when="2026-11", amount_band="under_50", status="given"
)
RESERVED = ShownFinding(member_kind="parish", facet="food_parcel", when=DAY, status="reserved")
BILL = ShownFinding(
    member_kind="comune",
    member="comune-esempio",
    member_name="Comune di Esempio",
    facet="electricity",
    when="2026-11-03",
    amount_cents=123450,
    status="given",
    same_need=True,
)
THREE_SILENT = [
    SilentBody(member="croce-verde", name="Croce Verde", reason="unreachable"),
    SilentBody(member="onlus-ponte", name="Onlus Ponte", reason="card_expired"),
    SilentBody(member="mensa-est", name="Mensa Est", reason="deadline"),
]
HOSTILE_NAME = "Onlus [/bad] [red]x\x1b[31m\x1b]0;title\x07 \u202egnp.exe"


def state(**fields: object) -> CheckResponse:
    """Return a state of the one scripted check."""
    return CheckResponse(check_id="V-1042", policy_revision="41", day=DAY, **fields)  # type: ignore[arg-type]


def waiting(answered: int, asked: int = 12, **fields: object) -> CheckResponse:
    """Return a state before the deadline."""
    return state(verdict="none_known", asked=asked, answered=answered, waiting=True, **fields)


NONE = state(verdict="none_known", complete=True, asked=12, answered=12, nothing=12, elapsed_ms=400)
OVERLAP = state(
    verdict="similar",
    complete=True,
    asked=12,
    answered=12,
    nothing=10,
    findings=[VOUCHER, RESERVED],
    elapsed_ms=900,
)
PARTIAL_OVERLAP = state(
    verdict="similar",
    asked=12,
    answered=9,
    nothing=7,
    findings=[VOUCHER, RESERVED],
    silent=THREE_SILENT,
    elapsed_ms=5000,
)
PARTIAL_NONE = state(verdict="none_known", asked=12, answered=9, nothing=9, silent=THREE_SILENT, elapsed_ms=5000)
SAME_NEED = state(
    verdict="same_need", complete=True, asked=3, answered=3, nothing=1, findings=[BILL, VOUCHER], elapsed_ms=300
)
HOSTILE = state(
    verdict="similar",
    asked=3,
    answered=2,
    nothing=1,
    findings=[
        ShownFinding(
            member_kind="[/bad]", member_name=HOSTILE_NAME, facet="[red]\x1b[2J", when="2026-11", status="given"
        )
    ],
    silent=[SilentBody(member="ostile", name=HOSTILE_NAME, reason="[/]\x1b[5m")],
)
REFUSED = state(
    verdict="similar",
    asked=12,
    answered=10,
    nothing=8,
    findings=[VOUCHER, RESERVED],
    silent=THREE_SILENT[:1],
    refused=[SilentBody(member="onlus-ponte", name="Onlus Ponte", reason="policy.denied")],
    omitted=3,
    elapsed_ms=5000,
)
LATE = state(
    verdict="similar",
    complete=True,
    asked=12,
    answered=12,
    nothing=10,
    findings=[VOUCHER, RESERVED],
    late=3,
    elapsed_ms=9000,
)

SCENARIOS: dict[str, list[Step]] = {
    "food_voucher": [(0, waiting(0)), (0.05, waiting(7)), (0.05, NONE)],
    "canteen": [(0, waiting(2)), (0.05, OVERLAP)],
    "food_parcel": [
        (0, waiting(0)),
        (0.05, waiting(4, nothing=4, elapsed_ms=300)),
        (0.05, waiting(9, nothing=7, findings=[VOUCHER, RESERVED], provisional=True, elapsed_ms=3000)),
        (0.05, PARTIAL_OVERLAP),
    ],
    "basic_goods": [(0, waiting(0)), (0.05, PARTIAL_NONE)],
    "electricity": [(0, SAME_NEED)],
    "gas": [(0, HOSTILE)],
    "water": [(0, PARTIAL_OVERLAP), (0.2, LATE)],
    "medicine": [(0, REFUSED)],
    "rent_arrears": [(0, MagliaError(Code.CONSENT_MISSING))],
    "rent_current": [(0, MagliaError(Code.POLICY_FACET))],
    "rent_deposit": [(0, MagliaError(Code.BUDGET_OPERATOR, limit=30))],
    "transport": [(0, MagliaError(Code.NETWORK_UNREACHABLE))],
    "loan": [(0, MagliaError(Code.SESSION_EXPIRED))],
    "heating": [(0, waiting(0, elapsed_ms=100)), (600.0, NONE)],
    "school": [(0, MagliaError(Code.MEMBER_UNKNOWN, member="\x1b[31m[/bad]\u202e"))],
}


def household(step: CheckResponse, codes: Sequence[str]) -> CheckHouseholdResponse:
    """Return a scripted state as a household's: a name, and `THIRD`, are not verified; findings are of each in turn."""
    persons = [_person(code, step) for code in codes]
    asked = [number for number, person in enumerate(persons, 1) if not person.unverified]
    whole = CheckResponse()
    whole.CopyFrom(step if asked else state(verdict="none_known"))
    whole.complete = step.complete and len(asked) == len(persons)
    for turn, finding in enumerate(whole.findings):
        finding.person = asked[turn % len(asked)]
    return CheckHouseholdResponse(whole=whole, persons=persons)


def _person(code: str, step: CheckResponse) -> HouseholdPerson:
    if missing := _missing(code):
        return HouseholdPerson(unverified=missing, check_id="V-1")
    return HouseholdPerson(check_id="V-1", verdict=step.verdict, complete=step.complete)


def _missing(code: str) -> str:
    if code.startswith("NOME:"):
        return Code.INPUT_COMPOSITE_NAME.value
    return Code.CONSENT_MISSING.value if code == THIRD else ""
