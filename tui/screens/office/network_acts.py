"""What an officer does at the screen for the whole network: officials, procedures, keys, rules, the directory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from maglia.core.epochs import EpochAct
from maglia.core.procedures import Procedure
from maglia.core.translation import mark, tr
from tui.history_text import history_lines
from tui.lines import Line
from tui.office_model import Change
from tui.office_text import epoch_lines
from tui.screens.office.acts import Doing, Subject, ask_revision, history, sign_open
from tui.screens.office.dialogs import CLOSE, Read
from tui.screens.office.forms import appoint_form, epoch_form, procedure_form, public_bodies
from tui.screens.office.signing import Desk, LeftError, sign
from tui.text import plain

_STEPS = {
    EpochAct.START: mark("NUOVE CHIAVI: ANNUNCIO"),
    EpochAct.SWITCH: mark("NUOVE CHIAVI: IN USO"),
    EpochAct.END: mark("VECCHIE CHIAVI: FINE"),
}


async def appoint(desk: Desk, subject: Subject) -> Sequence[Line]:
    """Sign the appointment of an auditor or of the data-protection officer, once they have read their fingerprint."""
    from tui.appointing import check_people  # noqa: PLC0415 - cryptography is loaded after the first paint

    _ = subject
    people = await desk.fill(appoint_form(desk.seat.profile.network, desk.lang))
    title = tr("NOMINA", desk.lang)
    heard = {}
    for one in people:
        name = plain(one.official.name) if one.official else one.member
        heard[one.member] = await desk.hear(f"{title}: {one.member}", name, "")
    check_people(people, heard)
    return await sign(desk, title, people, heard)


async def dismiss(desk: Desk, subject: Subject) -> Sequence[Line]:
    """Sign the end of an appointment."""
    title = tr("CESSAZIONE: {key}", desk.lang).format(key=subject.key)
    reason = await desk.reason(title, [])
    return await sign(desk, title, [Change("dismiss", subject.key, reason)])


async def declare(desk: Desk, subject: Subject) -> Sequence[Line]:
    """Sign a procedure."""
    _ = subject
    return await _declare(desk, None)


async def redeclare(desk: Desk, subject: Subject) -> Sequence[Line]:
    """Sign what a procedure in force is to be from now on."""
    known = next((one for one in await desk.seat.door.procedures() if one.id == subject.key), None)
    return await _declare(desk, known)


async def _declare(desk: Desk, known: Procedure | None) -> Sequence[Line]:
    wanted = await desk.fill(procedure_form(known, public_bodies(await desk.seat.door.members()), desk.lang))
    return await sign(desk, tr("PROCEDURA", desk.lang), [wanted])


async def sign_draft(desk: Desk, subject: Subject) -> Sequence[Line]:
    """Sign the open draft under the cursor."""
    found = next((one for one in subject.drafts if one.draft == subject.key), None)
    if found is None:
        raise LeftError
    return await sign_open(desk, found)


async def renew(desk: Desk, subject: Subject) -> Sequence[Line]:
    """Sign the directory again as it is."""
    _ = subject
    return await sign(desk, tr("RINNOVO DELL'ELENCO", desk.lang), [])


async def policies(desk: Desk, subject: Subject) -> Sequence[Line]:
    """Sign new rules of the network, named by their revision."""
    from tui.draft_check import Renewal  # noqa: PLC0415 - cryptography is loaded after the first paint

    _ = subject
    title = tr("NUOVE REGOLE", desk.lang)
    revision = await ask_revision(desk, title)
    return await sign(desk, title, [Change("policies", policies=revision)], renewal=Renewal(policies=revision))


async def log_key(desk: Desk, subject: Subject) -> Sequence[Line]:
    """Sign a new key of the registry's log, read aloud by whoever administers the registry."""
    from tui.draft_check import Renewal  # noqa: PLC0415 - likewise

    _ = subject
    title = tr("NUOVA CHIAVE DEL REGISTRO", desk.lang)
    said = tr("Chiave pubblica, 64 cifre, da chi amministra il registro: mai dallo schermo.", desk.lang)
    key = (await desk.ask(title, [said], mark("Chiave"))).lower()
    return await sign(desk, title, [], renewal=Renewal(log_key=key))


async def _epoch(desk: Desk, act: EpochAct) -> Sequence[Line]:
    title = tr(_STEPS[act], desk.lang)
    board = await desk.seat.door.board()
    return await sign(desk, title, [await desk.fill(epoch_form(act, title, board, desk.lang))])


async def epoch_start(desk: Desk, subject: Subject) -> Sequence[Line]:
    """Sign that new keys are announced."""
    _ = subject
    return await _epoch(desk, EpochAct.START)


async def epoch_switch(desk: Desk, subject: Subject) -> Sequence[Line]:
    """Sign that everybody asks under the new keys."""
    _ = subject
    return await _epoch(desk, EpochAct.SWITCH)


async def epoch_end(desk: Desk, subject: Subject) -> Sequence[Line]:
    """Sign that the former keys are left behind."""
    _ = subject
    return await _epoch(desk, EpochAct.END)


async def epoch_show(desk: Desk, subject: Subject) -> Sequence[Line]:
    """Show how far a change of keys is, who is ready, and who took the steps before."""
    from tui.office_history import read_history  # noqa: PLC0415 - cryptography is loaded after the first paint

    _ = subject
    nodes, _, _, epochs = await desk.seat.door.board()
    found = await read_history(desk.seat.door, desk.seat.profile, "")
    steps = replace(found, lines=[line for line in found.lines if line.action in frozenset(EpochAct)])
    lines = epoch_lines(epochs, nodes, desk.lang) + (history_lines(steps, desk.lang) if steps.lines else [])
    title = tr("CAMBIO DELLE CHIAVI", desk.lang)
    await desk.open(Read(title, lines, ((CLOSE, tr("Chiudi", desk.lang)),)))
    return ()


async def office_history(desk: Desk, subject: Subject) -> Sequence[Line]:
    """Show what concerns no body: procedures, rules, roots."""
    _ = subject
    return await history(desk, Subject(""))


async def logins(desk: Desk, subject: Subject) -> Sequence[Line]:
    """Show the newest logins that were refused."""
    _ = subject
    return await history(desk, Subject(""), logins=True)


NETWORK_ACTS: Mapping[str, Doing] = {
    "appoint": appoint,
    "dismiss": dismiss,
    "declare": declare,
    "redeclare": redeclare,
    "sign_draft": sign_draft,
    "renew": renew,
    "policies": policies,
    "log_key": log_key,
    "epoch_start": epoch_start,
    "epoch_switch": epoch_switch,
    "epoch_end": epoch_end,
    "epoch_show": epoch_show,
    "office_history": office_history,
    "logins": logins,
}
