"""What this node trusts about the network now, kept fresh: directory, keys, cards, policy bundle (design 4).

Metadata is verified by `maglia.wire.tuf`, cards by their members' identity keys. When metadata expires, every read
refuses: an outage costs availability, never a trust decision.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Protocol

from maglia.core.directory import Directory, Member, Official, decode_directory, decode_suspensions
from maglia.core.errors import Code, MagliaError
from maglia.core.evaluation_keys import EvaluationKeys, decode_keys
from maglia.core.network_file import NetworkFile
from maglia.core.procedures import Procedure, decode_procedures
from maglia.core.vocabulary import CARD_OVERLAP_S, DEGRADED_S, DIRECTORY_POLL_S, Silence
from maglia.wire.certificates import is_certificate_of
from maglia.wire.tuf import NotThereError, Trusted, TrustedFiles
from node.network.cards import CardBook
from node.network.peers import Peer
from node.network.registry import RegistryClient
from node.network.rumours import Rumours
from node.ports import Clock

_log = logging.getLogger(__name__)
_RETRY_S = 2.0
_AFTER_S = 0.05
"""Trust is looked at this long after the moment at which some of it ends, so that it has ended."""
_AWAY = frozenset({Code.NETWORK_UNREACHABLE, Code.NETWORK_DEADLINE})


class OnBundle(Protocol):
    """Called with each new verified policy bundle."""

    async def __call__(self, bundle: bytes) -> None:
        """Put the bundle in use."""
        ...


class NetworkTrust:
    """Fulfils `node.ports.Trust`; also tells the doors whose certificate a caller presents."""

    def __init__(
        self,
        folder: Path,
        network: NetworkFile,
        registry: RegistryClient,
        clock: Clock,
        poll_s: float = DIRECTORY_POLL_S,
        degraded_s: float = DEGRADED_S,
        overlap_s: float = CARD_OVERLAP_S,
    ) -> None:
        self._folder = folder
        self._network = network.network
        self._registry = registry
        self._clock = clock
        self._poll_s = poll_s
        self._degraded_s = degraded_s
        self._files = TrustedFiles(folder, network.root, self._fetch)
        self._offline = TrustedFiles(folder, network.root, self._fetch_kept)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._trusted: Trusted | None = None
        self._directory: Directory | None = None
        self._appointed: Mapping[bytes, Official] = {}
        self._keys: EvaluationKeys | None = None
        self._procedures: Mapping[str, Procedure] = {}
        self._cards_revision = 0
        self._refreshing = asyncio.Lock()
        self._rumours = Rumours(poll_s)
        self._listeners: list[Callable[[], None]] = []
        self._refusal: Code | None = None
        self._cards = CardBook(folder, network.network, clock, overlap_s)
        self.is_away = False
        """Whether the registry could not be reached when it was tried last."""
        self.last_news = 0.0
        """When the registry was last heard, seconds since the epoch."""

    # what others read

    def directory(self) -> Directory:
        """Return the signed directory, less the suspended; raise `directory.expired`."""
        self._check_fresh()
        if self._directory is None:
            raise MagliaError(Code.DIRECTORY_EXPIRED)
        return self._directory

    def last_known(self, member: str) -> Member:
        """Return what the newest directory ever trusted says of a member, though it may have expired or suspended it.

        For names and labels alone, so that a body can record aid while the registry is away. Raises `member.unknown`.
        """
        found = self._directory.members.get(member) if self._directory else None
        if found is None:
            raise MagliaError(Code.MEMBER_UNKNOWN, member=member)
        return found

    def keys(self) -> EvaluationKeys:
        """Return the evaluators' public keys; raise `directory.expired`."""
        self._check_fresh()
        if self._keys is None:
            raise MagliaError(Code.DIRECTORY_EXPIRED)
        return self._keys

    def procedures(self) -> Mapping[str, Procedure]:
        """Return the procedures that two officers signed, by id; raise `directory.expired`."""
        self._check_fresh()
        return self._procedures

    def bundle(self) -> bytes:
        """Return the verified policy bundle; raise `directory.expired`."""
        self._check_fresh()
        if self._trusted is None:
            raise MagliaError(Code.DIRECTORY_EXPIRED)
        return self._trusted.bundle

    def card_state(self, member: str) -> Silence | None:
        """Return why a member can't be asked, or None."""
        card = self._cards.card(member)
        if card is None:
            return Silence.NOT_JOINED if self._never_joined(member) else Silence.UNREACHABLE
        return None if card.is_current(self._clock.now()) else Silence.CARD_EXPIRED

    def _never_joined(self, member: str) -> bool:
        """Return whether a member was signed in, and neither this node nor the registry has seen a card of it."""
        found = self._members().get(member)
        has_read_cards = self._cards_revision > 0
        return found is not None and found.is_active and has_read_cards and not self._cards.was_seen(member)

    def relay_of(self, member: str) -> str:
        """Return the relay through which a member's card says that it is reached; empty for none, or without a card."""
        card = self._cards.card(member)
        return card.relay if card is not None else ""

    def peer(self, member: str) -> Peer:
        """Return how to reach an active member."""
        found = self.directory().member(member)
        card = self._cards.card(member)
        if card is None or not card.is_current(self._clock.now()):
            raise MagliaError(Code.MEMBER_CARD)
        return Peer(card, found.identity_key)

    def caller(self, certificate: bytes) -> Member:
        """Step 8: return the active member whose card has exactly this certificate (DER)."""
        holder = self._cards.holder(certificate)
        if holder is None:
            raise MagliaError(Code.MEMBER_CARD)
        return self.directory().member(holder)

    def official(self, certificate: bytes) -> Official | None:
        """Return the official in office who calls with exactly this certificate (DER); None when it is nobody's.

        Raises `member.no_office` when the act is over or an officer stopped it, `directory.expired`.
        """
        known, directory = self._appointed.get(certificate), self.directory()
        if known is None:
            return None
        today = datetime.fromtimestamp(self._clock.now(), UTC).date()
        if known.id not in directory.officials or not known.is_appointed(today):
            raise MagliaError(Code.MEMBER_NO_OFFICE, member=known.id)
        return known

    def roots(self) -> bytes:
        """Return the PEM certificates that a handshake admits."""
        return self._cards.roots()

    def changed_roots(self) -> bytes | None:
        """Return the roots if they, or this body's own certificate, changed since the last call; else None."""
        return self._cards.changed_roots()

    def renew_roots(self) -> None:
        """Say that this body's own certificate changed."""
        self._cards.renew_roots()

    def expires(self) -> float:
        """Return when the newest metadata trusted here ends, in seconds since the epoch; 0 before the first."""
        return self._trusted.expires if self._trusted else 0.0

    def problems(self) -> list[Code]:
        """Return what keeps, or will soon keep, this body out: expired or old news, and what the registry refused."""
        now = self._clock.now()
        found = []
        if self._trusted is None or now >= self._trusted.expires:
            found.append(Code.DIRECTORY_EXPIRED)
        elif now - self.last_news >= self._degraded_s:
            found.append(Code.DIRECTORY_STALE)
        if self._refusal is not None and self._refusal not in found:
            found.append(self._refusal)
        return found

    # news between bodies, `node.ports.Gossip`

    def timestamp_version(self) -> int:
        """Return the version of the newest metadata trusted here; 0 before the first."""
        return self._trusted.version if self._trusted else 0

    def heard(self, version: int) -> None:
        """Refresh at once if another body trusts newer metadata."""
        self._rumours.heard(version, self.timestamp_version())

    def look(self) -> None:
        """Refresh soon: what is known of another body may be old."""
        self._rumours.look()

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` on the event loop whenever whom to trust may have changed, by news or by time."""
        self._listeners.append(listener)

    def _tell(self) -> None:
        for listener in self._listeners:
            listener()

    def _check_fresh(self) -> None:
        if self._trusted is None or self._clock.now() >= self._trusted.expires:
            raise MagliaError(Code.DIRECTORY_EXPIRED)

    # how it is kept fresh

    async def start(self) -> None:
        """Trust what was kept, then what is current; raise when neither can be trusted."""
        self._loop = asyncio.get_running_loop()
        self._load_kept()
        try:
            await self.refresh()
        except MagliaError as error:
            was_never_here = not (self._folder / "metadata" / "timestamp.json").is_file()
            if error.code not in _AWAY or was_never_here:
                raise
            self._accept(await asyncio.to_thread(self._offline.refresh))

    async def refresh(self) -> None:
        """Fetch and verify what is current."""
        async with self._refreshing:
            self._accept(await asyncio.to_thread(self._files.refresh))
            self._tell()  # before anything else is fetched: a suspension waits for nothing
            if await self._fetch_cards():
                self._tell()
            self.last_news = self._clock.now()
            self.is_away = False

    async def keep_fresh(self, on_bundle: Callable[[bytes], Awaitable[None]]) -> None:
        """Refresh at each news from the registry, and at least every poll; runs until cancelled."""
        bundle = self._trusted.bundle if self._trusted else b""
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen())
            while True:
                await self._next_turn()
                try:
                    await self.refresh()
                    self._refusal = None
                    if (fresh := self.bundle()) != bundle:
                        await on_bundle(fresh)
                        bundle = fresh  # only now: a bundle that could not be put in use is tried again
                except MagliaError as error:
                    _log.warning("directory not refreshed: %s", error)
                    self.is_away = error.code in _AWAY
                    self._refusal = None if self.is_away else error.code
                self._rumours.proved(self.timestamp_version())
                self._tell()  # though nothing came: time alone ends trust

    async def _next_turn(self) -> None:
        """Wait for news, for the poll, or for the moment when metadata or a card ends."""
        now = self._clock.now()
        ends = [self._cards.next_end(), self._trusted.expires if self._trusted else 0.0]
        until_end = min((end - now for end in ends if end > now), default=self._poll_s)
        with contextlib.suppress(TimeoutError):
            # Not `wait_for`: until Python 3.12 it takes a cancellation for an answer when both come at once.
            async with asyncio.timeout(min(self._poll_s, until_end + _AFTER_S)):
                await self._rumours.wake.wait()
        self._rumours.wake.clear()

    async def _listen(self) -> None:
        while True:
            try:
                async for _news in self._registry.news():
                    self._rumours.wake.set()
            except MagliaError as error:
                _log.info("no news: %s", error)
                self.is_away = error.code in _AWAY
                if not self.is_away:
                    self._refusal = error.code  # such as a suspension: the body is told before the next poll
            await asyncio.sleep(_RETRY_S)

    def _accept(self, trusted: Trusted) -> None:
        directory = decode_directory(trusted.directory)
        keys = decode_keys(trusted.keys)
        if directory.network != self._network or keys.network != self._network:
            raise MagliaError(Code.DIRECTORY_UNTRUSTED, cause="another network's files")
        if directory.epochs != keys.epochs:
            raise MagliaError(Code.DIRECTORY_UNTRUSTED, cause="keys of other epochs")
        if not keys.are_of(directory.members):
            raise MagliaError(Code.DIRECTORY_UNTRUSTED, cause="keys of other members")
        procedures = decode_procedures(trusted.procedures, self._network)
        suspended = decode_suspensions(trusted.suspensions)
        former = self._directory
        self._trusted = trusted
        self._directory = directory.without(suspended)
        # A certificate of another name, or none at all, opens nothing, though two officers signed it.
        self._appointed = {
            official.certificate: official
            for official in directory.officials.values()
            if is_certificate_of(official.certificate, official.id, self._network)
        }
        self._cards.admit(self._appointed)
        self._keys = keys
        self._procedures = procedures
        if former is not None and former.version != directory.version:
            # All cards are read again: some may have come before the directory that knows their key.
            self._cards.review(former.members, directory.members)
            self._cards_revision = 0

    def _members(self) -> Mapping[str, Member]:
        return self._directory.members if self._directory else {}

    async def _fetch_cards(self) -> bool:
        """Take the cards that changed; return whether any was new."""
        envelopes, revision = await self._registry.cards(self._cards_revision)
        taken = [self._cards.take(envelope, self._members()) for envelope in envelopes]
        self._cards_revision = revision
        return any(taken)

    def _load_kept(self) -> None:
        with contextlib.suppress(MagliaError):
            self._accept(self._offline.refresh())
        self._cards.load(self._members())

    def _fetch(self, kind: str, name: str) -> bytes:
        if self._loop is None:
            raise MagliaError(Code.NETWORK_UNREACHABLE)
        return asyncio.run_coroutine_threadsafe(self._registry.fetch(kind, name), self._loop).result()

    def _fetch_kept(self, kind: str, name: str) -> bytes:
        """Stand in for the registry with what was fetched before; expiry is still checked."""
        kept = self._folder / kind / name
        if kind != "metadata" or not kept.is_file():
            raise NotThereError(name)
        return kept.read_bytes()
