"""Approving operators' names in one person's request, as the network's data-protection officer in office."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from maglia.core.vocabulary import NetworkRole
from tui.audit.client import AuditClient
from tui.audit.network import directory_of, in_office, read_network_file
from tui.names_files import NamesRequest, encode_names_approval, sign_approval
from tui.profile import Profile
from tui.text import plain

if TYPE_CHECKING:
    from maglia.core.identity import SigningKey
    from maglia.wire.certificates import TlsIdentity


async def officer_in_office(profile: Profile, key: SigningKey, identity: TlsIdentity) -> str:
    """Return the officer's id as two officers signed it: nobody's approval is written that no body would take.

    Raises `member.no_office`, `session.role`, and what keeps the directory in force from being read or trusted.
    """
    async with AuditClient(read_network_file(profile), key, identity) as client:
        directory = directory_of(await client.trusted(profile.state), profile.network)
    return in_office(directory, identity.der, profile.user, NetworkRole.DPO).id


def approval_file(request: NamesRequest, official: str, key: SigningKey, expires: date, reason: str) -> bytes:
    """Return the file that goes back to the body: one signed approval for each body that is to name its operators."""
    return encode_names_approval(request, sign_approval(request, official, key, expires, plain(reason)))
