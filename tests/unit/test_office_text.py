"""What officers read: acts and states in words, ages, the one line that says a second signature is needed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from maglia.core.epochs import Epochs
from maglia.core.procedures import Procedure
from maglia.core.vocabulary import MemberState
from registry.board import Health, health_of
from registry.domain.change import SIGNED_ACTS
from registry.domain.membership import Act
from registry.logins import ACTIONS as LOGIN_ACTIONS
from registry.ports import Sighting
from registry.reading_log import READ_LOG
from tui.history_text import LOGINS, history_lines
from tui.office_model import Applied, Change, History, HistoryLine, MemberDetail, MemberRow, NodeRow, OpenDraft, Signed
from tui.office_rows import HEALTH, age_text, board_lines, expiring_line, member_line, node_line, procedure_line
from tui.office_text import (
    ACTS,
    CHANGES,
    epoch_lines,
    member_lines,
    open_draft_lines,
    signed_line,
)

ROW = MemberRow(
    member="onlus-ponte",
    name="Onlus Ponte",
    kind="onlus",
    state="active",
    signed_by=("anna",),
    threshold=2,
    applied_at=0,
    fingerprint="4F-A1",
    act_expiry="2027-11-21",
    pending="revoke",
    signer_names=("Anna Fittizi",),
)
APPLIED = Applied(
    network="prova",
    member="onlus-ponte",
    name="Onlus Ponte",
    kind="onlus",
    ipa_code="",
    runts_number="900001",
    runts_section="B",
    ecclesiastical_recognition="",
    fiscal_code="00000000001",
    act="Determina fittizia",
    act_protocol="PG/2026/1",
    act_expiry="2027-11-21",
    territory=("999001",),
    facets=("food_parcel",),
    purposes=("aid_overlap",),
    referent="Marta Fittizi",
    contact="referente@example.org",
    identity_key=bytes(32),
    log_key=bytes(32),
    is_signed=True,
)
NOW = 1_795_000_000


def test_every_act_and_health_has_words() -> None:
    others = {"sign", "token", "root", "recover", READ_LOG, *LOGIN_ACTIONS.values()}
    assert {act.value for act in Act} | others == set(ACTS)
    assert set(LOGIN_ACTIONS.values()) == LOGINS
    assert set(Health) == set(HEALTH)
    assert set(SIGNED_ACTS) == set(CHANGES)


def test_one_body_says_who_signed_what_and_why_it_waits() -> None:
    detail = MemberDetail(
        ROW, ("act", "ecclesiastical_recognition"), "manca la pagina 2", ("food_parcel",), ("aid_overlap",), APPLIED
    )
    said = "\n".join(member_lines(detail, "it"))
    assert "Serve una seconda firma (revoca): ha già firmato Anna Fittizi." in said
    assert "Atto valido fino al 21/11/2027" in said
    assert "Mancano: atto di accreditamento, riconoscimento ecclesiastico" in said
    assert "Motivo: manca la pagina 2" in said
    assert "Waiting for a second signature" in "\n".join(member_lines(detail, "en"))
    for text in ("codice fiscale dell'ente: 00000000001", "numero RUNTS: 900001 B", "territorio: 999001"):
        assert f"  {text}" in said
    for text in ("protocollo dell'atto: PG/2026/1", "referente: Marta Fittizi", "recapito: referente@example.org"):
        assert f"  {text}" in said
    assert "NON FIRMATA" not in said
    unsigned = replace(detail, applied=replace(APPLIED, is_signed=False))
    assert "NON FIRMATA" in "\n".join(member_lines(unsigned, "it"))


CALLED = Procedure("affitto-2026", "PG/2026/9", 500, "2026-12-31", ("comune", "unione"))


@pytest.mark.parametrize(
    ("changes", "command"),
    [
        ([Change("approve", "a-est"), Change("approve", "b-est")], "approve a-est b-est --fingerprint IMPRONTA"),
        ([Change("change", "a-est", act_expiry="2027-01-31")], "change a-est --act-expiry 31/01/2027"),
        ([Change("revoke", "a-est", "chiave persa")], "revoke a-est --reason 'chiave persa'"),
        ([Change("reinstate", "a-est")], "reinstate a-est --reason MOTIVO"),
        ([Change("epoch_switch", reason="chiusa", without=("b-est",))], "epoch switch --without b-est --reason chiusa"),
        (
            [Change("declare", procedure=CALLED)],
            "procedure add --id affitto-2026 --act PG/2026/9 --cap 500 --expires 31/12/2026 --member comune "
            "--member unione",
        ),
        ([], "renew"),
    ],
)
def test_an_open_draft_says_which_command_continues_it(changes: list[Change], command: str) -> None:
    waiting = OpenDraft("d", tuple(changes), ("Anna Fittizi",), 2)
    said = open_draft_lines(waiting, "it")
    assert said[0].endswith("firmata da Anna Fittizi (1/2).")
    assert max(map(len, said)) <= 80
    assert " ".join("\n".join(said[1:]).replace(" \\\n", " ").split()) == f"Per continuarla: maglia office {command}"


def test_a_draft_says_how_far_it_is() -> None:
    assert signed_line(Signed(("anna",), 2, False, 3), "it") == "1 di 2 firme. Serve una seconda firma."
    assert signed_line(Signed(("anna", "ivo"), 2, True, 3), "it") == "Pubblicato: elenco 3."


def test_an_entry_that_is_not_proved_says_so() -> None:
    line = HistoryLine(3, NOW, "anna", "suspend", "chiave smarrita", proved=True)
    lines = history_lines(History([line, replace(line, proved=False)], 9, "ab" * 32), "it")
    assert "sospensione: chiave smarrita" in lines[0]
    assert "NON PROVATA" not in lines[0]
    assert lines[1].endswith("NON PROVATA")
    assert lines[2].startswith("Registro: 9 voci")


@pytest.mark.parametrize(
    ("action", "detail", "said"),
    [
        ("sign", "approve 1/2", "firma: ammissione 1/2"),
        ("revoke", "version 7: convenzione cessata", "revoca pubblicata: elenco 7: convenzione cessata"),
        ("suspend", "chiave smarrita", "sospensione: chiave smarrita"),
        ("declare", "b-1, version 1", "procedura dichiarata: b-1, elenco 1"),
        ("root", "version 2", "radice pubblicata: versione 2"),
        ("recover", "applied approved", "copia: in attesa -> approvato, da attivare"),
        ("login_refused", "7", "accesso rifiutato: 7 volte"),
        ("login_throttled", "1", "troppi tentativi: una volta"),
    ],
)
def test_an_entry_reads_as_a_sentence(action: str, detail: str, said: str) -> None:
    line = HistoryLine(3, NOW, "anna", action, detail, proved=True)
    assert history_lines(History([line], 9, "ab" * 32), "it")[0].endswith(said)


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 s"), (59, "59 s"), (60, "1 min"), (7200, "2 h"), (200_000, "2 g"), (-5, "0 s")]
)
def test_ages_are_read_in_the_largest_unit(seconds: int, text: str) -> None:
    assert age_text(NOW - seconds, NOW, "it") == text


def test_a_node_never_heard_is_no_age() -> None:
    node = NodeRow("onlus-ponte", "Onlus Ponte", "active", "never", 0, False, 0, 0, 0)
    assert node_line(node, NOW, "it").split()[:5] == ["onlus-ponte", "MAI", "SENTITO", "mai", "indietro"]


@pytest.mark.parametrize(
    ("seen", "begins", "ends", "health"),
    [
        (Sighting("x"), 0, NOW + 9, Health.NEVER),
        (Sighting("x", NOW - 301, 4, NOW), 0, NOW + 9, Health.SILENT),
        (Sighting("x", NOW - 299, 4, NOW), 0, NOW + 9, Health.REGULAR),
        (Sighting("x", NOW, 4, NOW - 4 * 3600 - 1), 0, NOW + 9, Health.LATE),
        (Sighting("x", NOW, 4, 0), NOW - 3600, NOW + 9, Health.REGULAR),
        (Sighting("x", NOW, 4, 0), NOW - 4 * 3600 - 1, NOW + 9, Health.LATE),
        (Sighting("x", NOW, 4, NOW), 0, NOW, Health.LATE),
    ],
)
def test_how_a_node_fares(seen: Sighting, begins: int, ends: int, health: Health) -> None:
    assert health_of(seen, begins, ends, NOW) is health


def test_a_change_of_keys_says_how_far_it_is_and_who_is_ready() -> None:
    node = NodeRow("onlus-ponte", "Ponte", "active", "regular", 0, True, 0, 0, 0, ready_epochs=(1,))
    other = replace(node, member="onlus-est", ready_epochs=(1, 2), is_ready=True)
    assert epoch_lines(Epochs(1), [], "it") == ["Periodo in uso: 1. Nessun cambio di chiavi in corso."]
    lines = epoch_lines(Epochs(1, 2), [node, other], "it")
    assert lines[0] == "Periodo in uso: 1. Annunciato: 2."
    assert lines[1].endswith("NON PRONTO")
    assert lines[2].split() == ["onlus-est", "PRONTO"]
    assert "anche per: 1" in epoch_lines(Epochs(2, 1), [], "it")[0]
    assert epoch_lines(Epochs(2, 1), [node], "en")[1].endswith("NOT READY")
    assert node_line(node, NOW, "it").endswith("non pronto")
    said = HistoryLine(
        3, NOW, "anna", "epoch_switch", "epoch 2 and 1 without x y, version 7: chiusa and via", proved=True
    )
    line = history_lines(History([said], 9, "ab" * 32), "it")[0]
    assert line.endswith("nuove chiavi in uso: periodo 2 e 1 senza x y, elenco 7: chiusa and via")


LONGEST = "onlus-ponte-sereno-di-sopra-e-di-sotto"


@pytest.mark.parametrize("lang", ["it", "en"])
@pytest.mark.parametrize("member", ["onlus-ponte", "onlus-ponte-sereno-1", "onlus-ponte-sereno-12", LONGEST])
@pytest.mark.parametrize("state", list(MemberState))
def test_every_list_fits_80_columns_and_glues_nothing(member: str, state: MemberState, lang: str) -> None:
    row = replace(ROW, member=member, name="x" * 160, kind="social_district", state=state, same_fiscal_code=("mensa",))
    node = NodeRow(member, "x", state, "never", NOW - 59 * 60, True, NOW - 59 * 60, 1_234_567, 0)
    called = Procedure("bando-affitto-2026-contributi-comunali", "PG/2026/" + "9" * 60, 99_999, "2026-12-31", (member,))
    relayed = replace(node, relay="relay-" + "x" * 34)
    told = [
        member_line(row, lang),
        member_line(replace(row, pending=""), lang),
        expiring_line(row, lang),
        procedure_line(called, lang),
        *board_lines([node, replace(node, health="refuses"), relayed], NOW, lang),
    ]
    lines = [line for one in told for line in one.splitlines()]
    assert max(map(len, lines)) <= 80
    for text in told[:3]:
        assert member in text.split()
        assert ("ambito" if lang == "it" else "district") in text.split() or text is told[2]


def test_signatures_are_counted_where_some_are_waited_for() -> None:
    assert "0/2" in member_line(replace(ROW, state="applied", pending="", signed_by=()), "it")
    assert "1/2" in member_line(ROW, "it")
    assert "/2" not in member_line(replace(ROW, pending="", signed_by=()), "it")


def test_a_board_with_nodes_that_refuse_says_what_to_do() -> None:
    node = NodeRow("onlus-ponte", "Onlus Ponte", "active", "refuses", NOW, False, NOW, 9, 0)
    said = "\n".join(board_lines([node], NOW, "it"))
    assert "RIFIUTA" in said
    assert "«maglia-registry recover»" in said
    assert board_lines([], NOW, "it") == []
    assert len(board_lines([replace(node, health="regular")], NOW, "en")) == 2


def test_the_board_says_through_which_relay_a_node_is_reached() -> None:
    node = NodeRow("onlus-ponte", "Ponte", "active", "regular", NOW, True, NOW, 9, 0)
    relayed = replace(node, relay="comune-est")
    assert "comune-est" not in "\n".join(board_lines([node], NOW, "it"))
    assert "tramite il relay comune-est" in "\n".join(board_lines([relayed], NOW, "it"))
