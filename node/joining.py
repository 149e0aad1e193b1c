"""From an empty folder to an active member: init, apply, join; and the card, made again before it expires."""

from __future__ import annotations

import time
import tomllib
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from cryptography import x509
from google.protobuf.descriptor import FieldDescriptor

from maglia.core.errors import Code, MagliaError
from maglia.core.identity import Card, check_member_id
from maglia.core.keystore import write_private
from maglia.core.network_file import NetworkFile, decode_network_file
from maglia.core.vocabulary import CARD_RENEW_S, CARD_S
from maglia.v1.enrolment_pb2 import Application
from maglia.v1.envelope_pb2 import Envelope
from maglia.wire.certificates import make_certificate
from maglia.wire.convert import open_card, seal_card
from maglia.wire.envelope import parse
from node.config import SETTINGS_FILE, Settings
from node.keys import Keys, make_keys, save_keys
from node.network import registry

NETWORK_FILE = "network.json"
CARD_FILE = "card.bin"
APPLICATION_FILE = "application.bin"
_GIVEN_BY_NODE = frozenset({"network", "member", "identity_key", "log_key"})


def init(folder: Path, network_file: Path, member: str, peer: str, front: str, passphrase: str) -> NetworkFile:
    """Make a node's folder with fresh keys; raise `storage.exists` rather than touch an old one."""
    check_member_id(member)
    try:
        network = decode_network_file(network_file.read_bytes())
    except OSError as error:
        raise MagliaError(Code.INPUT_FILE, file=network_file.name) from error
    if (folder / SETTINGS_FILE).exists():
        raise MagliaError(Code.STORAGE_EXISTS, path=str(folder))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    save_keys(folder, make_keys(member, network.network, CARD_S), passphrase)
    write_private(folder / NETWORK_FILE, network_file.read_bytes())
    settings = f'member = "{member}"\npeer = "{_endpoint(peer)}"\nfront = "{_endpoint(front)}"\n'
    (folder / SETTINGS_FILE).write_text(settings)
    return network


def load_network(folder: Path) -> NetworkFile:
    """Return the network that the node in `folder` belongs to."""
    path = folder / NETWORK_FILE
    if not path.is_file():
        raise MagliaError(Code.STORAGE_MISSING, path=path.name, command="maglia-node init")
    return decode_network_file(path.read_bytes())


async def apply(folder: Path, network: NetworkFile, member: str, form: Path, keys: Keys) -> tuple[str, str]:
    """File the application written in a TOML form; return the fingerprint to read aloud, and the state.

    Raises `input.*` and what the registry refuses.
    """
    application = Application(network=network.network, member=member, **_read_form(form))
    application.identity_key = keys.identity.public
    application.log_key = keys.log.public
    answer = await registry.apply(network, application, keys.identity)
    write_private(folder / APPLICATION_FILE, application.SerializeToString())
    return answer


def _read_form(form: Path) -> dict[str, Any]:
    try:
        fields = tomllib.loads(form.read_text())
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise MagliaError(Code.INPUT_FILE, file=form.name) from error
    known = {each.name: each for each in Application.DESCRIPTOR.fields if each.name not in _GIVEN_BY_NODE}
    for name, value in fields.items():
        if name not in known or not _fits(known[name], value):
            raise MagliaError(Code.MEMBER_APPLICATION, field=name)
    return fields


def _fits(field: FieldDescriptor, value: object) -> bool:
    if field.is_repeated:
        return isinstance(value, list) and all(isinstance(each, str) for each in value)
    return isinstance(value, str)


async def join(folder: Path, settings: Settings, network: NetworkFile, keys: Keys, token: str) -> None:
    """Use the one-time token: publish the first card, and be active."""
    card = _card(settings, network, keys)
    await registry.activate(network, token, card, keys.identity)
    _keep_card(folder, card, keys)


async def renew_card(folder: Path, settings: Settings, network: NetworkFile, keys: Keys, passphrase: str) -> Keys:
    """Publish a later card when the kept one is old or names another endpoint; return the keys in use.

    Raises `storage.missing` for a node that has not joined.
    """
    path = folder / CARD_FILE
    if not path.is_file():
        raise MagliaError(Code.STORAGE_MISSING, path=path.name, command="maglia-node join")
    card = open_card(parse(Envelope, path.read_bytes()), network.network, settings.member, keys.identity.public)
    is_old = time.time() >= card.not_before + CARD_RENEW_S * settings.card_s / CARD_S
    if card.endpoint == settings.peer and card.certificate == keys.peer.der and not is_old:
        return keys
    if is_old:
        keys = replace(keys, peer=make_certificate(settings.member, network.network, settings.card_s, time.time()))
        # Kept before it is published: a card whose key was lost would keep the body out.
        save_keys(folder, keys, passphrase)
    fresh = _card(settings, network, keys)
    await registry.publish_card(network, fresh, keys.identity)
    _keep_card(folder, fresh, keys)
    return keys


def _card(settings: Settings, network: NetworkFile, keys: Keys) -> Card:
    certificate = x509.load_pem_x509_certificate(keys.peer.certificate)
    return Card(
        network=network.network,
        member=settings.member,
        sequence=time.time_ns() // 1_000_000,
        certificate=keys.peer.der,
        endpoint=settings.peer,
        not_before=_seconds(certificate.not_valid_before_utc),
        not_after=_seconds(certificate.not_valid_after_utc),
    )


def _keep_card(folder: Path, card: Card, keys: Keys) -> None:
    write_private(folder / CARD_FILE, seal_card(card, keys.identity).SerializeToString())


def _seconds(moment: datetime) -> int:
    return int(moment.astimezone(UTC).timestamp())


def _endpoint(value: str) -> str:
    host, _, port = value.rpartition(":")
    if not host or not port.isdecimal() or not 0 < int(port) < 65536 or '"' in host:
        raise MagliaError(Code.INPUT_FIELD, field=value)
    return value
