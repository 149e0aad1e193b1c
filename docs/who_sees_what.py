"""Keep `docs/it/chi-vede-cosa.md` equal to what the rules decide: every cell is a decision of the engine in process.

`python docs/who_sees_what.py` writes the page; `--check` proves it fresh. Nothing about who may see what is known here:
only words for it.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from asked import PROOFS, Document, Rules
from words import (
    ACT_MONTHS,
    AUDIT,
    DISCLOSED,
    EVENTS,
    FIELDS,
    LEVELS,
    NETWORK_ROLES,
    OFFICE,
    OPERATIONS,
    OR,
    RECORDS,
    REQUESTS,
    SPECIAL,
    STATES,
)

from maglia.core.translation import tr
from maglia.core.vocabulary import FAMILY, PUBLIC_KINDS, SPECIAL_PREFIXES, Facet, Kind, NetworkRole, Purpose, Role
from tui.labels import FACETS, KINDS, PURPOSES, ROLES

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "it" / "chi-vede-cosa.md"
_WITHOUT_SESSION = {
    "OperatorService/LoginOperator",
    "Health/Check",
    *(f"DeviceService/{method}" for method in ("GetChallenge", "BeginEnrolment", "ConfirmEnrolment")),
}

Levels = Mapping[str, str]
"""Level by facet."""


@dataclass(frozen=True)
class Asker:
    """Someone at a body who may ask."""

    title: str
    kind: Kind
    role: Role


ASKERS = (
    Asker("Il volontario di una parrocchia", Kind.PARISH, Role.VOLUNTEER),
    Asker("Il funzionario di un comune", Kind.COMUNE, Role.OFFICER),
)


def page(policies: Path) -> str:
    """Return the whole page, as these policies decide."""
    rules = Rules(policies)
    parts = [_HEAD, _levels(rules), *(_asker(rules, asker) for asker in ASKERS), _special(rules), _states(rules)]
    parts += [
        _network(rules),
        _person(rules),
        _retention(rules),
        _who_may_ask(rules),
        _referrals(rules),
        _operations(rules),
    ]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


_HEAD = """
# Chi vede che cosa

<!-- Scritta da docs/who_sees_what.py interrogando le regole: non correggere a mano. -->

Ogni riga di questa pagina è una risposta delle regole della rete (la cartella `policies/`), le stesse che ogni nodo
applica: quando le regole cambiano la pagina si riscrive, e un controllo fallisce se resta indietro. Tutto ciò che
qui non compare è vietato. L'ufficio può concedere a un ente **meno** scopi e tipi di aiuto di questi, mai di più.
"""


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in lines)


def _levels(rules: Rules) -> str:
    rows = [
        [f"**{LEVELS[level]}**", ", ".join(FIELDS[field] for field in fields) or "nulla: come se l'aiuto non ci fosse"]
        for level, fields in rules.data["fields"].items()
    ]
    return "## I tre livelli\n\n" + _table(["livello", "che cosa si vede di un aiuto"], rows)


def _asker(rules: Rules, asker: Asker) -> str:
    ways: dict[Purpose, list[str]] = {}
    for opening in rules.openings:
        if (opening.kind, opening.role) == (asker.kind, asker.role):
            ways.setdefault(opening.purpose, []).append(opening.proof)
    rows = [row for purpose, proofs in ways.items() for row in _purpose(rules, asker, purpose, proofs)]
    never = ", ".join(tr(PURPOSES[purpose], "it") for purpose in Purpose if purpose not in ways)
    table = _table(["scopo", "base giuridica", "aiuto dato da", "che cosa vede"], rows)
    return f"## {asker.title}\n\n{table}\n\nPer gli altri scopi non può chiedere: {never}."


def _purpose(rules: Rules, asker: Asker, purpose: Purpose, proofs: Sequence[str]) -> list[list[str]]:
    """Return a purpose's rows: one for each way of showing, with the givers it holds for and the bases."""
    ways: dict[tuple[str, str], list[str]] = {}
    for words in proofs:
        proof = PROOFS[words]
        asked = [facet for facet in Facet if rules.may_ask(asker.kind, asker.role, purpose, facet, proof)]
        by_levels: dict[str, list[str]] = {}
        for giver in Kind:
            seen = _shown_in_words(_levels_of(rules, asker, purpose, asked, proof, giver))
            by_levels.setdefault(seen, []).append(giver)
        for seen, givers in by_levels.items():
            ways.setdefault((_kinds_in_words(givers), seen), []).append(words)
    return [[tr(PURPOSES[purpose], "it"), OR.join(bases), givers, seen] for (givers, seen), bases in ways.items()]


