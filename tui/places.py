"""Where one can go on the console: each screen, who may, and where each person's day begins.

A screen's module is loaded when somebody goes there, and not before.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

from maglia.core.translation import mark
from maglia.core.vocabulary import Role
from tui.office_seat import OFFICER
from tui.official_seat import OFFICIAL
from tui.seat import Seat
from tui.session import ALONE

if TYPE_CHECKING:
    from tui.screens.work import WorkScreen


@dataclass(frozen=True)
class Place:
    """One screen: its name, what it is called, where its class is, and any of which rights opens it.

    Rights are `Service/Method` at a node, `ALONE`, or the name of an office. `()` is for everybody.
    """

    name: str
    words: str
    screen: str
    rights: tuple[str, ...] = ()

    def opens_to(self, seat: Seat) -> bool:
        """Return whether somebody may work here."""
        return not self.rights or any(seat.may(right) for right in self.rights)

    def make(self, seat: Seat) -> WorkScreen[Any]:
        """Return a new screen for somebody."""
        module, _, name = self.screen.partition(":")
        made: WorkScreen[Any] = getattr(import_module(module), name)(seat)
        return made


PLACES: tuple[Place, ...] = (
    Place("check", mark("VERIFICA"), "tui.screens.check.screen:CheckScreen", ("OperatorService/Check",)),
    Place("record", mark("REGISTRA"), "tui.screens.record.screen:RecordScreen", ("OperatorService/AddAid",)),
    Place("person", mark("PERSONA"), "tui.screens.person.screen:PersonScreen", ("PersonsService/GetPerson",)),
    Place(
        "bando",
        mark("CONTROLLO BANDO"),
        "tui.screens.bando.screen:BandoScreen",
        ("BatchService/OpenBatch",),
    ),
    Place(
        "referrals",
        mark("RINVII"),
        "tui.screens.referrals.screen:ReferralsScreen",
        ("ReferralDeskService/ListReferrals",),
    ),
    Place("inbox", mark("AVVISI"), "tui.screens.inbox:InboxScreen", ("InboxService/ListNotices",)),
    Place("office", mark("ACCREDITAMENTO"), "tui.screens.office.screen:OfficeScreen", (OFFICER,)),
    Place(
        "reports",
        mark("ACCESSO DEL CITTADINO"),
        "tui.screens.reports.screen:AccessReportsScreen",
        ("OperatorService/ListAccessReports",),
    ),
    Place("accesses", mark("ACCESSI"), "tui.screens.accesses.screen:AccessesScreen", (OFFICIAL,)),
    Place("names", mark("NOMI"), "tui.screens.names:NamesScreen", (OFFICIAL,)),
    Place("status", mark("STATO"), "tui.screens.status:StatusScreen", ("OperatorService/GetStatus",)),
    Place("offline", mark("SENZA RETE"), "tui.screens.offline.screen:OfflineScreen", (ALONE,)),
    Place("settings", mark("IMPOSTAZIONI"), "tui.screens.settings:SettingsScreen"),
)
"""In the order in which they are offered."""

_HOMES: Mapping[str, str] = {
    Role.VOLUNTEER: "check",
    Role.SOCIAL_WORKER: "check",
    Role.OFFICER: "bando",
    Role.MANAGER: "check",
    Role.NODE_ADMIN: "status",
    OFFICER: "office",
    OFFICIAL: "accesses",
}
"""By role, where the day begins."""


def places_of(seat: Seat) -> list[Place]:
    """Return where somebody may go, in order."""
    return [place for place in PLACES if place.opens_to(seat)]


def home_of(seat: Seat) -> Place:
    """Return where somebody's day begins: their role's home where it opens to them, else the first that does."""
    named = place_named(_HOMES.get(seat.role or seat.EXPECTED_ROLE, ""))
    if named is not None and (named.opens_to(seat) or not seat.user):
        return named
    return next(iter(places_of(seat)), PLACES[0])


def place_named(name: str) -> Place | None:
    """Return a place by its name."""
    return next((place for place in PLACES if place.name == name), None)
