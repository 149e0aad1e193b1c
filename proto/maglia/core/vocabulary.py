"""Codes and default numbers, the one source for code and policy data.

Codes are stable, English, and travel on the wire as these strings; labels are translated where they are shown.
"""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from functools import lru_cache

PROTOCOL_VERSIONS = (1,)
"""Versions served: current and previous."""


class Kind(StrEnum):
    """Kinds of body."""

    COMUNE = "comune"
    SOCIAL_DISTRICT = "social_district"
    HEALTH_AGENCY = "health_agency"
    PARISH = "parish"
    CARITAS = "caritas"
    ODV = "odv"
    APS = "aps"
    ONLUS = "onlus"
    FOOD_BANK = "food_bank"
    COOPERATIVE = "cooperative"
    FOUNDATION = "foundation"


PUBLIC_KINDS = frozenset({Kind.COMUNE, Kind.SOCIAL_DISTRICT, Kind.HEALTH_AGENCY})
"""Bodies that act on public task; all others act on consent (domain law rule 2)."""


class Role(StrEnum):
    """Roles of operators within a body."""

    VOLUNTEER = "volunteer"
    SOCIAL_WORKER = "social_worker"
    OFFICER = "officer"
    MANAGER = "manager"
    NODE_ADMIN = "node_admin"


class NetworkRole(StrEnum):
    """Roles of people at the registry."""

    ACCREDITATION_OFFICER = "accreditation_officer"
    AUDITOR = "auditor"
    DPO = "dpo"


class Purpose(StrEnum):
    """Why a question is asked; a question without one is denied and logged (law rule 1)."""

    AID_OVERLAP = "aid_overlap"
    RENT_SUBSIDY = "rent_subsidy"
    UTILITY_SUBSIDY = "utility_subsidy"
    CALL_FOR_APPLICANTS = "call_for_applicants"
    REFERRAL = "referral"
    ACCESS_REPORT = "access_report"
    AUDIT = "audit"


_COORDINATING = frozenset({Kind.COMUNE, Kind.SOCIAL_DISTRICT})
PURPOSE_KINDS: dict[Purpose, frozenset[Kind]] = {
    Purpose.AID_OVERLAP: frozenset(Kind),
    Purpose.RENT_SUBSIDY: _COORDINATING,
    Purpose.UTILITY_SUBSIDY: _COORDINATING,
    Purpose.CALL_FOR_APPLICANTS: _COORDINATING,
    Purpose.REFERRAL: frozenset(Kind),
    Purpose.ACCESS_REPORT: frozenset(Kind),
    Purpose.AUDIT: frozenset(),
}
"""Which kinds of body can be accredited for a purpose; policies open no purpose to any other kind."""

PROCEDURE_PURPOSES = frozenset(
    {Purpose.AID_OVERLAP, Purpose.RENT_SUBSIDY, Purpose.UTILITY_SUBSIDY, Purpose.CALL_FOR_APPLICANTS}
)
"""What a public body may ask on the strength of a procedure (design 5); the policies' data say the same."""


class Basis(StrEnum):
    """Lawful basis of a record or a question."""

    CONSENT = "consent"
    PUBLIC_TASK = "public_task"
    NONE = "none"


class Facet(StrEnum):
    """Kinds of aid that may be shared. Special categories are not here: they have a prefix and never leave."""

    RENT_ARREARS = "rent_arrears"
    RENT_CURRENT = "rent_current"
    RENT_DEPOSIT = "rent_deposit"
    ELECTRICITY = "electricity"
    GAS = "gas"
    WATER = "water"
    HEATING = "heating"
    FOOD_PARCEL = "food_parcel"
    FOOD_VOUCHER = "food_voucher"
    CANTEEN = "canteen"
    INCOME_SUPPORT = "income_support"
    BASIC_GOODS = "basic_goods"
    MEDICINE = "medicine"
    SCHOOL = "school"
    TRANSPORT = "transport"
    LOAN = "loan"


SPECIAL_PREFIXES = ("health_", "disability_", "addiction_", "violence_", "detention_")
"""Special-category facets (GDPR art. 9 and 10): recorded, never released, never asked."""


class Family(StrEnum):
    """Facets of one family answer similar needs."""

    HOUSING = "housing"
    UTILITIES = "utilities"
    FOOD = "food"
    MONEY = "money"
    GOODS = "goods"
    MEDICINE = "medicine"
    SCHOOL = "school"
    TRANSPORT = "transport"


FAMILY: dict[Facet, Family] = {
    Facet.RENT_ARREARS: Family.HOUSING,
    Facet.RENT_CURRENT: Family.HOUSING,
    Facet.RENT_DEPOSIT: Family.HOUSING,
    Facet.ELECTRICITY: Family.UTILITIES,
    Facet.GAS: Family.UTILITIES,
    Facet.WATER: Family.UTILITIES,
    Facet.HEATING: Family.UTILITIES,
    Facet.FOOD_PARCEL: Family.FOOD,
    Facet.FOOD_VOUCHER: Family.FOOD,
    Facet.CANTEEN: Family.FOOD,
    Facet.INCOME_SUPPORT: Family.MONEY,
    Facet.LOAN: Family.MONEY,
    Facet.BASIC_GOODS: Family.GOODS,
    Facet.MEDICINE: Family.MEDICINE,
    Facet.SCHOOL: Family.SCHOOL,
    Facet.TRANSPORT: Family.TRANSPORT,
}


