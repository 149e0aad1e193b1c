"""Opening what an auditor's pull left: whose profile it must be, and what a damaged copy is called."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from maglia.core.errors import Code, MagliaError
from tui.audit.archive import ARCHIVE_FILE, Archive
from tui.audit.damage import damaged, offline, own_disk
from tui.audit.known import PULL, Known, check_kept, read_known
from tui.audit.lock import alone
from tui.audit.network import archive_folder
from tui.profile import Profile


def check_auditor(profile: Profile) -> None:
    """Raise `input.profile_office` for a body's profile, `input.profile_auditor` for an officer's."""
    profile.check_is_of(the_office=True)
    if profile.officer_key is not None and profile.official_key is None:
        raise MagliaError(Code.INPUT_PROFILE_AUDITOR, member=profile.user)


@contextmanager
def pulled(profile: Profile) -> Iterator[tuple[Path, Archive, Known]]:
    """Open what the profile's auditor pulled: the folder, the archive, and what officers had signed.

    Raises `storage.missing` when nothing was pulled yet or a file is gone, `storage.copy` when one is damaged,
    `storage.folder` when one can't be read.
    """
    check_auditor(profile)
    folder = archive_folder(profile)
    with offline(folder):
        known = read_known(folder)
        check_kept(folder, ARCHIVE_FILE)
        if not (folder / ARCHIVE_FILE).stat().st_size:  # SQLite takes it for a new one, of which all is well
            raise damaged(folder, EOFError(ARCHIVE_FILE))
        with closing(Archive.open(folder)) as archive:
            if not archive.logs():  # a pull that ended before it read any: nothing is no clean network
                raise MagliaError(Code.STORAGE_MISSING, path=folder.name, command=PULL)
            yield folder, archive, known


@contextmanager
def adding(profile: Profile) -> Iterator[Archive]:
    """Open the profile's archive to add to it, made when there is none.

    Raises `storage.locked`, `storage.copy` or `storage.folder`.
    """
    folder = archive_folder(profile)
    with own_disk(folder), alone(folder), closing(Archive.open(folder)) as archive:
        yield archive
