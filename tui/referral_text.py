"""The sentences about persons sent and received, as a counter reads them: how each stands, and what to do next."""

from __future__ import annotations

from collections.abc import Sequence

from maglia.core.errors import Code
from maglia.core.folding import fold
from maglia.core.referral import CONSENT_WITHDRAWN
from tui.labels import FACETS, KINDS, SILENCES, Labels, label, pick
from tui.referral_model import Referral, ReferredPerson, Taker
from tui.table import Cells, Table, instant_cell, make_table
from tui.text import code_sentence, show_instant

_SENT: Labels = {
    "waiting": ("IN ATTESA", "WAITING"),
    "undelivered": ("NON CONSEGNATO", "NOT DELIVERED"),
    "sent": ("CONSEGNATO, da accettare", "DELIVERED, to be accepted"),
    "accepted": ("ACCETTATO", "ACCEPTED"),
    "declined": ("NON ACCETTATO", "DECLINED"),
    "done": ("CONCLUSO", "DONE"),
    "withdrawn": ("RITIRATO", "WITHDRAWN"),
}
_RECEIVED: Labels = _SENT | {"sent": ("DA ACCETTARE", "TO BE ACCEPTED")}


def unread_line(count: int, lang: str) -> str:
    """Return what a login says of referrals that nobody has read."""
    one, many = ("1 invio", f"{count} invii") if lang != "en" else ("1 referral", f"{count} referrals")
    said = one if count == 1 else many
    return pick((f"{said} da leggere: maglia refer list", f"{said} to read: maglia refer list"), lang)


def list_lines(referrals: Sequence[Referral], lang: str) -> list[str]:
    """Return how each stands, without the persons."""
    if not referrals:
        return [pick(("Nessun invio.", "No referrals."), lang)]
    return [line for one in referrals for line in state_lines(one, lang)]


def state_lines(one: Referral, lang: str) -> list[str]:
    """Return how one stands: number, body and kind of aid; then its state, and why."""
    mark = "!! " if one.unread else "   "
    way = pick(("a", "to") if one.direction == "sent" else ("da", "from"), lang)
    head = f"{mark}{one.name} {way} {one.member_name}: {label(FACETS, one.facet, lang)}, {show_instant(one.created_ms)}"
    tail = [f"      {how_it_stands(one, lang)}"]
    if one.untold:
        tail.append(f"   {untold_line(one, lang)}")
    return fold([head, *tail])


def referral_table(referrals: Sequence[Referral], lang: str) -> Table:
    """Return how each stands, without the persons."""
    ways = {"sent": ("mandato a", "sent to"), "received": ("ricevuto da", "received from")}
    rows: list[Cells] = [
        (
            one.name,
            pick(("DA LEGGERE", "UNREAD"), lang) if one.unread else None,
            label(ways, one.direction, lang),
            one.member_name,
            label(FACETS, one.facet, lang),
            label(_SENT if one.direction == "sent" else _RECEIVED, one.state, lang),
            _why(one, lang).removeprefix(": "),
            instant_cell(one.created_ms),
            instant_cell(one.changed_ms),
            one.operator,
        )
        for one in referrals
    ]
    head = (
        "Numero|Da leggere|Verso|Ente|Aiuto|Stato|Perché|Creato il|Cambiato il|Operatore",
        "Number|Unread|Way|Body|Aid|Status|Why|Made at|Changed at|Operator",
    )
    return make_table(("Invii", "Referrals"), head, rows, lang)


def whole_lines(one: Referral, lang: str, *, on_screen: bool = False) -> list[str]:
    """Return one with the person, and what can be done next; on a screen that is a choice below."""
    if one.person is None:
        gone = pick(("I dati della persona sono stati cancellati.", "The person's data were erased."), lang)
        person = [] if one.direction == "sent" else [f"   {gone}"]
    else:
        person = person_lines(one.person, lang)
    reach = [] if not one.member_contact else [f"   {pick(('Ente', 'Body'), lang)}: {one.member_contact}"]
    following = "" if on_screen else _next(one, lang)
    return fold([*state_lines(one, lang), *person, *reach, *([following] if following else [])])


