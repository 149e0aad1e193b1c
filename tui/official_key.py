"""The key of an auditor or of the network's data-protection officer: kept encrypted.

One file holds both halves of what the officers appointed: the Ed25519 key that signs, and the certificate with its own
key, with which the console calls the peer ports of nodes and registry.
"""

from __future__ import annotations

import time
from pathlib import Path

from maglia.core.directory import APPOINTED_ROLES
from maglia.core.errors import Code, MagliaError
from maglia.core.identity import SigningKey, check_member_id
from maglia.core.keystore import load_keystore, save_keystore, write_private
from maglia.core.official import OfficialRequest, encode_request
from maglia.core.vocabulary import NetworkRole
from maglia.wire.certificates import TlsIdentity, make_certificate
from tui.profile import Profile
from tui.typed import key_passphrase

CERTIFICATE_S = 1_096 * 86_400
"""Three years: longer than most acts, since whoever has no address can't renew it by themselves."""
_LONGEST_NAME = 100
_KEY, _CERTIFICATE, _TLS_KEY = "official", "certificate", "tls_key"


def make_official_key(path: Path, network: str, user: str, name: str, role: str, passphrase: str) -> OfficialRequest:
    """Write a fresh key under the passphrase, and beside it the public request; return what the request says.

    Raises `storage.exists` rather than overwriting either, `input.file` for a folder that is not there, `input.field`.
    """
    request_file = request_file_of(path)
    for made in (path, request_file):
        if made.exists():
            raise MagliaError(Code.STORAGE_EXISTS, path=made.name)
    if not path.parent.is_dir():
        raise MagliaError(Code.INPUT_FILE, file=path.parent.name)
    check_member_id(user)
    if not name.strip() or len(name) > _LONGEST_NAME or not name.isprintable():
        raise MagliaError(Code.INPUT_FIELD, field="name")
    if role not in APPOINTED_ROLES:
        raise MagliaError(Code.INPUT_FIELD, field="role")
    key, tls = SigningKey.generate(), make_certificate(user, network, CERTIFICATE_S, time.time())
    request = OfficialRequest(network, user, name.strip(), NetworkRole(role), key.public, tls.der)
    entries = {_KEY: key.seed, _CERTIFICATE: tls.certificate, _TLS_KEY: tls.private_key}
    save_keystore(path, entries, passphrase)
    write_private(request_file, encode_request(request, key))
    return request


def request_file_of(path: Path) -> Path:
    """Return where the public request of a key lies: beside it, `sara.request.json` for `sara.key`."""
    return path.with_suffix(".request.json")


def open_official_key(path: Path, passphrase: str) -> tuple[SigningKey, TlsIdentity]:
    """Return what signs and what calls; raise `storage.key_file` or `storage.keystore`."""
    if not path.exists():
        raise MagliaError(Code.STORAGE_KEY_FILE, path=path.name, command="maglia office official-key")
    entries = load_keystore(path, passphrase)
    if not {_KEY, _CERTIFICATE, _TLS_KEY} <= entries.keys():
        raise MagliaError(Code.STORAGE_KEYSTORE, cause="no official's key in the file")
    return SigningKey(entries[_KEY]), TlsIdentity(entries[_CERTIFICATE], entries[_TLS_KEY])


def load_official(profile: Profile) -> tuple[SigningKey, TlsIdentity]:
    """Return what the profile's official signs and calls with, the passphrase asked for or from `MAGLIA_PASSPHRASE`.

    Raises `input.official_key` for a profile that names none, `storage.key_file` or `storage.keystore`.
    """
    if profile.official_key is None:
        raise MagliaError(Code.INPUT_OFFICIAL_KEY)
    return open_official_key(profile.official_key, key_passphrase())
