"""What was read and what holds, in words an auditor can act on: Italian first, English second."""

from __future__ import annotations

from collections.abc import Sequence
from textwrap import wrap

from maglia.core.identity import REGISTRY_ID
from tui.audit.archive import LogState
from tui.audit.pull import Progress
from tui.budget_text import number
from tui.exits import Exit
from tui.labels import pick
from tui.text import code_sentence, command_lines, plain

PULL_SCHEMA = "maglia.audit.pull/1"
_WIDTH = 80
_OFFICE = ("ufficio di accreditamento", "accreditation office")
_WHY: dict[str, tuple[str, str]] = {
    "log.fork": (
        "il registro non è più quello letto prima, o ne ha firmati due. Chiedere all'ente che cosa è cambiato"
        "{entries}, e non confrontarlo con altri finché non risponde.",
        "the log is not the one that was read before, or two were signed. Ask the body what changed{entries}, and "
        "compare it with no other until it answers.",
    ),
    "log.broken": (
        "le voci consegnate non sono quelle che l'ente ha firmato{entries}. Chiedergli di eseguire «maglia log verify» "
        "e che cosa trova.",
        "the entries handed out are not those that the body signed{entries}. Ask it to run “maglia log verify” and "
        "what that finds.",
    ),
    "log.copy": (
        "la copia in questo archivio è alterata{entries}: non è colpa dell'ente, e «--whole» non la ripara. Mettere "
        "da parte la cartella dell'archivio (.audit, accanto al profilo) e ripetere «maglia audit pull».",
        "the copy in this archive is altered{entries}: that is not the body's doing, and “--whole” does not mend it. "
        "Put the archive's folder (.audit, beside the profile) aside and run “maglia audit pull” again.",
    ),
    "log.checkpoint": (
        "la testata del registro non è firmata dall'ente. Chiedergli con quale chiave la firma.",
        "the head of the log is not signed by the body. Ask it which key signs it.",
    ),
    "log.unwitnessed": (
        "il testimone non l'ha controfirmato nelle ultime ore. Chiedere all'ente se è collegato all'ufficio.",
        "the witness has not cosigned it in the last hours. Ask the body whether it reaches the office.",
    ),
    "member.card": (
        "l'ente non ha un indirizzo valido in questo momento. Chiedergli se il suo nodo è acceso.",
        "the body has no valid address now. Ask it whether its node is running.",
    ),
    "network.unreachable": (
        "non risponde. Ripetere «maglia audit pull» quando il nodo è acceso: riprende da dove era.",
        "it does not answer. Run “maglia audit pull” again when the node is up: it goes on from where it was.",
    ),
    "network.deadline": (
        "ha smesso di rispondere. Ripetere «maglia audit pull»: riprende da dove era.",
        "it stopped answering. Run “maglia audit pull” again: it goes on from where it was.",
    ),
}
PARTIAL = ("Lettura PARZIALE.", "The reading is PARTIAL.")
_BETWEEN = (", dalla voce {first} alla {last}", ", from entry {first} to {last}")
_FROM = (", dalla voce {first}", ", from entry {first} on")


def why(code: str, entries: Sequence[int], lang: str) -> str:
    """Return why a log is left out and what to ask: one or two sentences."""
    if code not in _WHY:
        return code_sentence(code, lang)
    place = ""
    if entries:
        words = _BETWEEN if entries[0] < entries[-1] else _FROM
        place = pick(words, lang).format(first=number(entries[0], lang), last=number(entries[-1], lang))
    return pick(_WHY[code], lang).format(entries=place)


def name_of(member: str, lang: str) -> str:
    """Return whose log it is, in words."""
    return pick(_OFFICE, lang) if member == REGISTRY_ID else plain(member)


def progress_line(progress: Progress, lang: str) -> str:
    """Return how far a pull is, on one line."""
    done, logs = progress.done, progress.logs
    # Logs grow while they are read, also by the entry of this very reading.
    read, wanted = number(progress.read, lang), number(max(progress.read, progress.wanted), lang)
    left = int(progress.left_s)
    if lang == "en":
        return f"Readings {done} of {logs}; entries {read} of {wanted}; about {left} s left"
    return f"Letture {done} su {logs}; voci {read} su {wanted}; circa {left} s ancora"


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
        lines.append(f"?? {pick(PARTIAL, lang)}")
    if pull_exit(logs) is not Exit.NETWORK:
        lines += command_lines("Then" if lang == "en" else "Poi", following)
    return [read_line(logs, lang), *archived, *lines]


def read_line(logs: Sequence[LogState], lang: str) -> str:
    """Return how many logs were read, and what is in the archive of them."""
    read = [log for log in logs if not log.problem]
    entries = number(sum(log.size for log in read), lang)
    if lang == "en":
        return f"Logs read: {len(read)} of {len(logs)}, {entries} entries in the archive."
    return f"Registri letti: {len(read)} su {len(logs)}, {entries} voci in archivio."


def hashes_only(entries: int, lang: str) -> str:
    """Return how many entries of a log nobody here can read, because the body had archived them before."""
    if lang == "en":
        return f"{number(entries, lang)} entries as hashes only (archived by the body)"
    return f"{number(entries, lang)} voci solo come impronte (archiviate dall'ente)"


def _entries(at_entry: int | None) -> Sequence[int]:
    return () if at_entry is None else (at_entry,)


def _unread_lines(member: str, code: str, entries: Sequence[int], lang: str) -> list[str]:
    said = f"!! {name_of(member, lang)}: {why(code, entries, lang)}"
    return wrap(said, _WIDTH, subsequent_indent="   ")
