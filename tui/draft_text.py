"""What a draft changes, in words: what is in force on the left of the arrow, what would be on its right."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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
from tui.draft_check import InForce
from tui.labels import FACETS, OFFICES, PURPOSES, STATES, Labels, label, pick
from tui.office_model import Draft
from tui.office_rows import day_text
from tui.policy_text import comparison_lines, edit_lines
from tui.text import plain

if TYPE_CHECKING:
    from maglia.policy.vectors import Vector


def draft_lines(draft: Draft, before: InForce, lang: str) -> list[str]:
    """Return every difference between a draft that was checked and what is in force, one to a line."""
    after = decode_directory(draft.targets[DIRECTORY_PATH])
    procedures = decode_procedures(draft.targets[PROCEDURES_PATH], after.network)
    lines = _member_lines(before.directory, after, lang)
    lines += _official_lines(before.directory, after, lang)
    lines += _procedure_lines(before.procedures, procedures, lang)
    lines += _other_lines(draft, before, after, lang) + _rule_lines(draft, before, lang)
    return lines or [
        pick(("Niente cambia: lo stesso elenco, firmato di nuovo.", "Nothing changes: signed again."), lang)
    ]


def _member_lines(before: Directory | None, after: Directory, lang: str) -> list[str]:
    old: Mapping[str, Member] = before.members if before else {}
    lines = []
    for name in sorted(old.keys() | after.members.keys()):
        was, will = old.get(name), after.members.get(name)
        if was is None and will is not None:
            lines += _entering(will, lang)
        elif was is not None and will is None:
            lines.append(f"{pick(('Esce', 'Leaves'), lang)}: {name}, {plain(was.name)}")
        elif was is not None and will is not None:
            lines += [f"{name}, {said}" for said in _altered(was, will, lang)]
    return lines


def _entering(member: Member, lang: str) -> list[str]:
    return [
        f"{pick(('Entra', 'Enters'), lang)}: {member.id}, {plain(member.name)} ({member.kind})",
        f"  {pick(('impronta', 'fingerprint'), lang)}: {fingerprint(member.identity_key)}",
        *(f"  {name}: {text}" for name, text in _parts(member, lang).items()),
    ]


def _altered(was: Member, will: Member, lang: str) -> list[str]:
    old, new = _parts(was, lang), _parts(will, lang)
    return [f"{name}: {old[name]} -> {new[name]}" for name in new if old[name] != new[name]]


def _parts(member: Member, lang: str) -> dict[str, str]:
    names = {
        "it": ("aiuti", "scopi", "atto", "scadenza", "territorio", "recapito", "stato", "sospensioni finite"),
        "en": ("aid", "purposes", "act", "expiry", "territory", "contact", "state", "suspensions ended"),
    }
    texts = (
        _words(FACETS, member.facets, lang),
        _words(PURPOSES, member.purposes, lang),
        plain(member.act_protocol) or "-",
        day_text(plain(member.act_expiry)) or "-",
        " ".join(member.territory) or "-",
        plain(member.contact) or "-",
        label(STATES, member.state, lang),
        str(member.reinstated),
    )
    return dict(zip(names["en" if lang == "en" else "it"], texts, strict=True))


def _words(labels: Labels, codes: Iterable[str], lang: str) -> str:
    return ", ".join(label(labels, code, lang) for code in sorted(codes))


def _official_lines(before: Directory | None, after: Directory, lang: str) -> list[str]:
    old: Mapping[str, Official] = before.officials if before else {}
    lines = []
    for name in sorted(old.keys() | after.officials.keys()):
        was, will = old.get(name), after.officials.get(name)
        if was is None and will is not None:
            parts = official_parts(will, lang)
            lines.append(f"{pick(('Nomina', 'Appoints'), lang)}: {will.id}, {plain(will.name)}")
            lines += [f"  {part}: {text}" for part, text in parts.items()]
        elif was is not None and will is None:
            role = label(OFFICES, was.role, lang)
            lines.append(f"{pick(('Cessa dalla carica', 'Leaves office'), lang)}: {name}, {plain(was.name)} ({role})")
        elif was is not None and will is not None:
            former, new = official_parts(was, lang), official_parts(will, lang)
            lines += [f"{name}, {part}: {former[part]} -> {new[part]}" for part in new if former[part] != new[part]]
    return lines


def official_parts(official: Official, lang: str) -> dict[str, str]:
    """Return what two officers sign of an official, beside the short name."""
    names = {
        "it": ("nome", "ruolo", "impronta", "atto", "scadenza"),
        "en": ("name", "role", "fingerprint", "act", "expiry"),
    }
    texts = (
        plain(official.name),
        label(OFFICES, official.role, lang),
        official_fingerprint(official.identity_key, official.certificate),
        plain(official.act_protocol) or "-",
        day_text(plain(official.act_expiry)),
    )
    return dict(zip(names["en" if lang == "en" else "it"], texts, strict=True))


def _procedure_lines(before: Mapping[str, Procedure], after: Mapping[str, Procedure], lang: str) -> list[str]:
    word = pick(("Procedura", "Procedure"), lang)
    return [
        f"{word} {name}: {procedure_text(before.get(name), lang)} -> {procedure_text(after.get(name), lang)}"
        for name in sorted(before.keys() | after.keys())
        if before.get(name) != after.get(name)
    ]


def procedure_text(called: Procedure | None, lang: str) -> str:
    """Return a procedure in a few words: its act, its cap, its last day, whose it is."""
    if called is None:
        return pick(("nessuna", "none"), lang)
    until = pick(("fino al", "until"), lang)
    return f"{plain(called.act)}, {called.cap}, {until} {day_text(called.expires)}, {' '.join(called.members)}"


def _other_lines(draft: Draft, before: InForce, after: Directory, lang: str) -> list[str]:
    now, new = before.directory, bundle_revision(draft.targets[BUNDLE_PATH])
    pairs = [
        (("Periodi delle chiavi", "Epochs of keys"), _epochs(now.epochs) if now else "-", _epochs(after.epochs)),
        (("Regole della rete, revisione", "Network's policies, revision"), before.revision or "-", new),
        (("Chiave del registro", "Registry log's key"), now.log_key.hex() if now else "-", after.log_key.hex()),
        (("Chiave del testimone", "Witness's key"), now.witness_key.hex() if now else "-", after.witness_key.hex()),
    ]
    return [f"{pick(what, lang)}: {old} -> {will}" for what, old, will in pairs if old != will]


def _rule_lines(draft: Draft, before: InForce, lang: str) -> list[str]:
    """Return which files of the rules differ; nothing before the first publication, when all of them are new."""
    words = {"added": ("nuovo", "new"), "removed": ("tolto", "removed"), "changed": ("cambiato", "changed")}
    found = file_changes(before.bundle, draft.targets[BUNDLE_PATH]) if before.bundle else {}
    return [f"  {plain(name)}: {pick(words[what], lang)}" for name, what in found.items()]


def decision_lines(draft: Draft, before: InForce, lang: str, vectors: Iterable[Vector] | None = None) -> list[str]:
    """Return the decisions that the rules of a draft would change, then all they say differently; takes some seconds.

    Nothing where the rules stay, or before the first publication. Raises `input.policies` for rules of no use.
    """
    after = draft.targets[BUNDLE_PATH]
    new = bundle_revision(after)
    if not before.bundle or new == before.revision:
        return []
    from maglia.policy.changes import compare  # noqa: PLC0415 - an engine that only this act needs
    from maglia.policy.rules import rules_of  # noqa: PLC0415 - likewise

    was, will = (rules_of(name, bundle, name) for name, bundle in ((before.revision, before.bundle), (new, after)))
    found = compare(was, will, vectors)
    return comparison_lines(found, before.revision, new, lang) + edit_lines(found, lang)


def _epochs(epochs: Epochs) -> str:
    return " + ".join(map(str, epochs.all))
