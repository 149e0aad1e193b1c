"""The client of The Update Framework: what is signed by two officers, fetched from a registry that can't forge it.

`TrustedFiles.refresh` is synchronous: call it in a thread. State persists in its folder, so that a registry restored
from an older backup can't roll anybody back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import maglia.wire.without_http  # noqa: F401 - before the library  # isort: skip
from tuf.api.exceptions import (
    BadVersionNumberError,
    DownloadError,
    DownloadHTTPError,
    DownloadLengthMismatchError,
    ExpiredMetadataError,
    LengthOrHashMismatchError,
    RepositoryError,
)
from tuf.api.metadata import Snapshot, Targets, Timestamp  # type: ignore[attr-defined]  # public, not re-exported
from tuf.ngclient.config import UpdaterConfig
from tuf.ngclient.fetcher import FetcherInterface
from tuf.ngclient.updater import Updater

from maglia.core.directory import (
    BUNDLE_PATH,
    DIRECTORY_PATH,
    KEYS_PATH,
    PROCEDURES_PATH,
    SUSPENSIONS_PATH,
    decode_suspensions,
    encode_suspensions,
    join_suspensions,
)
from maglia.core.errors import Code, MagliaError
from maglia.core.keystore import write_private

METADATA_URL = "tuf://metadata/"
TARGETS_URL = "tuf://targets/"
SUSPENSIONS_ROLE = "suspensions"
_REMEMBERED = "suspended.json"


class NotThereError(Exception):
    """The registry has no such file."""


Fetch = Callable[[str, str], bytes]
"""`fetch(kind, name)`: kind `metadata` or `targets`; raises `NotThereError`, or `MagliaError` when out of reach."""


@dataclass(frozen=True)
class Trusted:
    """The verified targets of one version; `expires` is when the first of their roles does, seconds since the epoch.

    `suspensions` holds every suspension that this reader ever verified: a shorter list ends none. `targets_version` is
    the version that officers signed, `suspensions_key` the Ed25519 public key to which they delegate the suspensions.
    """

    version: int
    targets_version: int
    expires: float
    directory: bytes
    keys: bytes
    bundle: bytes
    suspensions: bytes
    procedures: bytes
    suspensions_key: bytes


class TrustedFiles:
    """Verified targets below `folder`, bootstrapped from the network file's root metadata.

    With `heeds_expiry` off, metadata that has expired counts too: for the consoles of those who must sign it anew.
    """

    def __init__(self, folder: Path, root: bytes, fetch: Fetch, *, heeds_expiry: bool = True) -> None:
        self._remembered = folder / _REMEMBERED
        self._metadata = folder / "metadata"
        self._targets = folder / "targets"
        self._metadata.mkdir(parents=True, exist_ok=True)
        self._targets.mkdir(parents=True, exist_ok=True)
        self._root = root
        self._heeds_expiry = heeds_expiry
        self._fetcher = _FunctionFetcher(fetch)

    def refresh(self) -> Trusted:
        """Fetch and verify what is current.

        Raises `directory.expired` or `directory.root_expired` when metadata has expired, `directory.rollback` when it
        is older than what was seen before, `directory.mixed` when it isn't of one publication, `directory.untrusted`
        when a signature is wrong or signatures are too few, `network.unreachable` when the registry can't be reached,
        `storage.unavailable` when the folder fails.
        """
        updater = None
        try:
            updater = self._updater()
            updater.refresh()
            content = {path: self._target(updater, path) for path in _WANTED}
            # The library shows the roles' expiries nowhere else.
            roles = updater._trusted_set
            suspensions = self._remember(content[SUSPENSIONS_PATH])
        except (RepositoryError, DownloadError, ValueError) as error:
            raise MagliaError(_code_of(error, updater), cause=f"{type(error).__name__}: {error}") from error
        except OSError as error:
            raise MagliaError(Code.STORAGE_UNAVAILABLE, cause=f"{type(error).__name__}: {error}") from error
        return Trusted(
            version=roles.timestamp.version,
            targets_version=roles.targets.version,
            expires=min(_seconds(role.expires) for role in roles),
            directory=content[DIRECTORY_PATH],
            keys=content[KEYS_PATH],
            bundle=content[BUNDLE_PATH],
            suspensions=suspensions,
            procedures=content[PROCEDURES_PATH],
            suspensions_key=_delegated_key(roles.targets),
        )

    def _remember(self, heard: bytes) -> bytes:
        kept = self._remembered.read_bytes() if self._remembered.exists() else encode_suspensions({})
        joined = encode_suspensions(join_suspensions(decode_suspensions(kept), decode_suspensions(heard)))
        if joined != kept:
            write_private(self._remembered, joined)
        return joined

    def _updater(self) -> Updater:
        updater = Updater(
            metadata_dir=str(self._metadata),
            metadata_base_url=METADATA_URL,
            target_dir=str(self._targets),
            target_base_url=TARGETS_URL,
            fetcher=self._fetcher,
            config=UpdaterConfig(prefix_targets_with_hash=True),
            bootstrap=self._root,
        )
        if not self._heeds_expiry:
            # The library compares every expiry with this one moment, and has no setting for it.
            updater._trusted_set.reference_time = datetime.min.replace(tzinfo=UTC)
        return updater

    def _target(self, updater: Updater, path: str) -> bytes:
        info = updater.get_targetinfo(path)
        if info is None:
            raise MagliaError(Code.DIRECTORY_UNTRUSTED, cause=f"no target {path}")
        cached = updater.find_cached_target(info)
        return Path(cached or updater.download_target(info)).read_bytes()


_WANTED = (DIRECTORY_PATH, KEYS_PATH, BUNDLE_PATH, PROCEDURES_PATH, SUSPENSIONS_PATH)


def _code_of(error: Exception, updater: Updater | None) -> Code:
    """Return what a refusal of the library means; it names few of its reasons by type."""
    seen = updater._trusted_set if updater is not None else {}
    match error:
        case ExpiredMetadataError():
            return Code.DIRECTORY_EXPIRED if Timestamp.type in seen else Code.DIRECTORY_ROOT_EXPIRED
        case LengthOrHashMismatchError():
            return Code.DIRECTORY_MIXED
        case DownloadLengthMismatchError() if Targets.type in seen:
            return Code.DIRECTORY_MIXED  # longer than what officers signed: another publication's file
        case BadVersionNumberError():
            # Roots and timestamps are held against what was seen before. So is a snapshot, file by file, which the
            # library tells by its words alone; then everything is held against what timestamp and snapshot name.
            is_mixed = Snapshot.type in seen and ".json version" not in str(error)
            return Code.DIRECTORY_MIXED if is_mixed else Code.DIRECTORY_ROLLBACK
    return Code.DIRECTORY_UNTRUSTED


def _delegated_key(targets: Targets) -> bytes:
    keys = list(targets.delegations.keys.values()) if targets.delegations else []
    return bytes.fromhex(keys[0].keyval["public"]) if len(keys) == 1 else b""


def _seconds(moment: datetime) -> float:
    return moment.timestamp()


class _FunctionFetcher(FetcherInterface):
    """Lets the library fetch through a function; it speaks of URLs, we of kinds and names."""

    def __init__(self, fetch: Fetch) -> None:
        self._fetch_file = fetch

    def _fetch(self, url: str) -> Iterator[bytes]:
        kind, _, name = url.removeprefix("tuf://").partition("/")
        try:
            yield self._fetch_file(kind, name)
        except NotThereError as error:
            raise DownloadHTTPError(f"no {kind} {name}", 404) from error
