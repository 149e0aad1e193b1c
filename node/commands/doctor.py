"""`maglia-node doctor`: what of a node works, what doesn't, and the command that mends it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from node.commands.base import AsJson, Folder, open_node, run, say, told

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from maglia.core.errors import MagliaError
    from maglia.core.log_port import LogBackend
    from maglia.core.network_file import NetworkFile
    from node.config import Settings
    from node.keys import Keys


class Result(StrEnum):
    """How a part of the node is; only a problem makes the command fail."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True)
class Check:
    """One part of the node: what was found, and the exact command that mends it, empty where nothing is to be done."""

    name: str
    result: Result
    found: str
    repair: str = ""


_TELL_THE_OFFICE = "avvisare l'ufficio: sul registro, «maglia-registry recover» con la cartella trust di questo nodo"
_MB = 1024 * 1024
_MUCH = 8
"""Times the reserve that a disk should have free."""
_NAMED = 5
"""Operators that a line names."""
_SHOWN = {Result.OK: "OK", Result.WARNING: "AVVISO", Result.PROBLEM: "PROBLEMA"}


@told
def doctor(folder: Folder, as_json: AsJson = False) -> None:
    """Controlla il nodo e dice come rimediare: OK, AVVISO o PROBLEMA per ogni parte.

    Esempio: maglia-node doctor --dir nodo
    """
    checks = list(_checks(folder))
    healthy = all(check.result is not Result.PROBLEM for check in checks)
    document = {"schema": "maglia.node-doctor/1", "healthy": healthy, "checks": [asdict(check) for check in checks]}
    say(as_json, document, "\n".join(map(_line, checks)))
    raise typer.Exit(0 if healthy else 1)


def _line(check: Check) -> str:
    told = f"{_SHOWN[check.result]:<9} {check.name}: {check.found}"
    return f"{told}\n          Rimedio: {check.repair}" if check.repair else told


def _checks(folder: Path) -> Iterator[Check]:
    from maglia.core.errors import MagliaError
    from node.folder import check_not_moved

    try:
        check_not_moved(folder)  # nothing here is to be started or mended any more
    except MagliaError as error:
        yield _problem("Trasferimento", error)
        return
    try:
        settings, network, keys = open_node(folder)
    except MagliaError as error:
        yield _problem("Chiavi e impostazioni", error)
        return
    yield Check("Chiavi e impostazioni", Result.OK, f"si aprono, ente «{settings.member}», rete «{network.network}»")
    yield check_disk(folder, settings)
    try:
        yield from _files(folder, settings, network, keys)
    except MagliaError as error:
        yield _problem("Archivio", error, f"df -h {folder}; ls -l {folder}")
    yield _registry(folder, settings, network, keys)
    yield _reach(folder, settings, network, keys)
    yield check_directory(folder, network)
    yield _opa(settings)
    yield from _rules_on_disk(folder, settings)


def check_disk(folder: Path, settings: Settings) -> Check:
    """Whether there is room: for others' questions, and kept in reserve for this body's own last entries."""
    from maglia.core.errors import Code, MagliaError
    from node.disk import free_bytes, kept_bytes

    name, size, repair = "Spazio su disco", settings.disk_reserve_bytes, f"df -h {folder}"
    if settings.database:
        return Check(name, Result.OK, "i dati sono nel PostgreSQL: lo spazio e la riserva sono del suo amministratore")
    free, kept = free_bytes(folder), kept_bytes(folder)
    found = f"liberi {free // _MB} MB, in riserva {kept // _MB} MB"
    if size and free + kept < 2 * size:
        return _problem(name, MagliaError(Code.STORAGE_LOW if kept >= size else Code.STORAGE_FULL), repair)
    if free < _MUCH * size:
        return Check(name, Result.WARNING, f"{found}: con meno di {size // _MB} MB liberi l'ente non risponde", repair)
    return Check(name, Result.OK, found)


