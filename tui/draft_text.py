"""What a draft changes, in words: what is in force on the left of the arrow, what would be on its right."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from maglia.core.bundle import bundle_revision, file_changes
from maglia.core.directory import (
    BUNDLE_PATH,
    DIRECTORY_PATH,
    PROCEDURES_PATH,
    Directory,
    Member,
    Official,
    decode_directory,
)
from maglia.core.epochs import Epochs
from maglia.core.identity import fingerprint
from maglia.core.official import official_fingerprint
from maglia.core.procedures import Procedure, decode_procedures
from maglia.core.translation import mark, tr
from maglia.core.vocabulary import MemberState
from tui.draft_check import InForce
from tui.labels import FACETS, OFFICES, PURPOSES, STATES, Labels, label
from tui.office_model import Draft, Suspended
from tui.office_rows import KINDS, day_text
from tui.office_text import moment_text
from tui.policy_text import comparison_lines, counted, edit_lines
from tui.text import plain

if TYPE_CHECKING:
    from maglia.policy.vectors import Vector

_PARTS = mark("aiuti|scopi|atto|scadenza|territorio|recapito|stato")


def draft_lines(
    draft: Draft, before: InForce, lang: str, suspended: Mapping[str, Suspended] | None = None
) -> list[str]:
    """Return every difference between a draft that was checked and what is in force, one to a line.

    `suspended` tells of whoever is brought back, or signed as suspended, since when and why they are out.
    """
    after = decode_directory(draft.targets[DIRECTORY_PATH])
    procedures = decode_procedures(draft.targets[PROCEDURES_PATH], after.network)
    lines = _member_lines(before.directory, after, lang, suspended or {})
    lines += _official_lines(before.directory, after, lang)
    lines += _procedure_lines(before.procedures, procedures, lang)
    lines += _other_lines(draft, before, after, lang) + _rule_lines(draft, before, lang)
    return lines or [tr("Niente cambia: lo stesso elenco, firmato di nuovo.", lang)]


def _member_lines(
    before: Directory | None, after: Directory, lang: str, suspended: Mapping[str, Suspended]
) -> list[str]:
    old: Mapping[str, Member] = before.members if before else {}
    lines = []
    for name in sorted(old.keys() | after.members.keys()):
        was, will = old.get(name), after.members.get(name)
        if was is None and will is not None:
            lines += _entering(will, lang)
        elif was is not None and will is None:
            lines.append(f"{tr('Esce', lang)}: {name}, {plain(was.name)}")
        elif was is not None and will is not None:
            back = _back(was, will, suspended.get(name), lang)
            out = _out(was, will, suspended.get(name), lang)
            lines += [f"{name}, {said}" for said in (*back, *_altered(was, will, lang), *out)]
    return lines


def _entering(member: Member, lang: str) -> list[str]:
    return [
        f"{tr('Entra', lang)}: {member.id}, {plain(member.name)} ({label(KINDS, member.kind, lang)})",
        f"  {tr('impronta', lang)}: {fingerprint(member.identity_key)}",
        *(f"  {name}: {text}" for name, text in (_parts(member, lang) | _begins(member, lang)).items()),
    ]


def _begins(member: Member, lang: str) -> dict[str, str]:
    """Return the state of a body that enters: signed as active, it is not so before its code was used."""
    if not member.is_active:
        return {}
    return {tr(_PARTS, lang).split("|")[-1]: tr("da attivare, con il codice dell'ufficio", lang)}


def _altered(was: Member, will: Member, lang: str) -> list[str]:
    before = replace(was, state=will.state) if _is_back(was, will) else was
    old, new = _parts(before, lang), _parts(will, lang)
    return [f"{name}: {old[name]} -> {new[name]}" for name in new if old[name] != new[name]]


def _is_back(was: Member, will: Member) -> bool:
    """Return whether a suspension is ended: its number is, whatever state was signed while it lasted."""
    return will.reinstated != was.reinstated


def _back(was: Member, will: Member, known: Suspended | None, lang: str) -> list[str]:
    """Return that a suspended body comes back, since when it was out and why."""
    if not _is_back(was, will):
        return []
    state = label(STATES, will.state, lang)
    if known is None:
        return [
            tr("torna {state}; era sospeso, da quando e perché lo dice la storia dell'ente", lang).format(state=state)
        ]
    said = tr("torna {state}; era sospeso dal {since}, per: {reason}", lang)
    return [said.format(state=state, since=moment_text(known.since)[:10], reason=plain(known.reason) or "-")]


def _out(was: Member, will: Member, known: Suspended | None, lang: str) -> list[str]:
    """Return since when and why a body is out that is signed as suspended: its state alone does not tell."""
    if will.state is not MemberState.SUSPENDED or was.state is MemberState.SUSPENDED:
        return []
    if known is None:
        return [tr("sospeso: da quando e perché lo dice la storia dell'ente", lang)]
    said = tr("sospeso dal {since}, per: {reason}", lang)
    return [said.format(since=moment_text(known.since)[:10], reason=plain(known.reason) or "-")]


def _parts(member: Member, lang: str) -> dict[str, str]:
    names = tr(_PARTS, lang).split("|")
    texts = (
        _words(FACETS, member.facets, lang),
        _words(PURPOSES, member.purposes, lang),
        plain(member.act_protocol) or "-",
        day_text(plain(member.act_expiry)) or "-",
        " ".join(member.territory) or "-",
        plain(member.contact) or "-",
        label(STATES, member.state, lang),
    )
    return dict(zip(names, texts, strict=True))


def _words(labels: Labels, codes: Iterable[str], lang: str) -> str:
    return ", ".join(label(labels, code, lang) for code in sorted(codes))


def _official_lines(before: Directory | None, after: Directory, lang: str) -> list[str]:
    old: Mapping[str, Official] = before.officials if before else {}
    lines = []
    for name in sorted(old.keys() | after.officials.keys()):
        was, will = old.get(name), after.officials.get(name)
        if was is None and will is not None:
            parts = official_parts(will, lang)
            lines.append(f"{tr('Nomina', lang)}: {will.id}, {plain(will.name)}")
            lines += [f"  {part}: {text}" for part, text in parts.items()]
        elif was is not None and will is None:
            role = label(OFFICES, was.role, lang)
            lines.append(f"{tr('Cessa dalla carica', lang)}: {name}, {plain(was.name)} ({role})")
        elif was is not None and will is not None:
            former, new = official_parts(was, lang), official_parts(will, lang)
            lines += [f"{name}, {part}: {former[part]} -> {new[part]}" for part in new if former[part] != new[part]]
    return lines


def official_parts(official: Official, lang: str) -> dict[str, str]:
    """Return what two officers sign of an official, beside the short name."""
    names = tr("nome|ruolo|impronta|atto|scadenza", lang).split("|")
    texts = (
        plain(official.name),
        label(OFFICES, official.role, lang),
        official_fingerprint(official.identity_key, official.certificate),
        plain(official.act_protocol) or "-",
        day_text(plain(official.act_expiry)),
    )
    return dict(zip(names, texts, strict=True))


def _procedure_lines(before: Mapping[str, Procedure], after: Mapping[str, Procedure], lang: str) -> list[str]:
    word = tr("Procedura", lang)
    return [
        f"{word} {name}: {procedure_text(before.get(name), lang)} -> {procedure_text(after.get(name), lang)}"
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]


def procedure_text(called: Procedure | None, lang: str) -> str:
    """Return a procedure in a few words: its act, its cap, its last day, whose it is."""
    if called is None:
        return tr("nessuna", lang)
    until = tr("fino al", lang)
    return f"{plain(called.act)}, {called.cap}, {until} {day_text(called.expires)}, {' '.join(called.members)}"


def _other_lines(draft: Draft, before: InForce, after: Directory, lang: str) -> list[str]:
    now, new = before.directory, bundle_revision(draft.targets[BUNDLE_PATH])
    pairs = [
        (mark("Periodi delle chiavi"), _epochs(now.epochs, lang) if now else "-", _epochs(after.epochs, lang)),
        (mark("Regole della rete, revisione"), before.revision or "-", new),
        (mark("Chiave del registro"), now.log_key.hex() if now else "-", after.log_key.hex()),
        (mark("Chiave del testimone"), now.witness_key.hex() if now else "-", after.witness_key.hex()),
    ]
    return [f"{tr(what, lang)}: {old} -> {will}" for what, old, will in pairs if old != will]


def _rule_lines(draft: Draft, before: InForce, lang: str) -> list[str]:
    """Return which files of the rules differ; nothing before the first publication, when all of them are new."""
    words = {"added": mark("nuovo"), "removed": mark("tolto"), "changed": mark("cambiato")}
    found = file_changes(before.bundle, draft.targets[BUNDLE_PATH]) if before.bundle else {}
    return [f"  {plain(name)}: {tr(words[what], lang)}" for name, what in found.items()]


def decision_lines(
    draft: Draft,
    before: InForce,
    lang: str,
    vectors: Sequence[Vector] | None = None,
    tell: Callable[[int, int], None] = lambda _done, _all: None,
) -> list[str]:
    """Return the decisions that the rules of a draft would change, then all they say differently; takes some seconds.

    `tell` hears how many cases were tried, and of how many. Nothing where the rules stay, or before the first
    publication. Raises `input.policies` for rules of no use.
    """
    after = draft.targets[BUNDLE_PATH]
    new = bundle_revision(after)
    if not before.bundle or new == before.revision:
        return []
    from maglia.policy.changes import compare  # noqa: PLC0415 - an engine that only this act needs
    from maglia.policy.rules import rules_of  # noqa: PLC0415 - likewise
    from maglia.policy.vectors import all_vectors  # noqa: PLC0415 - likewise

    was, will = (rules_of(name, bundle, name) for name, bundle in ((before.revision, before.bundle), (new, after)))
    found = compare(was, will, counted(list(all_vectors()) if vectors is None else vectors, tell))
    return comparison_lines(found, before.revision, new, lang) + edit_lines(found, lang)


def _epochs(epochs: Epochs, lang: str) -> str:
    if epochs.is_next_announced:
        return tr("in uso {asked}, annunciato {also}", lang).format(asked=epochs.asked, also=epochs.also)
    if epochs.also:
        return tr("in uso {asked}, si risponde ancora per {also}", lang).format(asked=epochs.asked, also=epochs.also)
    return tr("in uso {asked}", lang).format(asked=epochs.asked)
