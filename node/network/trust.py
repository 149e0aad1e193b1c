"""What this node trusts about the network now, kept fresh: directory, keys, cards, policy bundle (design 4).

Metadata is verified by `maglia.wire.tuf`, cards by their members' identity keys. When metadata expires, every read
refuses: an outage costs availability, never a trust decision.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Protocol

from maglia.core.directory import (
    Directory,
    EvaluationKeys,
    Member,
    decode_directory,
    decode_keys,
    decode_suspensions,
)
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import Card
from maglia.core.keystore import write_private
from maglia.core.network_file import NetworkFile
from maglia.core.vocabulary import DIRECTORY_POLL_S, Silence
from maglia.v1.envelope_pb2 import Envelope
from maglia.wire.certificates import der_to_pem
from maglia.wire.convert import claimed_member, open_card
from maglia.wire.envelope import parse
from maglia.wire.tuf import NotThereError, Trusted, TrustedFiles
from node.network.peers import Peer
from node.network.registry import RegistryClient
from node.ports import Clock

_log = logging.getLogger(__name__)
_RETRY_S = 2.0


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
    ) -> None:
        self._folder = folder
        self._network = network.network
        self._registry = registry
        self._clock = clock
        self._poll_s = poll_s
        self._files = TrustedFiles(folder, network.root, self._fetch)
        self._offline = TrustedFiles(folder, network.root, self._fetch_kept)
        self._loop: asyncio.AbstractEventLoop | None = None
        self._trusted: Trusted | None = None
        self._directory: Directory | None = None
        self._keys: EvaluationKeys | None = None
        self._cards: dict[str, Card] = {}
        self._cards_revision = 0
        self._roots_changed = True
        self._refreshing = asyncio.Lock()
        self.last_news = 0.0
        """When the registry was last heard, seconds since the epoch."""

    # what others read

    def directory(self) -> Directory:
        """Return the signed directory, less the suspended; raise `directory.expired`."""
        self._check_fresh()
        if self._directory is None:
            raise MagliaError(Code.DIRECTORY_EXPIRED)
        return self._directory

    def keys(self) -> EvaluationKeys:
        """Return the evaluators' public keys; raise `directory.expired`."""
        self._check_fresh()
        if self._keys is None:
            raise MagliaError(Code.DIRECTORY_EXPIRED)
        return self._keys

    def bundle(self) -> bytes:
        """Return the verified policy bundle; raise `directory.expired`."""
        self._check_fresh()
        if self._trusted is None:
            raise MagliaError(Code.DIRECTORY_EXPIRED)
        return self._trusted.bundle

    def card_state(self, member: str) -> Silence | None:
        """Return why a member can't be asked, or None."""
        card = self._cards.get(member)
        if card is None:
            return Silence.UNREACHABLE
        return None if card.is_current(self._clock.now()) else Silence.CARD_EXPIRED

    def peer(self, member: str) -> Peer:
        """Return how to reach an active member."""
        found = self.directory().member(member)
        card = self._cards.get(member)
        if card is None or not card.is_current(self._clock.now()):
            raise MagliaError(Code.MEMBER_CARD)
        return Peer(card, found.identity_key)

    def caller(self, certificate: bytes) -> Member:
        """Step 8: return the active member whose current card has exactly this certificate (DER)."""
        now = self._clock.now()
        for member, card in self._cards.items():
            if card.certificate == certificate and card.is_current(now):
                return self.directory().member(member)
        raise MagliaError(Code.MEMBER_CARD)

    def changed_roots(self) -> bytes | None:
        """Return the PEM certificates of all cards if they changed since the last call, else None."""
        if not self._roots_changed:
            return None
        self._roots_changed = False
        return self.roots() or None  # gRPC takes no empty list

    def roots(self) -> bytes:
        """Return the PEM certificates of all cards."""
        return b"".join(der_to_pem(card.certificate) for card in self._cards.values())

    def _check_fresh(self) -> None:
        if self._trusted is None or self._clock.now() >= self._trusted.expires:
            raise MagliaError(Code.DIRECTORY_EXPIRED)

    # how it is kept fresh

    async def start(self) -> None:
        """Trust what was kept, then what is current; raise when neither can be trusted."""
        self._loop = asyncio.get_running_loop()
        self._load_cards()
        try:
            await self.refresh()
        except MagliaError as error:
            was_never_here = not (self._folder / "metadata" / "timestamp.json").is_file()
            if error.code not in {Code.NETWORK_UNREACHABLE, Code.NETWORK_DEADLINE} or was_never_here:
                raise
            self._accept(await asyncio.to_thread(self._offline.refresh))

    async def refresh(self) -> None:
        """Fetch and verify what is current."""
        async with self._refreshing:
            self._accept(await asyncio.to_thread(self._files.refresh))
            await self._fetch_cards()
            self.last_news = self._clock.now()

    async def keep_fresh(self, on_bundle: Callable[[bytes], Awaitable[None]]) -> None:
        """Refresh at each news from the registry, and at least every poll; runs until cancelled."""
        bundle = self._trusted.bundle if self._trusted else b""
        async with asyncio.TaskGroup() as tasks:
            wake = asyncio.Event()
            tasks.create_task(self._listen(wake))
            while True:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(wake.wait(), self._poll_s)
                wake.clear()
                try:
                    await self.refresh()
                    if (fresh := self.bundle()) != bundle:
                        await on_bundle(fresh)
                        bundle = fresh  # only now: a bundle that could not be put in use is tried again
                except MagliaError as error:
                    _log.warning("directory not refreshed: %s", error)

    async def _listen(self, wake: asyncio.Event) -> None:
        while True:
            try:
                async for _news in self._registry.news():
                    wake.set()
            except MagliaError as error:
                _log.info("no news: %s", error)
            await asyncio.sleep(_RETRY_S)

    def _accept(self, trusted: Trusted) -> None:
        directory = decode_directory(trusted.directory)
        keys = decode_keys(trusted.keys)
        if directory.network != self._network or keys.network != self._network:
            raise MagliaError(Code.DIRECTORY_UNTRUSTED, cause="another network's files")
        suspended = decode_suspensions(trusted.suspensions)
        former = self._directory
        self._trusted = trusted
        self._directory = directory.without(suspended)
        self._keys = keys
        if former is not None and former.version != directory.version:
            self._review_cards(former)

    def _review_cards(self, former: Directory) -> None:
        """Void the cards whose member left or has another key, and read all again: some may have come too early."""
        keys = {name: member.identity_key for name, member in self._members().items()}
        for name in list(self._cards):
            if keys.get(name) != former.members[name].identity_key:
                del self._cards[name]
                self._roots_changed = True
        self._cards_revision = 0

    def _members(self) -> Mapping[str, Member]:
        return self._directory.members if self._directory else {}

    async def _fetch_cards(self) -> None:
        envelopes, revision = await self._registry.cards(self._cards_revision)
        for envelope in envelopes:
            if self._accept_card(envelope):
                write_private(self._folder / f"{claimed_member(envelope)}.card", envelope.SerializeToString())
        self._cards_revision = revision

    def _load_cards(self) -> None:
        with contextlib.suppress(MagliaError):
            self._accept(self._offline.refresh())
        for path in self._folder.glob("*.card"):
            with contextlib.suppress(MagliaError):
                self._accept_card(parse(Envelope, path.read_bytes()))

    def _accept_card(self, envelope: Envelope) -> bool:
        """Take a card that its own member signed, in place of an older one."""
        try:
            member = claimed_member(envelope)
            known = self._members().get(member)
            if known is None:
                return False
            card = open_card(envelope, self._network, member, known.identity_key)
        except MagliaError as error:
            _log.warning("a card was refused: %s", error)
            return False
        current = self._cards.get(member)
        if current is not None and current.sequence >= card.sequence:
            return False
        self._cards[member] = card
        self._roots_changed = True
        return True

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
