"""All that the body stores."""

from __future__ import annotations

from typing import Protocol

from node.ports.access_cases import AccessCases
from node.ports.answering import AnsweringCounts
from node.ports.batches import Batches
from node.ports.budgets import Budgets
from node.ports.consents import Consents
from node.ports.devices import Devices
from node.ports.exports import Exports
from node.ports.households import HouseholdFiles
from node.ports.inbox import Notices
from node.ports.links import Links
from node.ports.names import Names
from node.ports.needs import FiledNeeds
from node.ports.operators import Operators
from node.ports.pseudonyms import PseudonymCache, Pseudonyms
from node.ports.record_files import Erasing, RecordFiles
from node.ports.records import Papers, Records
from node.ports.referrals import Referrals
from node.ports.reservations import Reservations
from node.ports.templates import Templates
from node.ports.waiting import WaitingChecks


class Store(
    Records,
    Reservations,
    RecordFiles,
    Erasing,
    Consents,
    Papers,
    Names,
    HouseholdFiles,
    FiledNeeds,
    Links,
    Pseudonyms,
    PseudonymCache,
    Budgets,
    Operators,
    Devices,
    AccessCases,
    Referrals,
    Notices,
    Batches,
    WaitingChecks,
    Templates,
    Exports,
    AnsweringCounts,
    Protocol,
):
    """The body's own records. Every method is synchronous and raises `MagliaError` with code `storage.unavailable`."""

    def empty_journal(self) -> None:
        """Leave no copy of what was removed in the database's own journal, where the database can."""
        ...
