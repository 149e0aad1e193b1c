"""An auditor's work with the logs, for the commands and for the screen alike: each step whole, in plain calls.

What reads the archive alone takes its time and blocks: it belongs into a thread. `tell` hears how far it is; what it
raises ends the work, and leaves the archive as it was.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from maglia.core.bundle import bundle_revision
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import REGISTRY_ID
from maglia.policy.rules import Rules, rules_of
from tui.audit.anomalies import Anomalies, find_anomalies
from tui.audit.archive import Archive, LogState
from tui.audit.client import AuditClient
from tui.audit.damage import damaged
from tui.audit.findings import Report
from tui.audit.known import read_bundle, signal_titles
from tui.audit.lock import alone
from tui.audit.network import archive_folder, find_auditor, pull_network, read_network_file
from tui.audit.opening import adding, check_auditor, pulled
from tui.audit.pull import Tell
from tui.audit.reconcile import network_of, reconcile
from tui.audit.search import LIMIT, MAX_LIMIT, Found, FoundPage, Query, count, search
from tui.audit.search_words import Titles
from tui.audit.searched import note_search
from tui.audit.thresholds import DEFAULT, load_thresholds
from tui.audit.verify import Verified, verify
from tui.profile import Profile
from tui.text import show_day

if TYPE_CHECKING:
    from maglia.core.identity import SigningKey
    from maglia.wire.certificates import TlsIdentity

TellDays = Callable[[int, int], None]


@dataclass(frozen=True)
class Searched:
    """Entries looked for in the logs of bodies, `members_total` in all; `titles` are what rules call signals."""

    page: FoundPage
    total: int
    """How many there are on all pages."""
    titles: Titles
    unread: Sequence[str]
    """The bodies whose logs were not read, or not whole, the last time."""
    members_total: int

    @property
    def members_read(self) -> int:
        """Return how many bodies' logs were read."""
        return self.members_total - len(self.unread)


@dataclass(frozen=True)
class Compared:
    """Each log as recomputed, and what they say of one another; a log that does not hold is in no comparison."""

    logs: Sequence[Verified]
    report: Report


async def pull_all(
    profile: Profile, keys: tuple[SigningKey, TlsIdentity], tell: Tell, *, whole: bool = False
) -> Sequence[LogState]:
    """Read every log of the network into the profile's archive; each reading is logged over there in one's name.

    Raises `member.no_office` or `session.role` for who is no auditor in office, who leaves no archive behind.
    """
    check_auditor(profile)
    async with AuditClient(read_network_file(profile), *keys) as client:
        found = await find_auditor(client, profile)
        with adding(profile) as archive:
            return await pull_network(client, archive, archive_folder(profile), found, tell, whole=whole)


def logs_read(profile: Profile) -> Sequence[LogState]:
    """Return the logs in the archive, none where nothing was pulled yet; raise as `pulled`."""
    try:
        with pulled(profile) as (_folder, archive, _known):
            return archive.logs()
    except MagliaError as error:
        if error.code is Code.STORAGE_MISSING and error.params.get("path") == archive_folder(profile).name:
            return ()
        raise


def search_logs(profile: Profile, query: Query, limit: int = LIMIT, page: str = "") -> Searched:
    """Return entries that are as asked, and put the search on file in the profile's name; raise as `search`."""
    with _searching(profile, query) as (folder, archive):
        found = search(archive, query, limit, page)
        return Searched(found, count(archive, query), signal_titles(folder), *unread_of(archive.logs()))


def search_whole(profile: Profile, query: Query, tell: TellDays) -> Searched:
    """Return every entry that is as asked, for a file; `tell` hears how many were read, of how many."""
    with _searching(profile, query) as (folder, archive):
        entries: list[Found] = []
        total, page = count(archive, query), ""
        while True:
            tell(len(entries), total)
            found = search(archive, query, MAX_LIMIT, page)
            entries += found.entries
            page = found.next_page
            if not page:
                return Searched(FoundPage(entries), len(entries), signal_titles(folder), *unread_of(archive.logs()))


@contextmanager
def _searching(profile: Profile, query: Query) -> Iterator[tuple[Path, Archive]]:
    """Open the archive for a search that is put on file in the profile's name."""
    with pulled(profile) as (folder, archive, known):
        if query.member:
            known.check_log(query.member)
        note_search(folder, profile.user, "entries", _wanted(query))
        yield folder, archive


def unread_of(logs: Sequence[LogState]) -> tuple[Sequence[str], int]:
    """Return whose logs were not read the last time, and of how many bodies; the office's own is not counted."""
    bodies = [log for log in logs if log.member != REGISTRY_ID]
    return [log.member for log in bodies if log.why_unread], len(bodies)


def _wanted(query: Query) -> dict[str, str]:
    said = {field.name: getattr(query, field.name) for field in fields(query)}
    return {name: value.hex() if isinstance(value, bytes) else str(value) for name, value in said.items() if value}


def find_signals(
    profile: Profile,
    first: date,
    last: date,
    member: str = "",
    operator: str = "",
    *,
    rules: Rules | None = None,
    tell: TellDays | None = None,
) -> Anomalies:
    """Return what the rules of the last pull, or others, signal; the search is put on file. Raise `find_anomalies`."""
    with pulled(profile) as (folder, archive, known):
        in_force = rules or rules_of_then(folder)
        span = {"from": show_day(first), "to": show_day(last)}
        note_search(folder, profile.user, "signals", {**span, "member": member, "operator": operator})
        return find_anomalies(archive, known, in_force, first, last, member, tell, operator=operator)


def rules_of_then(folder: Path) -> Rules:
    """Return the rules that were in force at the last pull; raise `storage.missing`, or `storage.copy` for others."""
    bundle = read_bundle(folder)
    try:
        return rules_of("in-vigore", bundle, bundle_revision(bundle))
    except MagliaError as error:
        raise damaged(folder, error) from error


def compare(profile: Profile, tell: Callable[[str], object] = str, thresholds: Path = DEFAULT) -> Compared:
    """Recompute every log, then hold them against one another; `tell` hears of each log, then "" at each step.

    Raises as `pulled`, `storage.locked` while another program adds to the archive, and as `load_thresholds`.
    """
    wanted = load_thresholds(thresholds)
    with pulled(profile) as (folder, archive, known), alone(folder):
        logs = verify(archive, known, tell)
        return Compared(logs, reconcile(archive, network_of(known), wanted, lambda: tell("")))