def how_it_stands(one: Referral, lang: str) -> str:
    """Return the state in words, and why."""
    states = _SENT if one.direction == "sent" else _RECEIVED
    return f"{label(states, one.state, lang)}{_why(one, lang)}"


def untold_line(one: Referral, lang: str) -> str:
    """Return that the other body does not know yet, "" where it does."""
    return f"?? {_untold(one, lang)}" if one.untold else ""


def taker_lines(takers: Sequence[Taker], lang: str) -> list[str]:
    """Return who takes referrals, and for what."""
    if not takers:
        return [
            pick(
                (
                    "Nessun ente riceve invii per questo tipo di aiuto.",
                    "No body takes referrals for this kind of aid.",
                ),
                lang,
            )
        ]
    lines = []
    for one in takers:
        lines.append(f"{one.member}  {one.name} ({label(KINDS, one.kind, lang)})  {one.contact}")
        lines.append("   " + ", ".join(f"{facet} ({label(FACETS, facet, lang)})" for facet in one.facets))
    return fold(lines)


def taker_table(takers: Sequence[Taker], lang: str) -> Table:
    """Return who takes referrals, one row for each body."""
    rows: list[Cells] = [
        (
            one.member,
            one.name,
            label(KINDS, one.kind, lang),
            one.contact,
            ", ".join(label(FACETS, facet, lang) for facet in one.facets),
        )
        for one in takers
    ]
    head = ("Nome breve|Ente|Tipo|Recapito|Aiuti", "Short name|Body|Kind|Contact|Aid")
    return make_table(("Enti che ricevono invii", "Bodies that take referrals"), head, rows, lang)


def person_lines(person: ReferredPerson, lang: str) -> list[str]:
    """Return who was sent and what for, a line for each thing that is known."""
    consent = (
        f"informativa {person.notice_version} ({person.language}), {_day(person.consent_date)}",
        f"notice {person.notice_version} ({person.language}), {_day(person.consent_date)}",
    )
    facts = (
        (("Codice", "Code"), person.identifier),
        (("Nome", "Name"), person.name),
        (("Recapito", "Contact"), person.contact),
        (("Serve", "Needs"), person.need),
        (("Nota", "Note"), person.note),
        (("Consenso", "Consent"), pick(consent, lang)),
    )
    return [f"   {pick(name, lang)}: {value}" for name, value in facts if value]


def _why(one: Referral, lang: str) -> str:
    if one.reason == CONSENT_WITHDRAWN:
        return pick((": la persona ha ritirato il consenso", ": the person took their consent back"), lang)
    if one.reason:
        return f": {one.reason}"
    if one.code and not one.untold:
        return f": {_because(one.code, lang)}"
    return ""


def _untold(one: Referral, lang: str) -> str:
    why = f" ({_because(one.code, lang)})" if one.code else ""
    until = show_instant(one.untold_until_ms)
    return pick(
        (
            f"L'ente non lo sa ancora{why}: si riprova da soli fino al {until}.",
            f"The body does not know yet{why}: it is tried by itself until {until}.",
        ),
        lang,
    )


def _because(code: str, lang: str) -> str:
    if code in SILENCES:
        return label(SILENCES, code, lang)
    return code_sentence(code, lang).rstrip(".") if code in frozenset(Code) else code


def _next(one: Referral, lang: str) -> str:
    number = one.name
    commands = {
        ("received", "sent"): f"maglia refer accept {number}, maglia refer decline {number} --reason ...",
        ("received", "accepted"): f"maglia refer done {number}",
        ("sent", "waiting"): f"maglia refer withdraw {number}",
        ("sent", "sent"): f"maglia refer withdraw {number}",
        ("sent", "accepted"): f"maglia refer withdraw {number}",
    }
    command = commands.get((one.direction, one.state))
    return f"   {pick(('Si può', 'Next'), lang)}: {command}" if command else ""


def _day(iso: str) -> str:
    return f"{iso[8:10]}/{iso[5:7]}/{iso[:4]}"