def facets_of_family(facet: Facet) -> frozenset[Facet]:
    """Return every facet that answers a similar need, `facet` included."""
    return frozenset(other for other, family in FAMILY.items() if family is FAMILY[facet])


_IN_MONEY = frozenset({Family.HOUSING, Family.UTILITIES, Family.MONEY})


@lru_cache(maxsize=1024)
def is_in_money(facet: str) -> bool:
    """Return whether aid of this facet is money, so that its amount is known; goods in kind may have none."""
    return facet in frozenset(Facet) and FAMILY[Facet(facet)] in _IN_MONEY


def is_special(facet: str) -> bool:
    """Return whether `facet` is of a special category, which never leaves the node (law rule 4)."""
    return facet.startswith(SPECIAL_PREFIXES)


class AidStatus(StrEnum):
    """Status of an aid record."""

    RESERVED = "reserved"
    GIVEN = "given"
    CANCELLED = "cancelled"
    CORRECTED = "corrected"


class Frequency(StrEnum):
    """Whether help is given once, or every month of a period; of the latter the amount is a month's."""

    ONE_OFF = "one_off"
    MONTHLY = "monthly"


class MeansTest(StrEnum):
    """How it was found out that the household has too little, as the national flow asks (domain "National flow")."""

    ISEE = "isee"
    OTHER = "other"
    EXEMPT = "exempt"
    NONE = "none"


class Visibility(StrEnum):
    """Who may ever hear of a record: the network as policy decides, or this body alone."""

    NETWORK = "network"
    ONLY_US = "only_us"


class Level(StrEnum):
    """How much of a record is released."""

    NOTHING = "nothing"
    PRESENCE = "presence"
    DETAIL = "detail"


class AmountBand(StrEnum):
    """Amounts at presence level, in EUR."""

    UNDER_50 = "under_50"
    FROM_50 = "50_149"
    FROM_150 = "150_499"
    FROM_500 = "500_1499"
    FROM_1500 = "1500_up"


def amount_band(cents: int) -> AmountBand:
    """Return the band of an amount in euro cents."""
    for limit, band in (
        (50_00, AmountBand.UNDER_50),
        (150_00, AmountBand.FROM_50),
        (500_00, AmountBand.FROM_150),
        (1500_00, AmountBand.FROM_500),
    ):
        if cents < limit:
            return band
    return AmountBand.FROM_1500


def month_of(day: date) -> str:
    """Return `YYYY-MM`, the date at presence level."""
    return f"{day:%Y-%m}"


class PseudonymClass(StrEnum):
    """What a pseudonym stands for; each class has its own keys."""

    PERSON = "person"
    NEED = "need"


class Verdict(StrEnum):
    """What the asker's operator reads."""

    NONE_KNOWN = "none_known"
    SIMILAR = "similar"
    SAME_NEED = "same_need"
    REFUSED = "refused"


class Silence(StrEnum):
    """Why a body that was asked is counted as silent."""

    UNREACHABLE = "unreachable"
    DEADLINE = "deadline"
    REFUSED_CONNECTION = "refused_connection"
    CARD_EXPIRED = "card_expired"
    NOT_JOINED = "not_joined"
    """Approved by two officers, and without a card so far: it counts, since nobody signed that it has no records."""
    METADATA_EXPIRED = "metadata_expired"
    SUSPENDED_HERE = "suspended_here"
    COVERAGE_PARTIAL = "coverage_partial"
    OVERLOADED = "overloaded"
    VERSION = "version"
    INTERRUPTED = "interrupted"
    """The asker's own process or log failed before the question's end."""


class EndState(StrEnum):
    """The one end of each question, in the asker's log."""

    ANSWERED = "answered"
    REFUSED = "refused"
    SILENT = "silent"
    LATE = "late"


class ReferralState(StrEnum):
    """What became of a person sent to another body; the first two are known to the sender alone."""

    WAITING = "waiting"
    """Not delivered yet: the other body's node is away, and is asked again."""
    UNDELIVERED = "undelivered"
    """Nobody tries any longer, or the other body's node refused to take it."""
    SENT = "sent"
    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"
    DECLINED = "declined"
    DONE = "done"


class MemberState(StrEnum):
    """States of a member's life, from application to revocation."""

    APPLIED = "applied"
    DOCUMENTS_MISSING = "documents_missing"
    APPROVED = "approved"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    EXPIRING = "expiring"
    REVOKED = "revoked"


class Coverage(StrEnum):
    """Whether an answer speaks for all the records of the body."""

    FULL = "full"
    PARTIAL = "partial"


