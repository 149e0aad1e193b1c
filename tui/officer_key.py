"""An officer's own key, which signs: made once, kept encrypted on the officer's console, never sent anywhere."""

from __future__ import annotations

from pathlib import Path

from maglia.core.errors import Code, MagliaError
from maglia.core.identity import SigningKey
from maglia.core.keystore import load_keystore
from tui.profile import Profile

KEY_ENTRY = "officer"


def key_file_of(profile: Profile) -> Path:
    """Return where the key is; raise `input.setting` for a profile that names none, `storage.key_file` if not there."""
    if profile.officer_key is None:
        raise MagliaError(Code.INPUT_SETTING, field="officer_key", source="profile")
    if not profile.officer_key.exists():
        raise MagliaError(Code.STORAGE_KEY_FILE, path=profile.officer_key.name, command="maglia office keygen")
    return profile.officer_key


def open_officer_key(profile: Profile, passphrase: str) -> SigningKey:
    """Return the profile's own key; raise what `key_file_of` raises, or `storage.keystore`."""
    entries = load_keystore(key_file_of(profile), passphrase)
    if KEY_ENTRY not in entries:
        raise MagliaError(Code.STORAGE_KEYSTORE, cause="no officer's key in the file")
    return SigningKey(entries[KEY_ENTRY])
