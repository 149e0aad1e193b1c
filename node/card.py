"""The body's own card: made when it joins, published anew before it ends or when the address changes (design 3).

The key of a renewed card is kept before the card is published, and used only after: whatever fails in between, the
node still holds the key of the card that the others know.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from cryptography import x509

from maglia.core.errors import Code, MagliaError
from maglia.core.identity import Card
from maglia.core.keystore import write_private
from maglia.core.network_file import NetworkFile
from maglia.v1.envelope_pb2 import Envelope
from maglia.wire.certificates import TlsIdentity, make_certificate
from maglia.wire.convert import open_card, seal_card
from maglia.wire.envelope import parse
from node.config import Settings
from node.keys import Keys, save_keys
from node.network import registry
from node.via import Reach, reach_of

CARD_FILE = "card.bin"
FIRST_CARD_FILE = "card-first.bin"
"""The first card as it is sent with the token: a second try sends the same bytes, and so is not a second use."""
_LOOKS = 20
"""How often its age is looked at before a card is due."""
_LOOK_S = 0.05, 60.0
"""Seconds between two looks, at least and at most."""
_AWAY = frozenset({Code.NETWORK_OFFICE, Code.NETWORK_UNREACHABLE, Code.NETWORK_DEADLINE})
_log = logging.getLogger(__name__)


async def first_card(folder: Path, settings: Settings, network: NetworkFile, keys: Keys, token: str) -> None:
    """Use the one-time token: publish the first card, and be active.

    Whatever is cut short after the registry's word is mended by the same command: it sends the very card again.
    """
    sent = folder / FIRST_CARD_FILE
    if not sent.is_file():
        card = _card(settings, network, reach_of(folder, settings, network.network), keys.peer)
        write_private(sent, seal_card(card, keys.identity).SerializeToString())
    envelope = parse(Envelope, sent.read_bytes())
    card = open_card(envelope, network.network, settings.member, keys.identity.public)
    try:
        await registry.activate(network, token, card, keys.identity)
    except MagliaError as error:
        if error.code is Code.MEMBER_CARD:
            sent.unlink()  # too old by now, or of other settings: the next try makes another
        raise
    _keep(folder, card, keys)
    sent.unlink()


class OwnCard:
    """Holds the keys in use; `run` renews the card while the node serves. Raises `storage.missing` before `join`."""

    def __init__(self, folder: Path, settings: Settings, network: NetworkFile, keys: Keys, passphrase: str) -> None:
        self._folder = folder
        self._settings = settings
        self._network = network
        self._reach = reach_of(folder, settings, network.network)
        self._keys = keys
        self._passphrase = passphrase
        self._listeners: list[Callable[[], None]] = []
        self._card = self._read()

    def tls(self) -> TlsIdentity:
        """Return the certificate of the published card, and its key."""
        return self._keys.peer

    def listen(self, listener: Callable[[], None]) -> None:
        """Call `listener` on the event loop after each renewal."""
        self._listeners.append(listener)

    def published(self) -> Card:
        """Return the card as the registry took it last."""
        return self._card

    def problems(self) -> list[Code]:
        """Return `member.card` when the card has ended, or is in its last sixth and still not renewed."""
        left = self._card.not_after - time.time()
        return [Code.MEMBER_CARD] if left < (self._settings.card_s - self._settings.card_renew_s) / 2 else []

    async def start(self) -> None:
        """Renew if it is time. Without the registry the kept card serves on, if it is current and names our address."""
        try:
            await self.renew()
        except MagliaError as error:
            serves = self._card.is_current(time.time()) and self._is_where_we_are()
            if error.code not in _AWAY or not serves:
                raise
            _log.warning("card not renewed yet: %s", error)

    async def run(self) -> None:
        """Renew the card in time until cancelled; what fails is tried again at the next look."""
        while True:
            await asyncio.sleep(min(max(self._settings.card_renew_s / _LOOKS, _LOOK_S[0]), _LOOK_S[1]))
            try:
                if await self.renew():
                    _log.info("card renewed")
            except MagliaError as error:
                _log.warning("card not renewed yet: %s", error)

    async def renew(self) -> bool:
        """Publish a later card when the kept one is old or differs from the settings; return whether it did."""
        is_old = self._is_old()
        if not is_old and self._keys.next_peer is None and self._fits():
            return False
        if is_old and self._keys.next_peer is None:
            await self._save(replace(self._keys, next_peer=self._make()))
        fresh = _card(self._settings, self._network, self._reach, self._keys.next_peer or self._keys.peer)
        await registry.publish_card(self._network, fresh, self._keys.identity)
        if self._keys.next_peer is not None:
            await self._save(replace(self._keys, peer=self._keys.next_peer, next_peer=None))
        _keep(self._folder, fresh, self._keys)
        self._card = fresh
        for listener in self._listeners:
            listener()
        return True

    def _is_old(self) -> bool:
        settings, left = self._settings, self._card.not_after - time.time()
        # A card made when cards lived longer is old too: the setting counts from now on.
        return left <= settings.card_s - settings.card_renew_s or left > settings.card_s + 1

    def _fits(self) -> bool:
        return self._is_where_we_are() and self._card.certificate == self._keys.peer.der

    def _is_where_we_are(self) -> bool:
        return (self._card.endpoint, self._card.relay) == (self._reach.endpoint, self._reach.relay_name)

    def _make(self) -> TlsIdentity:
        return make_certificate(self._settings.member, self._network.network, self._settings.card_s, time.time())

    async def _save(self, keys: Keys) -> None:
        # Deriving the keystore's key takes long by design: not in the event loop.
        await asyncio.to_thread(save_keys, self._folder, keys, self._passphrase)
        self._keys = keys

    def _read(self) -> Card:
        return kept_card(self._folder, self._settings, self._network, self._keys)


def kept_card(folder: Path, settings: Settings, network: NetworkFile, keys: Keys) -> Card:
    """Return the card as it was published last; raise `member.not_joined` before the first."""
    path = folder / CARD_FILE
    if not path.is_file():
        raise MagliaError(Code.MEMBER_NOT_JOINED)
    return open_card(parse(Envelope, path.read_bytes()), network.network, settings.member, keys.identity.public)


def has_joined(folder: Path) -> bool:
    """Return whether the office's token was used: then there is a card, and the node can start."""
    return (folder / CARD_FILE).exists()


def _card(settings: Settings, network: NetworkFile, reach: Reach, tls: TlsIdentity) -> Card:
    certificate = x509.load_pem_x509_certificate(tls.certificate)
    return Card(
        network=network.network,
        member=settings.member,
        sequence=time.time_ns() // 1_000_000,
        certificate=tls.der,
        endpoint=reach.endpoint,
        not_before=_seconds(certificate.not_valid_before_utc),
        not_after=_seconds(certificate.not_valid_after_utc),
        relay=reach.relay_name,
    )


def _keep(folder: Path, card: Card, keys: Keys) -> None:
    write_private(folder / CARD_FILE, seal_card(card, keys.identity).SerializeToString())


def _seconds(moment: datetime) -> int:
    return int(moment.astimezone(UTC).timestamp())