def _levels_of(
    rules: Rules, asker: Asker, purpose: Purpose, facets: Sequence[Facet], proof: Document, giver: str
) -> Levels:
    """Return what a giver shows of each facet to whoever asks about it; a question of its family tells of all."""
    levels: dict[str, str] = {}
    for family in dict.fromkeys(FAMILY[facet] for facet in facets):
        of_family = [facet for facet in facets if FAMILY[facet] is family]
        records = [{"facet": facet} for facet in of_family]
        seen = rules.shown(asker.kind, purpose, of_family[0], proof, giver, records)
        levels |= dict(zip(of_family, seen, strict=True))
    return levels


def _shown_in_words(levels: Levels) -> str:
    by_level: dict[str, list[str]] = {}
    for facet, level in levels.items():
        by_level.setdefault(level, []).append(facet)
    if len(by_level) == 1 and len(levels) == len(Facet):
        return f"**{LEVELS[levels[Facet.FOOD_PARCEL]]}**, di ogni tipo di aiuto"
    return "; ".join(
        f"**{LEVELS[level]}** di: {', '.join(tr(FACETS[facet], 'it').lower() for facet in facets)}"
        for level, facets in by_level.items()
    )


def _kinds_in_words(kinds: Sequence[str]) -> str:
    for group, words in (
        (frozenset(Kind), "qualunque ente"),
        (PUBLIC_KINDS, "qualunque ente pubblico"),
        (frozenset(Kind) - PUBLIC_KINDS, "qualunque ente del terzo settore"),
    ):
        if group == frozenset(kinds):
            return words
    return ", ".join(tr(KINDS[kind], "it") for kind in kinds)


def _special(rules: Rules) -> str:
    """Return the section on special categories, after trying every way to ask, towards bodies of the same kind."""
    facets = [f"{prefix}x" for prefix in SPECIAL_PREFIXES]
    ways = {(kind, purpose, words): role for kind, purpose, role, words in rules.openings}
    for (kind, purpose, words), role in ways.items():
        proof, about = PROOFS[words], rules.facet(purpose)
        asked = [facet for facet in facets if rules.may_ask(kind, role, purpose, facet, proof)]
        seen = rules.shown(kind, purpose, about, proof, kind, [{"facet": one} for one in facets])
        if asked or set(seen) != {"nothing"}:
            sys.exit(f"policies: a special category is shown to {kind} for {purpose}")
    names = ", ".join(SPECIAL[prefix] for prefix in SPECIAL_PREFIXES)
    return f"""
## Gli aiuti che non escono mai

Gli aiuti che riguardano **{names}**
non si possono chiedere e non escono mai dall'ente che li ha dati: per nessun genere di ente, per nessuno scopo, su
nessuna base. È stato provato per tutti nello scrivere questa pagina.
"""


def _states(rules: Rules) -> str:
    case = PROOFS["compito pubblico, con la pratica protocollata"]
    seen = []
    for giver, basis in (
        (Kind.ONLUS, {"basis": "consent"}),
        (Kind.COMUNE, {"basis": "public_task", "consent": "none"}),
    ):
        records = [{**basis, **state} for state in STATES.values()]
        seen.append(rules.shown(Kind.COMUNE, Purpose.RENT_SUBSIDY, Facet.RENT_ARREARS, case, giver, records))
    rows = [[words, *(LEVELS[column[row]] for column in seen)] for row, words in enumerate(STATES)]
    head = ["l'aiuto è", "di un ente del terzo settore, su consenso", "di un ente pubblico, per compito pubblico"]
    return f"""
## Che cosa nasconde un aiuto

Lo stesso aiuto per l'affitto, chiesto da un comune con la pratica protocollata. Un aiuto nascosto e uno che non c'è
danno la stessa risposta.

{_table(head, rows)}
"""


