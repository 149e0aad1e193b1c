"""The officials whom two officers appointed, as the registry's peer port knows them: by their certificates alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

from maglia.core.directory import SUSPENSIONS_PATH, Official, decode_directory, decode_suspensions
from maglia.core.errors import Code, MagliaError
from maglia.core.officer import SUSPENSIONS_ROLE
from maglia.wire.certificates import is_certificate_of
from registry import metadata
from registry.ports import Files


@dataclass(frozen=True)
class Officials:
    """Who was appointed, by certificate (DER), and the ids that one officer stopped."""

    appointed: Mapping[bytes, Official] = field(default_factory=dict)
    stopped: frozenset[str] = frozenset()

    def official_of(self, certificate: bytes, today: date) -> Official | None:
        """Return the official in office who calls with this certificate; None when it is nobody's.

        Raises `member.no_office` when the act is over or an officer stopped it.
        """
        known = self.appointed.get(certificate)
        if known is not None and (known.id in self.stopped or not known.is_appointed(today)):
            raise MagliaError(Code.MEMBER_NO_OFFICE, member=known.id)
        return known


def read_officials(files: Files) -> Officials:
    """Return the officials of the directory as last published, less nobody: the stopped are named apart."""
    latest = files.publications(1)
    if not latest:
        return Officials()
    directory = decode_directory(latest[0].directory)
    # A certificate of another name opens nothing, though two officers signed it.
    appointed = {
        official.certificate: official
        for official in directory.officials.values()
        if is_certificate_of(official.certificate, official.id, directory.network)
    }
    return Officials(appointed, frozenset(read_suspensions(files)))


def read_suspensions(files: Files) -> dict[str, int]:
    """Return who is on the list of suspensions as last published, with the number of each one's last suspension."""
    signed = files.metadata(f"{files.versions().get(SUSPENSIONS_ROLE, 0)}.{SUSPENSIONS_ROLE}.json")
    content = files.target(metadata.listed(signed)[SUSPENSIONS_PATH]) if signed else None
    return decode_suspensions(content) if content else {}
