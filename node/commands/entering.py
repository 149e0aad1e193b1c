"""`maglia-node apply`, `state` and `join`: a body's way into the network."""

from __future__ import annotations

import json
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from maglia.cli import spoken
from maglia.core.translation import mark, tr
from node.commands.base import REMOTE, AsJson, Folder, Via, open_node, run, say, told

if TYPE_CHECKING:
    from node.application import Value

_STATES = {
    "applied": mark("in attesa dell'ufficio"),
    "documents_missing": mark("mancano documenti"),
    "approved": mark("approvata: attendere il codice e usare «maglia-node join»"),
    "active": mark("ente attivo"),
    "expiring": mark("ente attivo, atto in scadenza"),
    "suspended": mark("ente sospeso"),
    "revoked": mark("ente revocato"),
}


@told
def init(
    folder: Folder,
    network_file: Annotated[Path, typer.Option(help="File della rete, dato dall'ufficio.")],
    member: Annotated[str, typer.Option(help="Nome breve dell'ente, per esempio parrocchia-san-nicolo.")],
    peer: Annotated[str, typer.Option(help="HOST:PORTA per gli altri enti.")],
    front: Annotated[str, typer.Option(help="HOST:PORTA per le postazioni dell'ente.")],
    via: Via = None,
    remote: Annotated[bool, typer.Option("--remote", help=REMOTE)] = False,
    as_json: AsJson = False,
) -> None:
    """Prepara la cartella e le chiavi.

    Esempio: maglia-node init --dir nodo --network-file rete.json --member mensa-est --peer 10.0.0.5:7443 --front
    10.0.0.5:7444
    """
    from maglia.core.keystore import read_passphrase
    from node import joining

    network = joining.init(folder, network_file, member, peer, front, read_passphrase(), via, remote=remote)
    document = {"schema": "maglia.node-init/1", "network": network.network, "fingerprint": network.fingerprint}
    say(
        as_json,
        document,
        tr(
            "Nodo preparato in {folder}, rete «{network}».\n"
            "Impronta del file della rete, da confrontare a voce con l'ufficio: {fingerprint}\n"
            "Ora: compilare la domanda e inviarla con «maglia-node apply».",
            spoken(),
        ).format(folder=folder, network=network.network, fingerprint=network.fingerprint),
    )


@told
def apply(
    folder: Folder,
    file: Annotated[Path | None, typer.Option(help="Domanda in TOML; le opzioni la correggono.")] = None,
    kind: Annotated[str | None, typer.Option(help="comune, parish, odv, ...")] = None,
    name: Annotated[str | None, typer.Option(help="Denominazione.")] = None,
    ipa_code: Annotated[str | None, typer.Option(help="Enti pubblici.")] = None,
    runts_number: Annotated[str | None, typer.Option(help="Terzo settore.")] = None,
    runts_section: Annotated[str | None, typer.Option(help="ODV, APS, ...")] = None,
    ecclesiastical_recognition: Annotated[str | None, typer.Option(help="Parrocchie e Caritas.")] = None,
    fiscal_code: Annotated[str | None, typer.Option(help="Dell'ente, 11 cifre.")] = None,
    act: Annotated[str | None, typer.Option(help="Atto di accreditamento.")] = None,
    act_protocol: Annotated[str | None, typer.Option(help="Numero di protocollo.")] = None,
    act_expiry: Annotated[str | None, typer.Option(help="gg/mm/aaaa.")] = None,
    territory: Annotated[str | None, typer.Option(help="Codici ISTAT, con virgole.")] = None,
    facets: Annotated[str | None, typer.Option(help="Aiuti, con virgole.")] = None,
    purposes: Annotated[str | None, typer.Option(help="Finalità, con virgole.")] = None,
    referent: Annotated[str | None, typer.Option(help="Nome e cognome.")] = None,
    contact: Annotated[str | None, typer.Option(help="Telefono o posta.")] = None,
    as_json: AsJson = False,
) -> None:
    """Invia la domanda di accreditamento; su un terminale chiede ciò che manca.

    Esempio: maglia-node apply --dir nodo --file domanda.toml
    """
    from node import application, joining
    from node.commands.form import ask_rest, forget_begun

    given = {
        "kind": kind,
        "name": name,
        "ipa_code": ipa_code,
        "runts_number": runts_number,
        "runts_section": runts_section,
        "ecclesiastical_recognition": ecclesiastical_recognition,
        "fiscal_code": fiscal_code,
        "act": act,
        "act_protocol": act_protocol,
        "act_expiry": act_expiry,
        "territory": territory,
        "facets": facets,
        "purposes": purposes,
        "referent": referent,
        "contact": contact,
    }
    typed = application.read_form(file) if file else {}
    typed |= {field: text for field, text in given.items() if text is not None}
    settings, network, keys = open_node(folder)
    today = date.today()
    if file is None and not as_json and sys.stdin.isatty():
        ask_rest(folder, typed, today)
    fields = application.read_application(typed, today)
    if not as_json:
        _show(settings.member, fields)
    fingerprint, state = run(joining.apply(folder, network, settings.member, fields, keys))
    forget_begun(folder)
    if as_json:
        print(json.dumps({"schema": "maglia.application/1", "fingerprint": fingerprint, "state": state}))
        return
    print(tr("Domanda inviata: {state}.", spoken()).format(state=_state_in_words(state)))
    print(tr("Impronta da leggere a voce all'ufficio: {fingerprint}", spoken()).format(fingerprint=fingerprint))


