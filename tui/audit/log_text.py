"""What was read and what holds, in words an auditor can act on."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from textwrap import wrap

from maglia.core.identity import REGISTRY_ID
from maglia.core.translation import mark, tr
from tui.audit.archive import LogState
from tui.audit.pull import Progress
from tui.exits import Exit
from tui.text import code_sentence, command_lines, number, plain

PULL_SCHEMA = "maglia.audit.pull/1"
_WIDTH = 80
_OFFICE = mark("ufficio di accreditamento")
_WHY: dict[str, str] = {
    "log.fork": mark(
        "il registro non è più quello letto prima, o ne ha firmati due. Chiedere all'ente che cosa è cambiato"
        "{entries}, e non confrontarlo con altri finché non risponde."
    ),
    "log.broken": mark(
        "le voci consegnate non sono quelle che l'ente ha firmato{entries}. Chiedergli di eseguire «maglia log verify» "
        "e che cosa trova."
    ),
    "log.copy": mark(
        "la copia in questo archivio è alterata{entries}: non è colpa dell'ente, e «--whole» non la ripara. Mettere "
        "da parte la cartella dell'archivio (.audit, accanto al profilo) e ripetere «maglia audit pull»."
    ),
    "log.checkpoint": mark("la testata del registro non è firmata dall'ente. Chiedergli con quale chiave la firma."),
    "log.unwitnessed": mark(
        "il testimone non l'ha controfirmato nelle ultime ore. Chiedere all'ente se è collegato all'ufficio."
    ),
    "member.card": mark("l'ente non ha un indirizzo valido in questo momento. Chiedergli se il suo nodo è acceso."),
    "member.not_joined": mark(
        "l'ente è ammesso, ma il suo nodo non è ancora partito: non ha un registro da leggere. Se l'ente dice di "
        "essere attivo, chiedere all'ufficio perché la sua scheda non c'è."
    ),
    "network.unreachable": mark(
        "non risponde. Ripetere «maglia audit pull» quando il nodo è acceso: riprende da dove era."
    ),
    "network.deadline": mark("ha smesso di rispondere. Ripetere «maglia audit pull»: riprende da dove era."),
}
_ON_SCREEN: dict[str, str] = {
    "network.unreachable": mark("non risponde. F2 quando il nodo è acceso: riprende da dove era."),
    "network.deadline": mark("ha smesso di rispondere. F2 riprende da dove era."),
    "log.interrupted": mark("la lettura si è interrotta: non è mai stato letto per intero. F2 riprende da dove era."),
}
"""Where a key of the screen does what the command does."""
_NAMED = 6
"""Names of bodies in one sentence; all of them stand in the table."""
_BETWEEN = mark(", dalla voce {first} alla {last}")
_FROM = mark(", dalla voce {first}")


def why(code: str, entries: Sequence[int], lang: str, *, on_screen: bool = False) -> str:
    """Return why a log is left out and what to ask: one or two sentences."""
    if on_screen and code in _ON_SCREEN:
        return tr(_ON_SCREEN[code], lang)
    if code not in _WHY:
        return code_sentence(code, lang)
    place = ""
    if entries:
        words = _BETWEEN if entries[0] < entries[-1] else _FROM
        place = tr(words, lang).format(first=number(entries[0], lang), last=number(entries[-1], lang))
    return tr(_WHY[code], lang).format(entries=place)


def name_of(member: str, lang: str) -> str:
    """Return whose log it is, in words."""
    return tr(_OFFICE, lang) if member == REGISTRY_ID else plain(member)


def names_of(members: Collection[str], lang: str) -> str:
    """Return whose logs are meant, the first few by name."""
    names = [name_of(member, lang) for member in members]
    more = tr(" e altri {more}", lang).format(more=number(len(names) - _NAMED, lang)) if len(names) > _NAMED else ""
    return ", ".join(names[:_NAMED]) + more


def partial_reading(logs: Sequence[LogState], lang: str) -> str:
    """Return that not every log was read, and whose was not; "" where every one was."""
    unread = [log.member for log in logs if log.problem]
    return tr("Lettura PARZIALE: senza {names}.", lang).format(names=names_of(unread, lang)) if unread else ""


def progress_line(progress: Progress, lang: str) -> str:
    """Return how far a pull is, on one line."""
    done, logs = progress.done, progress.logs
    # Logs grow while they are read, also by the entry of this very reading.
    read, wanted = number(progress.read, lang), number(max(progress.read, progress.wanted), lang)
    left = int(progress.left_s)
    return tr("Letture {done} su {logs}; voci {read} su {wanted}; circa {left} s ancora", lang).format(
        done=done, logs=logs, read=read, wanted=wanted, left=left
    )


def pull_exit(logs: Sequence[LogState]) -> Exit:
    """Return 3 when nothing at all could be reached, 11 when some log could not be read or does not hold, else 0."""
    problems = [log.problem for log in logs if log.problem]
    if problems and len(problems) == len(logs) and all(code.startswith("network.") for code in problems):
        return Exit.NETWORK
    return Exit.PARTIAL if problems else Exit.DONE


def pull_document(logs: Sequence[LogState]) -> dict[str, object]:
    """Return what was read, for programs."""
    bodies = [log for log in logs if log.member != REGISTRY_ID]
    return {
        "schema": PULL_SCHEMA,
        "members_read": sum(not log.problem for log in bodies),
        "members_total": len(bodies),
        "registry_read": any(not log.problem for log in logs if log.member == REGISTRY_ID),
        "logs": [
            {
                "member": log.member,
                "entries": log.size,
                "first": log.first,
                "code": log.problem,
                "at_entry": log.at_entry,
            }
            for log in logs
        ],
    }


def pull_lines(logs: Sequence[LogState], lang: str, following: str) -> list[str]:
    """Return what was read, for people; every log that was not is named. `following` is the command to go on with."""
    unread = [log for log in logs if log.problem]
    archived = [f"{name_of(log.member, lang)}: {hashes_only(log.first, lang)}" for log in logs if log.first]
    lines = [line for log in unread for line in _unread_lines(log.member, log.problem, _entries(log.at_entry), lang)]
    if unread:
        lines += wrap(f"?? {partial_reading(logs, lang)}", _WIDTH, subsequent_indent="   ")
    if pull_exit(logs) is not Exit.NETWORK:
        lines += command_lines(tr("Poi", lang), following)
    return [read_line(logs, lang), *archived, *lines]


def read_line(logs: Sequence[LogState], lang: str) -> str:
    """Return how many logs were read, and what is in the archive of them."""
    read = [log for log in logs if not log.problem]
    entries = number(sum(log.size for log in read), lang)
    return tr("Registri letti: {read} su {count}, {entries} voci in archivio.", lang).format(
        read=len(read), count=len(logs), entries=entries
    )


def hashes_only(entries: int, lang: str) -> str:
    """Return how many entries of a log nobody here can read, because the body had archived them before."""
    return tr("{entries} voci solo come impronte (archiviate dall'ente)", lang).format(entries=number(entries, lang))


def _entries(at_entry: int | None) -> Sequence[int]:
    return () if at_entry is None else (at_entry,)


def _unread_lines(member: str, code: str, entries: Sequence[int], lang: str) -> list[str]:
    said = f"!! {name_of(member, lang)}: {why(code, entries, lang)}"
    return wrap(said, _WIDTH, subsequent_indent="   ")