def _network(rules: Rules) -> str:
    ways = dict.fromkeys((kind, purpose, words) for kind, purpose, _, words in rules.openings)
    tried = [
        rules.may_ask(kind, role, purpose, rules.facet(purpose), PROOFS[words])
        for kind, purpose, words in ways
        for role in NetworkRole
    ]
    if any(tried):
        sys.exit("policies: someone of the registry may ask about a person")
    granted = rules.callers("registry_front", [f"OfficeService/{call}" for call in OFFICE], [*NetworkRole])
    rows = [
        [words, *("sì" if role in granted[f"OfficeService/{call}"] else "-" for role in NETWORK_ROLES)]
        for call, words in OFFICE.items()
    ]
    audited = []
    for (door, call), words in AUDIT.items():
        granted = rules.callers(door, [call], [*NetworkRole, "member"])
        audited.append([words, *("sì" if who in granted[call] else "-" for who in (*NETWORK_ROLES, "member"))])
    return f"""
## L'ufficio di accreditamento e il revisore

**Nessuno dei due vede dati di persone**, e nessuno dei due può fare domande alla rete: le regole le rifiutano tutte
({len(tried)} prove su {len(tried)}). L'ufficio vede gli enti, i loro atti e quanto chiedono; il revisore controlla i
registri degli accessi (chi ha chiesto, quando, per quale scopo), non gli aiuti.

{_table(["al registro può", *NETWORK_ROLES.values()], rows)}

Con un certificato proprio, che due funzionari hanno messo nell'elenco della rete:

{_table(["con il suo certificato può", *NETWORK_ROLES.values(), "un altro ente"], audited)}
"""


def _person(rules: Rules) -> str:
    def told(request: Document, approver: str | None = None, who: str = "requester") -> str:
        found = {tuple(fields) for fields in rules.disclosed(request, approver, EVENTS, who)}
        if len(found) > 1:
            sys.exit("policies: an access report tells of one sort of access more than of another")
        return ", ".join(DISCLOSED[field] for field in found.pop()) or "nulla"

    rows = [[words, told(request), told(request, "dpo")] for words, request in REQUESTS.items()]
    others = {told(request, "dpo", who) for request in REQUESTS.values() for who in ("household", "other")}
    if others != {"nulla"}:
        sys.exit("policies: an access report tells of others")
    months = rules.data["disclosure"]["months_to_answer"]
    table = _table(["chi lo chiede", "che cosa legge", "se il responsabile approva i nomi"], rows)
    return f"""
## La persona interessata

Non entra nella rete: chiede a un ente qualsiasi il **resoconto degli accessi** (art. 15 GDPR), che elenca:

{chr(10).join(f"- {event}" for event in EVENTS.values())}

La risposta è dovuta entro {"un mese" if months == 1 else f"{months} mesi"}. Degli altri il resoconto non dice nulla,
nemmeno di chi è dello stesso nucleo.

{table}
"""


def _retention(rules: Rules) -> str:
    facets = rules.terms([{"sort": "aid", "facet": facet, "basis": "consent"} for facet in Facet])
    by_term: dict[str, list[str]] = {}
    for facet, term in zip(Facet, facets, strict=True):
        by_term.setdefault(term, []).append(tr(FACETS[facet], "it").lower())
    rows = [[", ".join(named), _term_in_words(term)] for term, named in by_term.items()]
    others = zip(RECORDS, rules.terms([*RECORDS.values()]), strict=True)
    rows += [[words, _term_in_words(term)] for words, term in others]
    act = {"sort": "aid", "facet": Facet.FOOD_PARCEL, "basis": "public_task", "act_months": ACT_MONTHS}
    if rules.terms([act]) != [f"P{ACT_MONTHS}M"]:
        sys.exit("policies: an act does not say how long its records are kept")
    rows.append(
        [
            "aiuti registrati da un ente pubblico in base a un atto che dice per quanto",
            "quanto dice l'atto, quando il programma lo registrerà",
        ]
    )
    return f"""
## Per quanto tempo

Passato il termine, contato dal giorno dell'aiuto, una registrazione non risponde più a nessuno, anche prima di essere
cancellata.

{_table(["che cosa", "per quanto tempo"], rows)}
"""