def _problem(name: str, error: MagliaError, repair: str = "") -> Check:
    sentence = error.sentence("it")
    return Check(name, Result.PROBLEM, sentence.message, repair or sentence.next_action)


def _files(folder: Path, settings: Settings, network: NetworkFile, keys: Keys) -> Iterator[Check]:
    """Database and access log; a running node's database is read as it is, never migrated beneath it."""
    from maglia.sql.log import SqlLogBackend
    from node.folder import SystemClock, locked, open_store
    from node.local import is_serving

    serving = is_serving(folder)
    if serving:
        yield Check("Servizio", Result.OK, "il nodo è in funzione")
        with _database(folder, settings) as engine:
            yield _log(folder, SqlLogBackend(engine), settings, network, keys)
            yield _log_keys(folder, keys)
            yield _codes(engine, keys)
            yield _presence(engine, folder)
            yield from _devices(engine, folder, settings)
        yield _rules(folder, settings, network, keys)
        yield _enrolment(folder, settings, network, keys)
        return
    yield Check("Servizio", Result.WARNING, "il nodo è fermo", f"maglia-node serve --dir {folder}")
    with locked(folder):
        store, backend = open_store(folder, keys, SystemClock(settings.day), settings.database)
        try:
            yield Check("Archivio", Result.OK, f"si apre, aiuti registrati: {store.record_count()}")
            yield _log(folder, backend, settings, network, keys)
            yield _log_keys(folder, keys)
            with _database(folder, settings) as engine:
                yield _codes(engine, keys)
                yield _presence(engine, folder)
                yield from _devices(engine, folder, settings)
        finally:
            store.close()


@contextmanager
def _database(folder: Path, settings: Settings) -> Iterator[Engine]:
    from maglia.sql.engine import open_engine, open_sqlite

    engine = open_engine(settings.database) if settings.database else open_sqlite(folder / "node.db")
    try:
        yield engine
    finally:
        engine.dispose()


def _codes(engine: Engine, keys: Keys) -> Check:
    """Whether every stored code opens: whoever's does not is never enrolled, and no answer is about them."""
    from maglia.core.errors import Code, MagliaError
    from node.store.fields import Fields
    from node.store.subjects import count_codes

    total, closed = count_codes(engine, Fields(keys.field_key))
    if not closed:
        return Check("Codici", Result.OK, f"si leggono tutti: {total}")
    return _problem("Codici", MagliaError(Code.STORAGE_CODES, count=f"{closed} su {total}"))


def _presence(engine: Engine, folder: Path) -> Check:
    """For how long the node was off, which whoever started it just now does not see."""
    from node.commands.presence import TO_BE_HOSTED, presence_found

    is_there, found = presence_found(engine, folder)
    return Check("Presenza", Result.OK, found) if is_there else Check("Presenza", Result.WARNING, found, TO_BE_HOSTED)


def _devices(engine: Engine, folder: Path, settings: Settings) -> Iterator[Check]:
    """Who cannot log in, where enrolled consoles alone are let in."""
    from node.store.devices import operators_left_out

    if not settings.remote:
        return
    name, left_out = "Postazioni da fuori", operators_left_out(engine)
    if left_out:
        found = f"senza una postazione iscritta: {', '.join(left_out[:_NAMED])}{' ...' * (len(left_out) > _NAMED)}"
        invite = f"maglia-node device invite --dir {folder} --user {left_out[0]}"
        yield Check(name, Result.WARNING, found, invite)
    else:
        yield Check(name, Result.OK, "ogni operatore ne ha una iscritta")


def _rules(folder: Path, settings: Settings, network: NetworkFile, keys: Keys) -> Check:
    """Whether the running node decides by the rules in force: without them nobody is answered, and nobody may work."""
    from maglia.core.errors import Code, MagliaError
    from node import local

    name = "Regole in vigore"
    try:
        revision, engine = run(local.rules_of(folder, settings, network, keys))
    except MagliaError as error:
        mended = {Code.POLICY_PERMISSIONS, Code.POLICY_UNAVAILABLE}
        restart = f"leggere {folder}/opa/opa.log, poi fermare e riavviare: maglia-node serve --dir {folder}"
        return _problem(name, error, restart if error.code in mended else "")
    return Check(name, Result.OK, f"versione {revision}, motore «{engine}»: dicono chi può fare che cosa")


