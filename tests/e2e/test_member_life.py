"""One body's whole life on a live network, by the commands that people type: from application to revocation."""

from __future__ import annotations

import re

import pytest

from tests.e2e.life import MEMBER, NOBODY, PAGE, PASSWORD, Life, application
from tests.e2e.live import TODAY, Ended, LiveNetwork

pytestmark = pytest.mark.xdist_group("small")

FINGERPRINT = re.compile(r"(?:[0-9A-F]{2}-){9}[0-9A-F]{2}")
REASON = "Atto allegato senza firma: inviare la copia firmata."


@pytest.mark.slow
def test_a_body_lives_from_application_to_revocation(small: LiveNetwork) -> None:
    life = Life(small)
    walk(life)
    page = PAGE.read_text("utf-8")
    assert [line for line in life.said if line.startswith("\n## ")] == [
        f"\n{line}\n" for line in page.splitlines() if line.startswith("## ")
    ], "the page is stale: python -m tests.e2e.life"


def walk(life: Life) -> None:
    """Live the life, chapter by chapter, and hold each answer against what it must be."""
    _enters(life)
    with life.serving():
        _works(life)
        _is_stopped_and_comes_back(life)
        _changes(life)
        _leaves(life)


def _done(ended: Ended) -> str:
    assert ended.status == 0, ended
    return ended.out


def _refused(ended: Ended, status: int, *words: str) -> None:
    assert ended.status == status, ended
    for word in words:
        assert word in " ".join(ended.err.split()), ended


def _enters(life: Life) -> None:
    life.chapter("La domanda", "L'ente prepara il suo nodo con il file della rete e invia la domanda.")
    network_file = str(life.directory / "network.json")
    where = ("--network-file", network_file, "--member", MEMBER, "--peer", life.peer, "--front", life.front)
    _done(life.body("init", *where))
    settings = life.node / "node.toml"
    settings.write_text(f'day = "{TODAY}"\nengine = "embedded"\n{settings.read_text("utf-8")}', "utf-8")
    heard = FINGERPRINT.search(_done(life.body(*application("Determina 12"))))
    assert heard is not None

    life.chapter("Documenti mancanti", "L'ufficio restituisce la domanda; l'ente legge il motivo e la ripresenta.")
    assert MEMBER in _done(life.office("paolo", "list"))
    _done(life.office("paolo", "missing", MEMBER, "--reason", REASON))
    assert REASON in _done(life.body("state"))
    _done(life.body(*application("Determina 12, copia firmata")))

    life.chapter("Due firme", "Il referente legge a voce l'impronta; due funzionari diversi firmano.")
    assert heard[0] in _done(life.office("paolo", "show", MEMBER))
    approve = ("approve", MEMBER, "--fingerprint", heard[0])
    assert "Serve una seconda firma" in _done(life.office("paolo", *approve))
    _refused(life.office("paolo", *approve), 4, "ha già firmato")
    assert re.search("ha già firmato [A-Z][a-z]+ Fittizi", _done(life.office("lucia", "show", MEMBER)))
    assert "Pubblicato" in _done(life.office("lucia", *approve))

    life.chapter("L'attivazione", "Il codice vale 24 ore e una volta sola.")
    token = _done(life.office("lucia", "token", MEMBER)).split()[0]
    _refused(life.body("join", "0" * 32), 4, "non è quello di questo ente")
    _done(life.body("join", *(token[at : at + 4].upper() for at in range(0, len(token), 4))))  # as it is read aloud
    _refused(life.body("join", token), 4, "già stato usato")


def _works(life: Life) -> None:
    life.chapter("Al lavoro", "Lo sportello verifica una persona che nessun ente conosce.")
    _done(life.body("operator", "add", "anna", "--role", "volunteer", "--name", "Anna Fittizi", password=PASSWORD))
    _done(life.body("profile", "--user", "anna", "--out", str(life.profile)))
    _done(life.counter("consent", "add", NOBODY, "--purpose", "aid_overlap"))
    life.check_until(0)
    board = _done(life.office("paolo", "board"))
    assert re.search(rf"{MEMBER} +(REGOLARE)", board), board
    assert MEMBER in _done(life.office("paolo", "list", "--expiring"))


def _is_stopped_and_comes_back(life: Life) -> None:
    life.chapter("La sospensione", "Un solo funzionario ferma l'ente, subito; due lo riammettono.")
    _done(life.office("lucia", "suspend", MEMBER, "--reason", "chiave del nodo smarrita"))
    life.check_until(4)
    _refused(life.office("paolo", "suspend", MEMBER, "--reason", "di nuovo"), 4)
    reinstate = ("reinstate", MEMBER, "--reason", "chiave ritrovata, nessun uso improprio")
    assert "Serve una seconda firma" in _done(life.office("paolo", *reinstate))
    _refused(life.office("paolo", *reinstate), 4, "ha già firmato")
    assert "Pubblicato" in _done(life.office("lucia", *reinstate))
    life.check_until(0)


def _changes(life: Life) -> None:
    life.chapter("Modifiche", "Aiuti, scopi e atto cambiano con due firme; così si dichiara anche un bando.")
    act = ("--act-protocol", "PG/2026/900", "--act-expiry", "31/12/2030")
    change = ("change", MEMBER, "--facets", "food_parcel,food_voucher", *act)
    for officer in ("paolo", "lucia"):
        said = _done(life.office(officer, *change))
    assert "Pubblicato" in said
    assert "31/12/2030" in _done(life.office("paolo", "show", MEMBER))
    assert MEMBER not in _done(life.office("paolo", "list", "--expiring"))
    limits = ("--cap", "500", "--expires", "31/12/2030", "--member", "comune-borgo-esempio")
    declare = ("procedure", "add", "--id", "affitto-2026", "--act", "PG/2026/901", *limits)
    for officer in ("lucia", "paolo"):
        _done(life.office(officer, *declare))
    assert "affitto-2026" in _done(life.office("paolo", "procedure", "list"))


def _leaves(life: Life) -> None:
    life.chapter("La revoca", "La prima firma sospende subito, la seconda toglie l'ente dall'elenco, per sempre.")
    revoke = ("revoke", MEMBER, "--reason", "convenzione cessata")
    assert "Serve una seconda firma" in _done(life.office("paolo", *revoke))
    assert "SOSPESO" in _done(life.office("lucia", "show", MEMBER))
    assert "Pubblicato" in _done(life.office("lucia", *revoke))
    life.check_until(4)
    _refused(life.office("paolo", "reinstate", MEMBER, "--reason", "ripensamento"), 4)
    _refused(life.body(*application("Determina 13")), 4)

    life.chapter("La storia", "Ogni atto è una voce del registro firmato dell'ufficio: niente si cancella.")
    history = _done(life.office("lucia", "history", MEMBER))
    acts = ("domanda ricevuta", "restituita", "ammissione 1/2", "ammissione 2/2", "attivazione", "sospensione")
    for act in (*acts, "riammissione pubblicata", "modifica pubblicata", "revoca pubblicata"):
        assert act in history, history
    assert "NON PROVATA" not in history
