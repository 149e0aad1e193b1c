"""The sentences on needs: how to complete what others began, whole within 80 columns, and no accusation."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from tui.model import Balance, CheckState, Finding
from tui.needs_model import FiledNeed
from tui.needs_text import balance_lines, filed_lines, need_lines, promise_lines

TODAY = "2026-11-21"
AT = int(datetime(2026, 11, 21, 10, 38).timestamp() * 1000)  # by this computer's clock, as people read it
TEN_DAYS = 864_000_000
PROMISE = Finding(
    member_kind="comune",
    member="comune-esempio",
    member_name="Comune di Esempio",
    facet="rent_arrears",
    when=TODAY,
    amount_cents=400_00,
    owed_cents=900_00,
    status="reserved",
    same_need=True,
    contact="casa@example.org",
    reserved_at_ms=AT,
    reserved_until_ms=AT + TEN_DAYS,
)
PRESENCE = Finding(member_kind="parish", facet="food_parcel", when="2026-11", status="reserved", reserved_at_ms=AT)
BALANCE = Balance(900_00, "B-7", "rent_arrears", "ALER", others_reserved_cents=400_00, residual_cents=500_00)


def said(*findings: Finding, balance: Balance | None = None, lang: str = "it") -> list[str]:
    lines = balance_lines(CheckState(findings=findings, balance=balance, day=TODAY), lang)
    assert all(len(line) <= 80 for line in lines), lines
    return [" ".join(line.split()) for line in lines]


def text(*findings: Finding, balance: Balance | None = None, lang: str = "it") -> str:
    return " ".join(said(*findings, balance=balance, lang=lang))


def test_who_promised_since_when_and_whom_to_call_then_what_is_left() -> None:
    assert said(PROMISE, balance=BALANCE) == [
        "Comune di Esempio: 400,00 € su 900,00 €, impegno dalle 10:38 di oggi, fino",
        "alle 10:38 del 01/12/2026.",
        "Per accordarsi: casa@example.org",
        "Bisogno B-7, affitto arretrato: dovuti in tutto 900,00 €.",
        "Questo ente: dati 0,00 €, promessi 0,00 €.",
        "Altri enti: dati almeno 0,00 €, promessi almeno 400,00 €.",
        "Altri hanno già contribuito: restano al più 500,00 € da coprire.",
    ]
    english = text(PROMISE, balance=BALANCE, lang="en")
    assert "400,00 € of 900,00 €, reservation since 10:38 today, until 10:38 on 01/12/2026." in english
    assert english.endswith("Others have contributed already: at most 500,00 € are left to cover.")


def test_at_presence_level_a_promise_has_its_hour_and_no_name() -> None:
    assert said(PRESENCE) == ["Una parrocchia: impegno dalle 10:38 di oggi."]
    assert said(replace(PRESENCE, kind_hidden=True)) == ["Un ente del territorio: impegno dalle 10:38 di oggi."]
    of_before = replace(PRESENCE, reserved_at_ms=AT - 86_400_000)
    assert said(of_before) == ["Una parrocchia: impegno dalle 10:38 del 20/11/2026."]
    assert said(replace(PRESENCE, reserved_at_ms=None)) == []


def test_help_of_another_need_is_not_repeated() -> None:
    assert said(replace(PROMISE, same_need=False, status="given")) == []
    assert said(replace(PROMISE, status="given", when="2026-11-03", contact="")) == [
        "Comune di Esempio: 400,00 € su 900,00 €, aiuto dato (03/11/2026)."
    ]


@pytest.mark.parametrize(
    ("changes", "last"),
    [
        ({"others_reserved_cents": 0}, "Restano al più 500,00 € da coprire."),
        (
            {"may_be_less": True},
            "Altri hanno già contribuito: restano al più 500,00 € da coprire. Potrebbe restare meno.",
        ),
        (
            {"others_reserved_cents": 0, "unknown": 1},
            "Altri hanno già contribuito: restano al più 500,00 € da coprire.",
        ),
        ({"residual_cents": 0}, "Risulta coperto per intero: prima di dare altro conviene accordarsi."),
        (
            {"residual_cents": 0, "over_cents": 100_00},
            "Risultano almeno 100,00 € più del dovuto: conviene accordarsi tra enti.",
        ),
    ],
)
def test_what_is_left_is_said_as_far_as_it_is_known(changes: dict[str, int], last: str) -> None:
    assert text(balance=replace(BALANCE, **changes)).endswith(last)  # type: ignore[arg-type]  # fields, by name


def test_more_than_is_owed_by_this_body_alone_sends_nobody_to_the_others() -> None:
    alone = replace(BALANCE, own_given_cents=950_00, others_reserved_cents=0, residual_cents=0, over_cents=50_00)
    told = "Questo ente da solo ha dato o promesso almeno 50,00 € più del dovuto: conviene ricontrollare gli importi."
    assert text(balance=alone).endswith(told)
    shown = " ".join(" ".join(filed_lines(replace(FILED, given_cents=950_00, reserved_cents=0), "it")).split())
    assert told in shown
    assert "accordarsi" not in shown + text(balance=alone)


@pytest.mark.parametrize(
    ("others", "is_given", "lang", "told"),
    [
        (400_00, False, "it", "risulterebbero almeno 100,00 € più del dovuto: prima conviene accordarsi tra enti."),
        (400_00, True, "it", "risultano almeno 100,00 € più del dovuto: conviene accordarsi tra enti."),
        (0, False, "it", "risulterebbero almeno 100,00 € più del dovuto: prima conviene ricontrollare l'importo."),
        (0, True, "it", "risultano almeno 100,00 € più del dovuto: conviene ricontrollare l'importo."),
        (400_00, False, "en", "would be at least 100,00 € more than is owed: agree among the bodies first."),
        (0, True, "en", "is at least 100,00 € more than is owed: look over the amount."),
    ],
)
def test_a_promise_beyond_what_is_left_says_so(others: int, is_given: bool, lang: str, told: str) -> None:
    balance = replace(BALANCE, others_reserved_cents=others)
    lines = promise_lines(balance, 100_00, lang, is_given=is_given)
    assert all(len(line) <= 80 for line in lines), lines
    [warning] = [at for at, line in enumerate(lines) if line.startswith("!! ")]
    assert told in " ".join(" ".join(lines[warning:]).split())
    within = promise_lines(balance, 0, lang, is_given=is_given)
    assert within == lines[:warning]
    beside = "Questo ente, oltre a questo aiuto: dati 0,00 €" if lang == "it" else "This body, beside this help: given"
    assert beside in " ".join(within)


def test_amounts_that_are_not_known_are_counted() -> None:
    assert "1 aiuto di importo non noto." in said(balance=replace(BALANCE, unknown=1))
    assert "2 aids of an amount that is not known." in said(balance=replace(BALANCE, unknown=2), lang="en")


def test_without_a_need_on_file_it_says_whose_total_it_is() -> None:
    first = said(balance=replace(BALANCE, need=""))[0]
    assert first == "Affitto arretrato: dovuti in tutto 900,00 €, dice un altro ente."


def test_no_word_of_it_blames_or_denies() -> None:
    told = text(PROMISE, PRESENCE, balance=replace(BALANCE, over_cents=1, residual_cents=0)).lower()
    assert not [word for word in ("doppi", "frode", "abus", "negat", "vietat", "già ricevut") if word in told]


@pytest.mark.parametrize("at", [-1, 0, 2**62, None])
def test_an_instant_that_no_calendar_has_is_left_out(at: int | None) -> None:
    assert said(replace(PRESENCE, reserved_at_ms=at, reserved_until_ms=at)) == []


FILED = FiledNeed(
    name="B-7",
    facet="rent_arrears",
    owed_cents=900_00,
    need="LEASE:TLX/2024/3/77",
    creditor="Condominio Via delle Rose 12, Sesto San Giovanni",
    period_from="2026-04-01",
    period_to="2026-06-30",
    basis="public_task",
    visibility="network",
    opened_at_ms=AT,
    opened_by="anna",
    closed_at_ms=0,
    closed_by="",
    given_cents=100_00,
    reserved_cents=200_00,
    unknown=0,
)


def test_a_need_on_file_says_what_is_owed_who_wrote_it_and_what_is_covered_here() -> None:
    lines = filed_lines(FILED, "it")
    assert all(len(line) <= 80 for line in lines)
    assert " ".join(" ".join(lines).split()) == (
        "B-7 Affitto arretrato, Condominio Via delle Rose 12, Sesto San Giovanni, LEASE:TLX/2024/3/77, "
        "01/04/2026-30/06/2026: dovuti in tutto 900,00 €. Questo ente: dati 100,00 €, promessi 200,00 €. "
        "Senza gli altri enti restano 600,00 €. Registrato da anna il 21/11/2026 10:38."
    )
    closed = filed_lines(replace(FILED, closed_at_ms=AT, closed_by="bruno", given_cents=900_00), "en")
    assert "This body alone has given or promised at least 200,00 € more than is owed: look over the amounts." in (
        " ".join(" ".join(closed).split())
    )
    assert closed[-1].strip().endswith("closed by bruno on 21/11/2026 10:38.")
    assert need_lines([], "it") == ["Nessun bisogno registrato per questa persona."]
    assert len(need_lines([FILED, FILED], "it")) == 2 * len(lines)
