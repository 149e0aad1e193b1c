"""What the registry's work needs from its storage, as protocols; `app` chooses who fulfils them.

Every method is synchronous. One that changes a member's state demands the event that history will show: an unaudited
change does not type-check. Any failure of storage raises, and so refuses.
"""

from registry.ports.answering import AnsweringReports, AskedOn
from registry.ports.counts import Counts, Sighting, Sightings, Spent, WitnessedNote
from registry.ports.evaluations import EvaluationLog, Granted
from registry.ports.files import Draft, Files, PolicyBundle, Publication
from registry.ports.history import Event, History, LoggedEvent
from registry.ports.members import MemberRecord, Members, Person, StoredCard, Token
from registry.ports.procedures import ProcedureCounts, SpentInProcedure
from registry.ports.transactions import Transactions

__all__ = [
    "AnsweringReports",
    "AskedOn",
    "Counts",
    "Draft",
    "EvaluationLog",
    "Event",
    "Files",
    "Granted",
    "History",
    "LoggedEvent",
    "MemberRecord",
    "Members",
    "Person",
    "PolicyBundle",
    "ProcedureCounts",
    "Publication",
    "Sighting",
    "Sightings",
    "Spent",
    "SpentInProcedure",
    "StoredCard",
    "Token",
    "Transactions",
    "WitnessedNote",
]
