"""Which seat a profile is for."""

from __future__ import annotations

from collections.abc import Sequence

from tui.office_seat import OfficeSeat
from tui.official_seat import OfficialSeat
from tui.profile import Profile
from tui.seat import Seat
from tui.session import Counter


def seat_of(profile: Profile, suggestions: Sequence[str] = ()) -> Seat:
    """Return a body's counter, the office's seat, or an official's of the network; `suggestions` are of a counter."""
    if not profile.is_of_the_office:
        return Counter(profile, suggestions)
    if profile.official_key is not None and profile.officer_key is None:
        return OfficialSeat(profile)
    return OfficeSeat(profile)
