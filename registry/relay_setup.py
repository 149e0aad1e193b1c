"""What is done once on a relay's machine: its folder, its certificate, the relay file for nodes."""

from __future__ import annotations

import time
from pathlib import Path

from maglia.core.errors import Code, MagliaError
from maglia.core.identity import relay_party
from maglia.core.keystore import check_new_passphrase, load_keystore, make_folder, save_keystore, write_private
from maglia.core.network_file import NetworkFile, decode_network_file
from maglia.core.relay_file import RelayFile, encode_relay_file
from maglia.wire.certificates import TlsIdentity, make_certificate
from registry.relay_config import SETTINGS_FILE, Settings, load_settings, write_settings

KEYSTORE_FILE = "keystore.json"
NETWORK_FILE = "network.json"
RELAY_FILE = "relay.json"
CERTIFICATE_S = 5 * 365 * 86_400
"""Seconds; nodes pin this certificate through the relay file, so it lives long."""
_CERTIFICATE, _KEY = "certificate", "key"


def initialize(folder: Path, network_file: Path, name: str, public: str, nodes: str, passphrase: str) -> RelayFile:
    """Make a relay's folder, and return the relay file that is written there too.

    Raises `storage.exists` rather than touch an old one, `input.field`, `input.file`, `input.file_content`,
    `input.passphrase`, `storage.folder`.
    """
    check_new_passphrase(passphrase)
    content, network = _read_network(network_file)
    if (folder / SETTINGS_FILE).exists():
        raise MagliaError(Code.STORAGE_EXISTS, path=str(folder))
    make_folder(folder)
    write_settings(folder, network.network, name, public, nodes)
    made = make_certificate(relay_party(name), network.network, CERTIFICATE_S, time.time())
    save_keystore(folder / KEYSTORE_FILE, {_CERTIFICATE: made.certificate, _KEY: made.private_key}, passphrase)
    write_private(folder / NETWORK_FILE, content)
    file = relay_file(load_settings(folder), made)
    (folder / RELAY_FILE).write_bytes(encode_relay_file(file))
    return file


def relay_file(settings: Settings, identity: TlsIdentity) -> RelayFile:
    """Return what nodes dial out with."""
    return RelayFile(settings.network, settings.name, settings.public, settings.nodes, identity.certificate)


def load_identity(folder: Path, passphrase: str) -> TlsIdentity:
    """Open the relay's keystore; raise `storage.missing` or `storage.keystore`."""
    entries = load_keystore(folder / KEYSTORE_FILE, passphrase)
    try:
        return TlsIdentity(entries[_CERTIFICATE], entries[_KEY])
    except KeyError as error:
        raise MagliaError(Code.STORAGE_KEYSTORE, cause="not a relay's keystore") from error


def load_network(folder: Path) -> NetworkFile:
    """Return the network that the relay in `folder` serves; raise `storage.missing`."""
    path = folder / NETWORK_FILE
    if not path.is_file():
        raise MagliaError(Code.STORAGE_MISSING, path=path.name, command="maglia-registry relay init")
    return decode_network_file(path.read_bytes())


def _read_network(path: Path) -> tuple[bytes, NetworkFile]:
    try:
        content = path.read_bytes()
        return content, decode_network_file(content)
    except OSError as error:
        raise MagliaError(Code.INPUT_FILE, file=path.name) from error
    except MagliaError as error:
        raise MagliaError(Code.INPUT_FILE_CONTENT, file=path.name, cause=str(error)) from error
