"""Which part of a node's work is asked for. gRPC is loaded by the first that is called, and not before."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tui.access_client import AccessDoor
    from tui.batch_client import BatchDoor
    from tui.client import NodeDoor
    from tui.device_client import DeviceDoor
    from tui.files_client import FilesDoor
    from tui.inbox_client import InboxDoor
    from tui.needs_client import NeedsDoor
    from tui.network_client import NetworkDoor
    from tui.offline_client import OfflineDoor
    from tui.persons_client import PersonsDoor
    from tui.records_client import RecordsDoor
    from tui.referral_client import ReferralDoor
    from tui.reservation_client import ReservationDoor
    from tui.status_client import StatusDoor
    from tui.waiting_client import WaitingDoor


def node() -> type[NodeDoor]:
    """Return the door to checks, aid, consents, cases, the node itself."""
    from tui.client import NodeDoor

    return NodeDoor


def offline() -> type[OfflineDoor]:
    """Return the door to what was taken without the node."""
    from tui.offline_client import OfflineDoor

    return OfflineDoor


def reports() -> type[AccessDoor]:
    """Return the door to access reports."""
    from tui.access_client import AccessDoor

    return AccessDoor


def persons() -> type[PersonsDoor]:
    """Return the door to persons and households."""
    from tui.persons_client import PersonsDoor

    return PersonsDoor


def reservations() -> type[ReservationDoor]:
    """Return the door to reservations."""
    from tui.reservation_client import ReservationDoor

    return ReservationDoor


def referrals() -> type[ReferralDoor]:
    """Return the door to persons sent and received."""
    from tui.referral_client import ReferralDoor

    return ReferralDoor


def inbox() -> type[InboxDoor]:
    """Return the door to notices."""
    from tui.inbox_client import InboxDoor

    return InboxDoor


def waiting() -> type[WaitingDoor]:
    """Return the door to checks that wait."""
    from tui.waiting_client import WaitingDoor

    return WaitingDoor


def network() -> type[NetworkDoor]:
    """Return the door to how the other bodies answer."""
    from tui.network_client import NetworkDoor

    return NetworkDoor


def status() -> type[StatusDoor]:
    """Return the door to how the node itself is."""
    from tui.status_client import StatusDoor

    return StatusDoor


def files() -> type[FilesDoor]:
    """Return the door to files."""
    from tui.files_client import FilesDoor

    return FilesDoor


def batches() -> type[BatchDoor]:
    """Return the door to calls for applicants."""
    from tui.batch_client import BatchDoor

    return BatchDoor


def needs() -> type[NeedsDoor]:
    """Return the door to needs on file."""
    from tui.needs_client import NeedsDoor

    return NeedsDoor


def records() -> type[RecordsDoor]:
    """Return the door to what is on file of a person."""
    from tui.records_client import RecordsDoor

    return RecordsDoor


def devices() -> type[DeviceDoor]:
    """Return the door to enrolled consoles."""
    from tui.device_client import DeviceDoor

    return DeviceDoor