# Default numbers. Lifetimes are in seconds, so that tests can divide them.
CONSENT_DAYS = 365
"""Days for which a consent may be relied on, unless it says less; the policies' data say the same."""
RECEIVED_FINDINGS_DAYS = 30
"""Days for which a body may keep what others answered it."""
SESSION_IDLE_S = 15 * 60
PROVISIONAL_S = 3.0
DEADLINE_S = 5.0
REASK_S = 72 * 3600
DIRECTORY_POLL_S = 60
DEGRADED_S = 5 * 60
TIMESTAMP_S = 8 * 3600
CARD_S = 90 * 86400
CARD_RENEW_S = 60 * 86400
CARD_OVERLAP_S = 3600
"""How long a replaced card still counts, if it does not end before."""
TOKEN_S = 24 * 3600
INVITE_S = 24 * 3600
"""Seconds for which a code enrols a console."""
APPLICATIONS_WAITING = 500
"""Applications that may wait at the office at once, of all bodies together."""
APPLICATIONS_AN_HOUR = 30
"""Applications that one client address may send in an hour."""
APPLICATION_S = 30 * 86400
"""How long an application waits that nobody of the office has touched."""
LOGIN_SUMMARY_S = 60
"""How often logins refused at the office are summed up in its log."""
SIGNALS_S = 3600
"""How often a node looks for what it should signal in its own log."""
REGISTRY_ELEMENTS_A_DAY = 2_000
REGISTRY_ENROLMENTS_A_DAY = 5_000
REGISTRY_REPORTS_A_DAY = 200
"""Elements for reports on who looked a person up: one for each person and epoch, those that are over included."""
ANSWERS_A_DAY = 500
OPERATOR_PERSONS_A_DAY: dict[Role, int] = {
    Role.VOLUNTEER: 30,
    Role.SOCIAL_WORKER: 100,
    Role.OFFICER: 300,
    Role.MANAGER: 100,
    Role.NODE_ADMIN: 0,
}
ACCESS_REPORTS_A_DAY = 20
"""Searches of a body's log, for who looked a person up, that one other body may ask for in a day."""
REFERRALS_A_DAY = 200
"""What one other body may tell this one about persons sent, in a day: new ones, those told again, and news of them."""
REPORT_MONTHS = 1
"""Months in which whoever asks who looked them up is answered (GDPR art. 12(3))."""
REPORT_MONTHS_EXTENDED = 3
"""The same, extended once by two months, where the person is told of it in the first."""
MAX_HOUSEHOLD = 12
"""Persons that one check of a household asks about at most."""
PSEUDONYM_CACHE_S = 30 * 86400
CHECKPOINT_S = 10 * 60
CHECKPOINT_ENTRIES = 1_000
COSIGNATURE_MAX_S = 4 * 3600
MAX_MESSAGE_BYTES = 256 * 1024
MAX_PSEUDONYMS = 500
MAX_STREAMS_PER_PEER = 4
PSEUDONYM_BYTES = 16
MAX_EVALUATION_BYTES = 192 * 1024
"""Elements of one evaluation's answer, inputs x keys x 32 bytes: a message holds them, and the proof."""
BULK_VERIFIED_SHARE = 0.05
"""Evaluations that an asker verifies when it asks about many, by chance; single checks and enrolments always."""
RETENTION_MONTHS = 24
"""Months for which a record of aid may answer: food and goods, and every kind without a longer term."""
LONG_RETENTION_MONTHS = 36
"""Months for rent and utilities, whose subsidies look back further."""
_KEPT_LONG = frozenset({Family.HOUSING, Family.UTILITIES})


def retention_months(facet: str) -> int:
    """Return the months for which a record of `facet` may answer at most, one that nobody shares included."""
    known = FAMILY[Facet(facet)] if facet in frozenset(Facet) else None
    return LONG_RETENTION_MONTHS if known in _KEPT_LONG else RETENTION_MONTHS


FORMER_CODE_MONTHS = LONG_RETENTION_MONTHS
"""Months for which a question about a code that another one replaced still finds the person."""
RESERVATION_S = 10 * 86400
"""How long help that was promised is held, unless it is food or less is said."""
FOOD_RESERVATION_S = 12 * 3600


def reservation_s(facet: str) -> int:
    """Return the seconds for which help of `facet` is promised, and for which the promise may be renewed once."""
    known = FAMILY[Facet(facet)] if facet in frozenset(Facet) else None
    return FOOD_RESERVATION_S if known is Family.FOOD else RESERVATION_S


UNDO_S = 10 * 60
"""How long after it was recorded help can be undone; afterwards it is corrected."""
LOG_MONTHS = 24
DISK_RESERVE_BYTES = 16 * 1024 * 1024
"""Months for which the log keeps who asked about whom."""
CONSENT_DAYS = 365
"""Days after which a consent is asked for anew; the policies' data say the same."""
DEFAULT_MONTHS = 6
MAX_MONTHS = 36