def _show(member: str, fields: dict[str, Value]) -> None:
    """Show what is sent, so that the referent can compare it with the papers."""
    from node.application import BY_NAME

    print(tr("Domanda di «{member}»:", spoken()).format(member=member))
    for name, value in fields.items():
        if value:
            print(f"  {tr(BY_NAME[name].label, spoken())}: {_in_words(name, value)}")


def _in_words(name: str, value: Value) -> str:
    """Return a field's value as people write it: kinds of aid and purposes with their words, days as gg/mm/aaaa."""
    from maglia.core.facet_words import facets_in_words
    from maglia.core.purpose_words import purposes_in_words

    if isinstance(value, list):
        codes = ", ".join(value)
        words = {"facets": facets_in_words, "purposes": purposes_in_words}
        return words[name](codes, spoken()) if name in words else codes
    return f"{date.fromisoformat(value):%d/%m/%Y}" if name == "act_expiry" else value


@told
def state(folder: Folder, as_json: AsJson = False) -> None:
    """Chiede all'ufficio a che punto è la domanda.

    Esempio: maglia-node state --dir nodo
    """
    import time

    from node.application import BY_NAME
    from node.network.registry import application_state

    settings, network, keys = open_node(folder)
    found = run(application_state(network, settings.member, keys.identity, time.time()))
    if as_json:
        document = {"state": found.state, "missing": found.missing, "reason": found.reason}
        print(json.dumps({"schema": "maglia.application/1", "fingerprint": found.fingerprint, **document}))
        return
    lang = spoken()
    print(tr("Stato: {state}.", lang).format(state=_state_in_words(found.state)))
    if found.missing:
        names = ", ".join(tr(BY_NAME[name].label, lang) if name in BY_NAME else name for name in found.missing)
        print(tr("Manca: {names}.", lang).format(names=names))
    if found.reason:
        print(tr("L'ufficio scrive: {reason}", lang).format(reason=found.reason))
    print(tr("Impronta: {fingerprint}", lang).format(fingerprint=found.fingerprint))


def _state_in_words(state: str) -> str:
    """Return how an application stands; a state from a later version stays as it is."""
    return tr(_STATES[state], spoken()) if state in _STATES else state


@told
def join(
    folder: Folder,
    token: Annotated[list[str], typer.Argument(help="Codice di attivazione, valido 24 ore, anche a gruppi.")],
    as_json: AsJson = False,
) -> None:
    """Attiva il nodo con il codice dell'ufficio.

    Esempio: maglia-node join --dir nodo CODICE
    """
    from node.card import first_card
    from node.folder import check_not_moved

    check_not_moved(folder)
    settings, network, keys = open_node(folder)
    run(first_card(folder, settings, network, keys, _as_issued("".join(token))))
    document = {"schema": "maglia.node-join/1", "member": settings.member}
    say(as_json, document, tr("Ente attivo. Ora: «maglia-node serve».", spoken()))


def _as_issued(token: str) -> str:
    """A token is read aloud and typed as it was heard: in groups, in capitals."""
    return "".join(char for char in token.lower() if char.isalnum())
