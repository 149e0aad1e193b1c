"""Findings: words in two languages, lines of 80 characters, levels, and commands that are there."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from string import Formatter

import pytest
from typer.testing import CliRunner

from maglia.core.errors import Code, MagliaError
from maglia.core.findings.lines import finding_lines, repair_lines
from maglia.core.findings.model import Finding, Level, Subject, Told, failed, is_well, problem, told
from maglia.core.findings.words import LEVELS, SENTENCES, SILENCES, SUBJECTS, span_in_words, told_in_words
from maglia.core.translation import tr
from maglia.core.vocabulary import Silence
from maglia.wire.findings import finding_message, read_finding
from node.__main__ import app as node_app
from node.domain.presence import Presence
from node.findings import card, clock, consoles, directory, enrolment, log, office, presence, reached, room, rules
from node.findings.remedies import Remedies, left_to, needs_machine, remedies_for
from node.status import Enrolling
from registry.__main__ import app as registry_app
from tui.__main__ import app as tui_app

PROGRAMS = {"maglia": tui_app, "maglia-node": node_app, "maglia-registry": registry_app}
SYSTEM = {"df", "ss", "nano", "sudo", "timedatectl", "read", "export", "python"}
"""What every system that runs a node has, or the shell itself; the minimal machine of a test may lack some."""
HERE = Remedies(Path("nodo"))
HOSTED = Remedies(Path("nodo"), "mensa-est", Path("/srv/ospite"))
DAY_S = 86_400
MB = 1024 * 1024


def names_in(text: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(text) if name}


def test_every_part_level_and_silence_has_words_in_both_languages() -> None:
    assert (set(SUBJECTS), set(LEVELS), set(SILENCES)) == (set(Subject), set(Level), set(Silence))
    assert all(len(tr(words, lang)) < 20 for words in SUBJECTS.values() for lang in ("it", "en"))
    for key, italian in SENTENCES.items():
        english = tr(italian, "en")
        assert names_in(italian) == names_in(english), key
        assert italian != english or not re.search("[a-z]", re.sub(r"\{.*?\}", "", italian)), key
        assert key.partition(".")[0] in set(Subject)
        assert "{" not in told_in_words(Told(key), "it") + told_in_words(Told(key), "en")


def test_no_sentence_is_kept_that_nobody_says() -> None:
    said = "".join(path.read_text() for path in (Path(__file__).parents[2] / "node").rglob("*.py"))
    assert [key for key in SENTENCES if f'"{key}"' not in said] == []


@pytest.mark.parametrize(
    ("seconds", "italian", "english"),
    [
        (5, "5 s", "5 s"),
        (252, "4 min 12 s", "4 min 12 s"),
        (9 * 3600 + 5, "9 ore", "9 hours"),
        (30 * DAY_S, "30 giorni", "30 days"),
    ],
)
def test_a_length_of_time_reads_as_people_say_it(seconds: float, italian: str, english: str) -> None:
    assert (span_in_words(seconds, "it"), span_in_words(seconds, "en")) == (italian, english)


def test_the_lines_are_those_of_the_screen() -> None:
    found = [
        rules.rules_in_force("41", "opa"),
        card.card_found(9 * 3600 + 5, 0, 90 * DAY_S, 60 * DAY_S, HERE, serving=False),
        clock.clock_found(252.4),
        reached.reached_found(12, [("Croce [/bad] \x1b[31mVerde", Silence.UNREACHABLE)]),
    ]
    assert finding_lines(found, "it") == [
        "OK       Regole              versione 41, firma valida",
        "                             motore «opa»",
        "AVVISO   Certificato         scade tra 9 ore: si rinnova da sé quando il nodo è",
        "                             in funzione",
        "         -> maglia-node serve --dir nodo",
        "PROBLEMA Ora del computer    avanti di 4 min 12 s",
        "         -> sudo timedatectl set-ntp true",
        "AVVISO   Prova di rete       11 su 12 raggiunti, muti: 1",
        "                             Croce [/bad] [31mVerde: non risponde",
        "         -> maglia status network",
    ]
    assert finding_lines(found, "en")[5:7] == [
        "PROBLEM  Computer clock      ahead by 4 min 12 s",
        "         -> sudo timedatectl set-ntp true",
    ]
    assert not is_well(found)


def test_a_long_command_is_told_in_lines_that_a_shell_joins() -> None:
    folder = Path("/srv") / "una cartella con un nome lungo" / ("x" * 40) / "nodo"
    lines = repair_lines(problem(Subject.LOG, Remedies(folder).log(), "log.altered"), "it", 71)
    assert len(lines) > 1
    joined = "".join(line.removesuffix("\\") for line in lines).removeprefix("-> ")
    assert shlex.split(joined) == ["maglia-node", "log", "verify", "--dir", str(folder)]
    assert all(line.endswith("\\") for line in lines[:-1])


def bad_findings(remedies: Remedies) -> Iterator[Finding]:
    """Yield every finding that asks for something to be done, as each part may give it."""
    for code in Code:
        yield failed(Subject.SERVICE, MagliaError(code, member="x"), remedies.of_error(MagliaError(code)))
    missing = MagliaError(Code.STORAGE_MISSING, path="node.toml", command="maglia-node init")
    yield failed(Subject.KEYS, missing, remedies.of_error(missing))
    for free in (0, MB, 100 * MB):
        yield room.room_found(free, 32 * MB, 32 * MB, remedies)
    for serving in (True, False):
        for left in (-5, 3600, 10 * DAY_S):
            yield card.card_found(left, 0, 90 * DAY_S, 60 * DAY_S, remedies, serving=serving)
        yield directory.directory_found(3, 5, 9, None, remedies, serving=serving)
    yield card.no_card(MagliaError(Code.MEMBER_NOT_JOINED), remedies)
    yield from map(clock.clock_found, (31.0, -31.0, 121.0, -9e9, None))
    yield reached.reached_found(30, [(f"Ente {number}", Silence.DEADLINE) for number in range(30)])
    yield rules.engine_here(None, needed=True)
    yield rules.engine_here(None, needed=False)
    yield rules.rules_edited([Path("trust/policies")], remedies) or rules.engine_embedded()
    yield log.log_cosigned(3, float("-inf"), remedies)
    yield log.log_keys_found(2, ["2026-10.key"], ["2026-11.key"], remedies)
    yield log.log_keys_found(2, [], ["2026-11.key"], remedies)
    yield office.office_heard(5, remedies, is_away=True)
    yield office.office_failed(MagliaError(Code.NETWORK_OFFICE), remedies)
    yield directory.directory_found(3, 9, 5, 2, remedies, serving=False)
    yield directory.no_directory(remedies, joined=False)
    yield directory.directory_unread(remedies)
    yield presence.presence_found(Presence(3, 21, 16, None), 14, remedies)
    yield consoles.consoles_found(["anna", "ivo"], remedies)
    spent = MagliaError(Code.BUDGET_MEMBER, limit=5_000)
    yield enrolment.enrolment_found([Enrolling(1, 3, spent)], remedies)


@pytest.mark.parametrize("remedies", [HERE, HOSTED], ids=["own machine", "hosted"])
def test_what_is_not_well_ends_with_a_command_that_is_there(remedies: Remedies) -> None:
    commands = set()
    for found in bad_findings(remedies):
        if found.level is not Level.OK:
            assert found.repair, found
            commands.add(found.repair)
    assert len(commands) > 8
    for command in sorted(commands):
        for part in re.split(r" && |; ", command):
            assert is_there(part), part


def is_there(command: str) -> bool:
    """Return whether a command's program is one of a system, or its words are those of one of ours."""
    program, *words = shlex.split(command)
    if program not in PROGRAMS:
        return program in SYSTEM or shutil.which(program) is not None
    options = {word for word in words if word.startswith("--")}
    if words[:2] == ["host", "run"]:
        words = words[5:] if "--dir" in words[:3] else words[3:]  # the body's own command is what counts
        options = {word for word in words if word.startswith("--")} | {"--dir"}
    names = [word for word in words[:2] if re.fullmatch("[a-z]+", word)]
    for count in (2, 1):
        ran = CliRunner().invoke(PROGRAMS[program], [*names[:count], "--help"])
        if ran.exit_code == 0:
            return all(option in ran.output for option in options)
    return False


