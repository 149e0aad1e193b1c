"""What one can do on PERSONA, by what is looked at, the right that it takes, and the row that it is done to."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from maglia.core.translation import mark
from tui.records_model import FiledAid
from tui.screens.person.file import AID, CONSENTS, HOUSEHOLD, NEEDS, NOTES, OnFile
from tui.session import Counter


class Deed(NamedTuple):
    """One thing to do: its name, words for the menu, the view it belongs to, its right, and when it makes sense."""

    name: str
    words: str
    view: str
    right: str
    fits: Callable[[OnFile, str], bool] = lambda _on_file, _key: True


def pointed_aid(on_file: OnFile, key: str) -> FiledAid | None:
    """Return the version that the cursor is on."""
    records = on_file.records.records if on_file.records else ()
    return next((one for one in records if one.id == key), None)


def is_correctable(on_file: OnFile, key: str) -> bool:
    """Return whether a row is help that may be corrected: the newest version, and no promise."""
    one = pointed_aid(on_file, key)
    return one is not None and not one.replaced_by and one.status in {"given", "cancelled"}


def _lives_here(_on_file: OnFile, key: str) -> bool:
    return key.startswith("m")


def _by_operator(on_file: OnFile, key: str) -> bool:
    household = on_file.who.household if on_file.who else None
    return household is not None and household.source == "operator" and _lives_here(on_file, key)


def _has_code(on_file: OnFile, _key: str) -> bool:
    return not on_file.by_name


def _has_consented(on_file: OnFile, _key: str) -> bool:
    consents = on_file.consents
    return consents is not None and bool(consents.imported or any(one.in_force for one in consents.consents))


def _to_tell(_on_file: OnFile, key: str) -> bool:
    return key.startswith("t")


def _open_need(on_file: OnFile, key: str) -> bool:
    return any(one.name == key and one.is_open for one in on_file.needs or ())


DEEDS: Sequence[Deed] = (
    Deed("correct", mark("Correggi questo aiuto"), AID, "RecordsService/CorrectAid", is_correctable),
    Deed("add_person", mark("Aggiungi chi vive con questa persona"), HOUSEHOLD, "PersonsService/SetHousehold"),
    Deed("turn_age", mark("Segna come adulto, o come minore"), HOUSEHOLD, "PersonsService/SetHousehold", _by_operator),
    Deed("leave", mark("È uscito dal nucleo"), HOUSEHOLD, "PersonsService/LeaveHousehold", _by_operator),
    Deed("link", mark("Collega un altro codice della persona"), HOUSEHOLD, "PersonsService/LinkPerson"),
    Deed("consent", mark("Registra il consenso"), CONSENTS, "OperatorService/AddConsent"),
    Deed("told", mark("Questo ente è stato avvisato"), CONSENTS, "OperatorService/MarkTold", _to_tell),
    Deed("withdraw", mark("Ritira il consenso"), CONSENTS, "OperatorService/WithdrawConsent", _has_consented),
    Deed("refuse", mark("La persona rifiuta il consenso"), CONSENTS, "OperatorService/RefuseConsent"),
    Deed("object", mark("La persona si oppone al compito pubblico"), CONSENTS, "OperatorService/AddObjection"),
    Deed("open_need", mark("Apri un bisogno"), NEEDS, "NeedsService/OpenNeed"),
    Deed("close_need", mark("Chiudi questo bisogno"), NEEDS, "NeedsService/CloseNeed", _open_need),
    Deed("note", mark("Aggiungi una nota"), NOTES, "RecordsService/AddNote"),
)


def deeds_for(seat: Counter, view: str, on_file: OnFile, key: str) -> list[Deed]:
    """Return what one may do where the cursor is: what the node grants, the body's basis and the row allow."""
    if not on_file.code or (view != HOUSEHOLD and not _has_code(on_file, key)):
        return []
    of_view = [one for one in DEEDS if one.view == view and seat.may(one.right) and one.fits(on_file, key)]
    return [one for one in of_view if one.name != "object" or seat.acts_on_public_task]
