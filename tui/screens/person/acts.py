"""What each deed of PERSONA does."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from tui.screens.person import doing, saying
from tui.screens.person.desk import PersonDesk

ACTS: Mapping[str, Callable[[PersonDesk], None]] = {
    "correct": doing.correct,
    "add_person": doing.add_person,
    "turn_age": doing.turn_age,
    "leave": doing.leave,
    "link": doing.link,
    "note": doing.note,
    "consent": saying.consent,
    "told": saying.told,
    "withdraw": saying.withdraw,
    "refuse": saying.refuse,
    "object": saying.object_to,
    "open_need": saying.open_need,
    "close_need": saying.close_need,
}
"""What is done, by the names of `person_deeds.DEEDS`."""