def _rules_on_disk(folder: Path, settings: Settings) -> Iterator[Check]:
    """Name rules that somebody edited here: the node does not use them, and stops answering rather than do so."""
    from node.kept_rules import edited_rules

    if edited := edited_rules(folder, with_opa=settings.engine != "embedded" and not settings.opa_address):
        files = ", ".join(map(str, edited))
        found = f"{files}: non è quanto due funzionari hanno firmato, e il nodo non lo usa"
        yield Check("Regole su disco", Result.PROBLEM, found, f"fermare e riavviare: maglia-node serve --dir {folder}")


def _enrolment(folder: Path, settings: Settings, network: NetworkFile, keys: Keys) -> Check:
    """Who awaits a pseudonym, under which epochs, and why the work does not go on."""
    from maglia.core.errors import MagliaError
    from node import local

    name = "Iscrizione"
    try:
        epochs = run(local.enrolment_of(folder, settings, network, keys))
    except MagliaError as error:
        return _problem(name, error)
    found = "; ".join(f"periodo {one.epoch}, in attesa: {one.awaiting}" for one in epochs)
    if len(epochs) > 1:
        found = f"cambio di chiavi in corso: {found}"
    stopped = next((one.waits for one in epochs if one.waits and one.awaiting), None)
    if stopped is None:
        return Check(name, Result.OK, found or "periodo delle chiavi non ancora noto")
    sentence = stopped.sentence("it")
    return Check(name, Result.WARNING, f"{found}. {sentence.message}", sentence.next_action)


def _log(folder: Path, backend: LogBackend, settings: Settings, network: NetworkFile, keys: Keys) -> Check:
    from maglia.core.checkpoint import NoteKey
    from maglia.core.errors import Code, MagliaError
    from maglia.core.log_archives import FOLDER
    from maglia.core.log_check import verify_log
    from node.log_guard import FORK_FILE, kept_note

    key = NoteKey(f"maglia/{network.network}/{settings.member}", keys.log.private.public_key())
    report = verify_log(backend, key, kept=kept_note(folder), archives=folder / FOLDER)
    if report.ok and not (folder / FORK_FILE).exists():
        return Check("Registro degli accessi", Result.OK, f"integro, voci: {report.size}")
    if report.bad_archive and report.holds:
        return _problem("Registro degli accessi", MagliaError(Code.LOG_ARCHIVE, file=report.bad_archive))
    at = "" if report.first_bad is None else f" alla voce {report.first_bad}"
    return Check("Registro degli accessi", Result.PROBLEM, f"alterato{at}", "Fermare il nodo e avvisare il revisore.")


def _log_keys(folder: Path, keys: Keys) -> Check:
    """Whether every month's key opens: without it nobody can be told who asked about them in that month."""
    from maglia.core.errors import MagliaError
    from node.store.monthly import MonthlyKeyFiles

    name = "Chiavi del registro"
    months = MonthlyKeyFiles(folder / "log-keys", keys.wrapping_key)
    try:
        months.check()
    except MagliaError as error:
        return Check(
            name, Result.PROBLEM, f"non si apre: {error.cause}", "Rimettere la cartella log-keys da una copia."
        )
    return Check(name, Result.OK, f"si aprono, mesi: {len(months.months())}")