def _term_in_words(term: str) -> str:
    number, unit = term[1:-1], {"M": "mesi", "D": "giorni"}[term[-1]]
    return f"{number} {unit}"


def _who_may_ask(rules: Rules) -> str:
    rows = []
    for purpose in Purpose:
        ways: dict[tuple[str, str], list[str]] = {}
        for kind in Kind:
            able = [one for one in rules.openings if (one.kind, one.purpose) == (kind, purpose)]
            roles = ", ".join(dict.fromkeys(tr(ROLES[one.role], "it") for one in able))
            bases = OR.join(dict.fromkeys(one.proof for one in able))
            ways.setdefault((roles, bases), []).append(kind)
        never = ways.pop(("", ""), [])
        rows += [[tr(PURPOSES[purpose], "it"), _kinds_in_words(kinds), *way] for way, kinds in ways.items()]
        if len(never) == len(Kind):
            rows.append([tr(PURPOSES[purpose], "it"), "nessuno, come domanda alla rete", "-", "-"])
    return "## Chi può chiedere, e per quale scopo\n\n" + _table(["scopo", "enti", "ruoli", "base giuridica"], rows)


def _referrals(rules: Rules) -> str:
    """Return the section on persons sent; stop where the rules send one to a body that does not take them."""
    rows, facet = [], rules.facet(Purpose.REFERRAL)
    for words, proof in PROOFS.items():
        ways: dict[str, list[str]] = {}
        for kind in Kind:
            if any(rules.may_send(kind, role, facet, proof, is_taken=False) for role in Role):
                sys.exit("policies: a person may be sent to a body that does not give such aid")
            able = [role for role in Role if rules.may_send(kind, role, facet, proof, is_taken=True)]
            ways.setdefault(", ".join(tr(ROLES[role], "it") for role in able), []).append(kind)
        rows += [[words, _kinds_in_words(kinds), roles or "nessuno"] for roles, kinds in ways.items()]
    return f"""
## Chi può inviare una persona a un altro ente

L'ente a cui è inviata, e nessun altro, vede **il codice, il nome, il recapito, che cosa serve e la nota**: quello che
chi invia ha scritto. Deve ricevere invii e dare quel tipo di aiuto; un aiuto che tocca la salute non si invia.

{_table(["base giuridica", "enti", "ruoli"], rows)}
"""


def _operations(rules: Rules) -> str:
    door = "node_front"
    known = set(rules.data["doors"][door]) - _WITHOUT_SESSION
    if known != set(OPERATIONS):
        sys.exit(f"docs/who_sees_what.py has no words for: {known.symmetric_difference(OPERATIONS)}")
    granted = rules.callers(door, [*OPERATIONS], [*Role])
    rows = [[words, *("sì" if role in granted[call] else "-" for role in Role)] for call, words in OPERATIONS.items()]
    return f"""
## Che cosa può fare ogni ruolo, nel nodo del suo ente

{_table(["può", *(tr(ROLES[role], "it") for role in Role)], rows)}

Le regole possono togliere a un ruolo ciò che il programma prevede, mai aggiungere: qualunque cosa venga firmata,
nessuno riceve più di così.
"""


def main() -> None:
    """Run from the command line."""
    fresh = page(ROOT / "policies")
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(fresh)
    elif not PAGE.is_file() or PAGE.read_text() != fresh:
        sys.exit(f"{PAGE.relative_to(ROOT)} is stale. Run: python docs/who_sees_what.py")


if __name__ == "__main__":
    main()