def test_a_clock_is_noticed_and_then_wrong() -> None:
    levels = [clock.clock_found(off).level for off in (29.0, -29.0, 30.0, -119.0, 120.0, -121.0, None)]
    warned = Level.WARNING
    assert levels == [Level.OK, Level.OK, warned, warned, Level.PROBLEM, Level.PROBLEM, warned]
    assert clock.clock_found(None, 3600).repair == clock.clock_found(500).repair
    assert clock.clock_found(1.0, 3600).level is Level.OK


def test_a_card_is_due_late_and_ended() -> None:
    def level(left_days: float, *, serving: bool = True) -> Level:
        found = card.card_found(left_days * DAY_S, 0, 90 * DAY_S, 60 * DAY_S, HERE, serving=serving)
        return found.level

    assert [level(left) for left in (80, 20, 14, 0, -1)] == [
        *(Level.OK, Level.OK, Level.WARNING),
        *(Level.PROBLEM, Level.PROBLEM),
    ]
    assert (level(31, serving=False), level(29, serving=False)) == (Level.OK, Level.WARNING)


def test_commands_of_the_nodes_machine_are_an_administrators() -> None:
    found = [clock.clock_found(500), reached.reached_found(2, [("Ente", Silence.VERSION)])]
    assert left_to(found, administers=True) == found
    shell, console = left_to(found, administers=False)
    assert (shell.repair, shell.for_manager, console) == ("", True, found[1])
    assert "avvisare il responsabile" in "\n".join(finding_lines([shell], "it"))
    assert "tell the manager" in "\n".join(finding_lines([shell], "en"))
    assert needs_machine(found[0].repair)
    assert not needs_machine("")


def test_a_hosted_body_has_its_commands_behind_its_host(tmp_path: Path) -> None:
    folder = tmp_path / "bodies" / "mensa-est" / "node"
    folder.mkdir(parents=True)
    assert remedies_for(folder).start() == f"maglia-node serve --dir {folder}"
    (tmp_path / "host.json").touch()
    hosted = remedies_for(folder)
    assert hosted.start() == f"maglia-node host start --dir {tmp_path} mensa-est"
    assert hosted.log() == f"maglia-node host run --dir {tmp_path} mensa-est log verify"


def test_findings_travel_and_those_of_a_later_version_are_shown_as_they_are() -> None:
    found = reached.reached_found(2, [("Ente", Silence.VERSION)])
    assert read_finding(finding_message(found)) == found
    message = finding_message(found)
    message.subject, message.level, message.told.what = "moon", "grave", "moon.full\x1b[2J"
    read = read_finding(message)
    assert (read.subject, read.level) == (Subject.SERVICE, Level.WARNING)
    assert told_in_words(read.told, "it") == "moon.full [2J"
    assert told_in_words(told("network.silent", name="x", silence="asleep"), "it") == "x: asleep"
    assert told_in_words(told("card.valid", until_ms="9" * 30), "it").startswith("valido fino al 999")