def _registry(folder: Path, settings: Settings, network: NetworkFile, keys: Keys) -> Check:
    import time

    from maglia.core.errors import MagliaError
    from maglia.core.fields import state_in_words
    from node.network.registry import application_state

    try:
        found = run(application_state(network, settings.member, keys.identity, time.time()))
    except MagliaError as error:
        if error.code.value.startswith("network."):
            return _problem("Ufficio di accreditamento", error, f"maglia-node state --dir {folder}")
        said = error.sentence("it")
        return Check("Ufficio di accreditamento", Result.WARNING, f"risponde: {said.message}", said.next_action)
    return Check("Ufficio di accreditamento", Result.OK, f"risponde, ente: {state_in_words(found.state, 'it')}")


def _reach(folder: Path, settings: Settings, network: NetworkFile, keys: Keys) -> Check:
    """Where other bodies reach the node: at its own address, or through a relay, which must be there.

    A node that serves may have been given its relay at its start (`serve --via`): then its card says so.
    """
    from maglia.core.errors import Code, MagliaError
    from node import local
    from node.card import kept_card
    from node.via import reach_of

    name = "Per gli altri enti"
    try:
        reach = reach_of(folder, settings, network.network)
        endpoint, relay, problems = reach.endpoint, reach.relay_name, []
        if local.is_serving(folder):
            card = kept_card(folder, settings, network, keys)
            endpoint, relay = card.endpoint, card.relay
            problems = run(local.problems_of(folder, settings, network, keys))
    except MagliaError as error:
        return _problem(name, error)
    if Code.NETWORK_RELAY in problems:
        return _problem(name, MagliaError(Code.NETWORK_RELAY))
    return Check(name, Result.OK, f"tramite il relay «{relay}», {endpoint}" if relay else f"indirizzo {endpoint}")


def check_directory(folder: Path, network: NetworkFile) -> Check:
    """Say when the newest directory that this node saw expires, and whether the registry went back behind it."""
    import json
    from datetime import UTC, datetime

    name = "Elenco degli enti"
    try:
        signed = json.loads((folder / "trust" / "metadata" / "timestamp.json").read_bytes())["signed"]
        expires, seen = datetime.fromisoformat(str(signed["expires"])), int(signed["version"])
    except FileNotFoundError:
        return Check(name, Result.WARNING, "non ancora ricevuto", f"maglia-node serve --dir {folder}")
    except (OSError, ValueError, KeyError, TypeError):
        return Check(name, Result.PROBLEM, "non si legge", f"maglia-node serve --dir {folder}")
    offered = _offered_version(network)
    if offered is not None and offered < seen:
        found = f"il registro offre la versione {offered}, qui si è già vista la {seen}: il nodo la rifiuta"
        return Check(name, Result.PROBLEM, found, _TELL_THE_OFFICE)
    when = f"{expires.astimezone():%d/%m/%Y %H:%M}"
    if expires <= datetime.now(UTC):
        return Check(name, Result.PROBLEM, f"scaduto il {when}", f"maglia-node serve --dir {folder}")
    return Check(name, Result.OK, f"valido fino al {when}")


def _offered_version(network: NetworkFile) -> int | None:
    """Return the version of what the registry offers now; None when it does not answer, which is told elsewhere."""
    import json

    from maglia.core.errors import MagliaError
    from node.network.registry import offered_timestamp

    try:
        return int(json.loads(run(offered_timestamp(network)))["signed"]["version"])
    except (MagliaError, ValueError, KeyError, TypeError):
        return None


def _opa(settings: Settings) -> Check:
    from maglia.core.errors import MagliaError
    from maglia.policy.binary import find_opa

    name, install = "Motore delle regole", "python -m maglia.policy.binary --install"
    if settings.engine == "embedded":
        return Check(name, Result.OK, "quello interno, come da impostazione")
    if settings.opa_address:
        return Check(name, Result.OK, f"OPA indicato in {settings.opa_address}, non provato qui")
    try:
        binary = find_opa()
    except MagliaError as error:
        return _problem(name, error)
    if binary is not None:
        return Check(name, Result.OK, f"OPA in {binary}")
    result = Result.PROBLEM if settings.engine == "opa" else Result.WARNING
    return Check(name, result, "OPA non c'è", install)
