"""What reconciliation says of logs that are partly unread, archived, from before, or late; and in which words."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import pytest

from maglia.core.entry import AWAITING, Entry, EntryKind
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import REGISTRY_ID
from maglia.core.merkle import leaf_hash
from maglia.core.vocabulary import EndState
from tests.support.log_world import READ_MS, Body, LogWorld, Script, archived, reconciled
from tui.audit.archive import Archive, LogState
from tui.audit.findings import About, Finding, FindingType, Place, Report, Unread
from tui.audit.findings_text import document, lines
from tui.audit.findings_words import ASK, ASK_BOTH, TYPES
from tui.audit.reconcile import reconcile
from tui.audit.thresholds import DEFAULT, Rate, load_thresholds

TERM_MS = 24 * 31 * 86_400_000
SOON = replace(load_thresholds(), late=Rate(0.3, 2), undelivered=Rate(0.3, 2), unused=Rate(0.5, 2))


@pytest.fixture
def world() -> LogWorld:
    return LogWorld(["emporio", "mensa", "parrocchia"], Script(b""))


def _types(report: Report) -> list[tuple[FindingType, tuple[str, ...]]]:
    return [(finding.about.type, finding.about.members) for finding in report.findings]


def _reconciled(
    world: LogWorld,
    *states: LogState,
    archive_first: dict[str, int] | None = None,
    after_ms: int = 0,
    members: list[str] | None = None,
) -> Report:
    """Reconcile with other states of some logs, or with logs whose first entries the body had archived."""
    logs, cut = world.logs(), archive_first or {}
    whole = {member: leaves for member, leaves in logs.items() if member not in cut}
    with archived({member: len(leaves) for member, leaves in logs.items()}, whole) as archive:
        for member, first in cut.items():
            _add_archived(archive, member, logs[member], first, after_ms)
        for state in states:
            archive.save_state(state)
        network = world.network if members is None else replace(world.network, members=members)
        return reconcile(archive, network, SOON)


def _add_archived(archive: Archive, member: str, leaves: list[bytes], first: int, after_ms: int) -> None:
    archive.add_hashes(member, 0, b"".join(leaf_hash(leaf) for leaf in leaves[:first]))
    archive.add(member, first, leaves[first:])
    archive.save_state(LogState(member, first_pass=len(leaves), second_pass=len(leaves), read_ms=READ_MS + after_ms))


def _hide_answer(world: LogWorld, asker: Body, answerer: Body) -> None:
    question = world.exchange(asker, answerer)
    del answerer.leaves[answerer.first(EntryKind.ANSWERED, question.question_id)]


def test_a_log_that_was_not_read_accuses_nobody_and_is_named(world: LogWorld) -> None:
    emporio, mensa, _ = world.bodies
    _hide_answer(world, emporio, mensa)
    report = _reconciled(world, LogState("mensa", problem=Code.NETWORK_UNREACHABLE.value))
    assert (report.findings, report.members_read, report.members_total) == ([], 2, 3)
    assert report.unread == [Unread("mensa", "network.unreachable")]
    assert not report.is_whole


def test_a_network_of_which_nothing_was_read_is_not_clean(world: LogWorld, tmp_path: Path) -> None:
    report = reconcile(Archive.open(tmp_path), world.network, SOON)
    assert (report.members_read, report.members_total, report.is_whole) == (0, 3, False)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        (Code.LOG_BROKEN, FindingType.BROKEN),
        (Code.LOG_CHECKPOINT, FindingType.BROKEN),
        (Code.LOG_FORK, FindingType.FORK),
        (Code.LOG_REWRITTEN, FindingType.FORK),
    ],
)
def test_a_log_that_does_not_hold_is_a_finding_and_left_out(world: LogWorld, code: Code, kind: FindingType) -> None:
    emporio, mensa, _ = world.bodies
    _hide_answer(world, emporio, mensa)
    report = _reconciled(world, LogState("mensa", problem=code.value, at_entry=7))
    [finding] = report.findings
    assert (finding.about.type, finding.about.members, finding.places) == (kind, ("mensa",), [Place("mensa", 7)])
    assert report.members_read == 2


def test_without_the_registry_bodies_are_compared_and_the_report_is_partial(world: LogWorld) -> None:
    emporio, mensa, _ = world.bodies
    _hide_answer(world, emporio, mensa)
    report = _reconciled(world, LogState(REGISTRY_ID, problem=Code.NETWORK_UNREACHABLE.value))
    assert _types(report) == [(FindingType.MISSING, ("mensa",))]
    assert (report.members_read, report.registry_read, report.is_whole) == (3, False, False)


def _request(world: LogWorld, asker: Body, told: Body, *, is_logged: bool = True, asked_hash: bytes = b"") -> None:
    """Log on both sides that a body asked another who looked a person up."""
    entry = Entry(EntryKind.ACCESS_REPORT, time_ms=1, question_id=world.fresh(16), question_hash=world.fresh(32))
    if is_logged:
        said = asked_hash or entry.question_hash
        asker.log(replace(entry, peer=told.name, outcome="asked", question_hash=said))
    told.log(replace(entry, peer=asker.name, outcome="answered"))


def test_a_request_for_a_person_that_its_asker_does_not_tell_is_asked_of_both(world: LogWorld) -> None:
    emporio, mensa, _ = world.bodies
    _request(world, emporio, mensa)
    assert _types(_reconciled(world)) == []
    _request(world, emporio, mensa, is_logged=False)
    report = _reconciled(world)
    assert _types(report) == [(FindingType.MISSING, ("emporio", "mensa"))]
    assert report.findings[0].places == [Place("mensa", 1)]
    assert "chi l'ha cercata" in document(report, "it")["findings"][0]["ask"]
    assert _types(_reconciled(world, LogState("emporio", problem=Code.NETWORK_UNREACHABLE.value))) == []


def test_a_request_for_a_person_of_which_the_sides_tell_different_things_is_found(world: LogWorld) -> None:
    emporio, mensa, _ = world.bodies
    _request(world, emporio, mensa, asked_hash=bytes(32))
    assert _types(_reconciled(world)) == [(FindingType.CONTENT, ("emporio", "mensa"))]


def test_counterparts_of_archived_entries_are_not_missed(world: LogWorld) -> None:
    emporio, mensa, _ = world.bodies
    for _ in range(3):
        world.exchange(emporio, mensa)
    for archived_first in ({"mensa": 2}, {"emporio": 3}):
        assert _types(_reconciled(world, archive_first=archived_first, after_ms=TERM_MS)) == []


def test_what_was_archived_before_its_term_is_asked_for(world: LogWorld) -> None:
    emporio, mensa, _ = world.bodies
    for _ in range(3):
        world.exchange(emporio, mensa)
    for cut, details in (({"mensa": 2}, {"archived"}), ({"emporio": 3}, {"archived"})):
        report = _reconciled(world, archive_first=cut)
        assert {one.about.members for one in report.findings} == {tuple(cut)}
        assert {one.about.detail for one in report.findings} == details


def test_a_log_that_says_it_begins_in_another_age_is_not_believed(world: LogWorld) -> None:
    emporio, mensa, _ = world.bodies
    world.exchange(emporio, mensa)
    mensa.log(Entry(EntryKind.RECORDED, (1 << 62) + 1, outcome="person"))
    assert _types(_reconciled(world, archive_first={"mensa": 1})) == [(FindingType.MISSING, ("mensa",))]


def test_a_log_whose_reading_was_interrupted_is_not_read(world: LogWorld) -> None:
    emporio, mensa, _ = world.bodies
    _hide_answer(world, emporio, mensa)
    report = _reconciled(world, LogState("mensa", first_pass=0, second_pass=0))
    assert (report.findings, report.members_read, report.is_whole) == ([], 2, False)
    assert report.unread == [Unread("mensa", "log.interrupted")]
    assert "ripetere «maglia audit pull»" in " ".join(lines(report, "it")).lower()


@pytest.mark.parametrize("problem", ["network.unreachable", "member.card", ""])
def test_who_goes_offline_or_leaves_takes_no_finding_away(world: LogWorld, problem: str) -> None:
    emporio, mensa, _ = world.bodies
    _hide_answer(world, emporio, mensa)
    size = len(mensa.leaves)
    state = LogState("mensa", first_pass=size, second_pass=size, read_ms=READ_MS, problem=problem)
    members = [body.name for body in world.bodies if problem or body is not mensa]
    report = _reconciled(world, state, members=members)
    assert _types(report) == [(FindingType.MISSING, ("mensa",))]
    assert report.unread == [Unread("mensa", problem or "log.former")]
    assert (report.members_read, report.is_whole) == (2, not problem)


def test_what_came_after_the_last_reading_of_a_log_is_not_missed_there(world: LogWorld) -> None:
    emporio, mensa, _ = world.bodies
    world.evaluate(mensa, "check", 1)
    _hide_answer(world, emporio, mensa)
    size = len(mensa.leaves)
    before = emporio.entries()[0].time_ms
    unreachable = LogState("mensa", "", size, 0, b"", b"", b"", size, size, before, "network.unreachable")
    assert _reconciled(world, unreachable).findings == []


def _ask_twice_under_one_id(world: LogWorld) -> None:
    """Have emporio sign a second question under the id of a first, and log only the first."""
    emporio, mensa, _ = world.bodies
    question = world.exchange(emporio, mensa)
    other = replace(question, hash=world.fresh(32), entry=world.fresh(32))
    world.answer(other, EntryKind.ANSWERED)


def test_whoever_signs_two_questions_under_one_id_explains_both_answers(world: LogWorld) -> None:
    _ask_twice_under_one_id(world)
    told = {(FindingType.MISSING, ("emporio",)), (FindingType.REPEATED, ("emporio",))}
    assert set(_types(_reconciled(world))) == told
    mensa = world.bodies[1]
    mensa.rewrite(-1, evidence=b"")
    assert _types(_reconciled(world)) == [(FindingType.REPEATED, ("mensa",))]


def test_an_enrolment_that_names_no_evaluation_is_told_once_logs_name_them(world: LogWorld) -> None:
    emporio = world.bodies[0]
    world.log_enrolment(emporio, b"")
    emporio.log(Entry(EntryKind.RECORDED, world.time_ms(emporio), outcome="person", code=AWAITING, count=1, epoch=1))
    assert _types(_reconciled(world)) == []
    world.log_enrolment(emporio, b"")
    [finding] = _reconciled(world).findings
    assert (finding.about.type, finding.about.detail) == (FindingType.ENROLMENT, "unevaluated")
    assert (finding.count, finding.places) == (1, [Place("emporio", 2)])


def test_one_question_does_not_explain_many_codes(world: LogWorld) -> None:
    _evaluated(world, "V-1", EntryKind.ASKED)
    for _ in range(2):
        _evaluated(world, "V-1")
    [finding] = _reconciled(world).findings
    assert (finding.about.detail, finding.figures) == ("unused", {"cases": 2, "of": 3})


def test_the_questions_of_a_call_for_applicants_explain_their_sum(world: LogWorld) -> None:
    emporio = world.bodies[0]
    for _ in range(4):
        _evaluated(world, "B-1")
    for peer, count in (("mensa", 2), ("mensa", 1), ("ponte", 3)):
        time_ms = world.time_ms(emporio)
        emporio.log(Entry(EntryKind.ASKED, time_ms, peer, check_id="B-1", procedure="bando-1", count=count))
    for _ in range(3):
        _evaluated(world, "B-2")
    time_ms = world.time_ms(emporio)
    emporio.log(Entry(EntryKind.REFUSED, time_ms, check_id="B-2", procedure="bando-1", count=3))
    assert _types(_reconciled(world)) == []
    for _ in range(6):
        _evaluated(world, "B-1")
    [finding] = _reconciled(world).findings
    assert (finding.about.detail, finding.figures) == ("unused", {"cases": 7, "of": 13})


def test_end_states_from_before_receipts_were_kept_are_no_findings(world: LogWorld) -> None:
    emporio, mensa, _ = world.bodies
    for keeps in (False, True):
        emporio.keeps_evidence = mensa.keeps_evidence = keeps
        world.exchange(emporio, mensa)
    assert reconciled(world).findings == []


def _end_all(world: LogWorld, outcomes: Iterable[EndState]) -> None:
    emporio, mensa, _ = world.bodies
    for outcome in outcomes:
        question = world.exchange(emporio, mensa)
        at = emporio.first(EntryKind.END_STATE, question.question_id)
        silent = {"answer_hash": b"", "peer_entry": b"", "evidence": b""} if outcome is EndState.SILENT else {}
        emporio.rewrite(at, outcome=outcome.value, **silent)


@pytest.mark.parametrize(
    ("outcome", "told"),
    [
        (EndState.LATE, (FindingType.LATE, ("mensa",))),
        (EndState.SILENT, (FindingType.UNDELIVERED, ("emporio",))),
    ],
)
def test_only_what_happens_often_is_told(world: LogWorld, outcome: EndState, told: object) -> None:
    _end_all(world, [outcome, *[EndState.ANSWERED] * 4])
    assert _types(_reconciled(world)) == []
    _end_all(world, [outcome])
    report = _reconciled(world)
    assert _types(report) == [told]
    assert (report.findings[0].figures, report.findings[0].count) == ({"cases": 2, "of": 6}, 2)


def _evaluated(world: LogWorld, check_id: str, came_of_it: EntryKind | None = None, use: str = "check") -> None:
    emporio = world.bodies[0]
    emporio.log(
        Entry(
            EntryKind.EVALUATION,
            world.time_ms(emporio),
            evaluation=world.fresh(16),
            outcome=use,
            count=1,
            check_id=check_id,
        )
    )
    if came_of_it is not None:
        emporio.log(Entry(came_of_it, world.time_ms(emporio), check_id=check_id))


def test_codes_evaluated_for_nothing_are_told_when_they_are_many(world: LogWorld) -> None:
    for number, kind in enumerate([EntryKind.ASKED, EntryKind.REFUSED, None, None]):
        _evaluated(world, f"V-{number}", kind)
    for use in ("check", "enrolment"):  # of no check: a batch's, an enrolment's
        _evaluated(world, "", use=use)
    assert _types(_reconciled(world)) == []
    _evaluated(world, "V-9")
    report = _reconciled(world)
    assert [(one.about.detail, one.figures) for one in report.findings] == [("unused", {"cases": 3, "of": 5})]


def test_what_rotation_pays_for_is_within_the_limit_and_more_is_not(world: LogWorld) -> None:
    emporio = world.bodies[0]
    for epoch in (1, 2):
        for _ in range(2):
            name = world.evaluate(emporio, "enrolment", 2_500, epoch)
            world.registry.append(_granted(name.hex(), epoch, 2_500))
    assert _types(_reconciled(world)) == []
    name = world.evaluate(emporio, "enrolment", 1, 2)
    world.registry.append(_granted(name.hex(), 2, 1))
    assert _types(_reconciled(world)) == [(FindingType.BUDGET, ("emporio",))]


def _granted(name: str, epoch: int, elements: int) -> bytes:
    said = {"member": "emporio", "class": "person", "use": "enrolment", "procedure": "", "evaluation": name}
    return json.dumps(
        {"schema": "maglia.evaluation/1", "at": 1.8e9, "epoch": epoch, "elements": elements, **said}
    ).encode()


def test_an_evaluation_under_another_procedure_than_logged_is_told(world: LogWorld) -> None:
    emporio = world.bodies[0]
    name = world.evaluate(emporio, "check", 60)
    said = json.loads(_granted(name.hex(), 1, 60)) | {"use": "check", "procedure": "affitto"}
    world.registry.append(json.dumps(said).encode())
    report = _reconciled(world)
    assert [(one.about.members, one.about.detail) for one in report.findings] == [(("emporio",), "procedure")]


def test_a_procedures_cap_is_for_its_whole_life(world: LogWorld) -> None:
    emporio = world.bodies[0]
    for day in (1, 2):
        name = world.evaluate(emporio, "check", 60)
        emporio.rewrite(-1, procedure="affitto")
        said = json.loads(_granted(name.hex(), 1, 60))
        said |= {"at": day * 86_400.0, "use": "check", "procedure": "affitto"}
        world.registry.append(json.dumps(said).encode())
    logs = world.logs()
    with archived({member: len(leaves) for member, leaves in logs.items()}, logs) as archive:
        capped = [_types(reconcile(archive, replace(world.network, caps={"affitto": cap}), SOON)) for cap in (120, 119)]
    assert capped == [[], [(FindingType.BUDGET, ("emporio",))]]


def _every_finding() -> list[Finding]:
    """One finding for each sentence there is, with long names and many entries."""
    names = "associazione-solidarieta-della-bassa-1", "parrocchia-di-san-giovanni-battista-2"
    figures: dict[str, int | str] = dict.fromkeys(["cases", "of", "elements", "limit"], 12_345)
    figures["when"] = "2026-11-22"
    places = [Place(log, 1_000_000 + at) for log in names for at in range(9)]
    found = []
    for sentences, members in ((ASK, names[:1]), (ASK_BOTH, names)):
        for kind, case in sentences:
            detail = "answer_hash,peer_entry,subjects" if kind is FindingType.CONTENT else case
            found += [Finding(About(kind, members, names[1], detail), count, places, figures) for count in (1, 12_345)]
    return found


@pytest.mark.parametrize("lang", ["it", "en"])
def test_every_difference_has_its_words_within_80_columns(lang: str) -> None:
    report = Report(7, 8, True, [Unread("onlus-ponte", "network.unreachable")], _every_finding())
    text = lines(report, lang)
    assert max(map(len, text)) <= 80
    assert not re.search(r"[{}]", "\n".join(text))
    for finding in document(report, lang)["findings"]:
        assert finding["ask"][0].isupper()
        assert finding["ask"].endswith(".")
    assert {kind for kind, _ in ASK} == set(FindingType) == set(TYPES)


def test_a_partial_comparison_never_reads_as_clean() -> None:
    partial = Report(7, 8, True, [Unread("onlus-ponte", "network.unreachable")], [])
    assert lines(partial, "it")[:2] == [
        "Registri letti: 7 di 8, e quello dell'ufficio. Differenze: 0",
        "?? Confronto PARZIALE: esclusi: onlus-ponte.",
    ]
    assert "Nessuna" not in "\n".join(lines(partial, "it"))
    assert lines(replace(partial, registry_read=False), "it")[0].startswith("Registri letti: 7 di 8, NON quello")
    clean = Report(8, 8, True, [], [])
    assert lines(clean, "it")[-1] == "Nessuna differenza tra i registri."


def test_the_document_names_body_entries_and_what_to_ask(world: LogWorld) -> None:
    emporio, mensa, _ = world.bodies
    _hide_answer(world, emporio, mensa)
    told = document(reconciled(world), "it")
    assert (told["schema"], told["members_read"], told["members_total"]) == ("maglia.audit/1", 3, 3)
    [finding] = told["findings"]
    assert finding["type"] == "missing_on_one_side"
    assert finding["member"] == "mensa"
    assert finding["entries"] == [{"log": "emporio", "index": 1}]
    assert finding["ask"] == (
        "Chiedere a mensa perché nel suo registro non c'è voce di una domanda di emporio, che ne conserva la "
        "ricevuta firmata da mensa."
    )


@pytest.mark.parametrize("change", ["\n[more]\nshare = 1\n", "\n[late]\nshare = 1\n", ""])
def test_thresholds_of_another_form_are_refused(tmp_path: Path, change: str) -> None:
    other = tmp_path / "thresholds.toml"
    content = DEFAULT.read_text("utf-8")
    other.write_text(content + change if change else content.replace("at_least = 100", "at_least = -1"))
    with pytest.raises(MagliaError) as refused:
        load_thresholds(other)
    assert refused.value.code in {Code.INPUT_SETTING, Code.INPUT_FILE_CONTENT}
