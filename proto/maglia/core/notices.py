"""What a node tells its operators once nobody is at the counter: the kinds of notices, and what each is made of.

A notice names no person: whoever may open the check or the record that it names sees whom it is about there.
"""

from __future__ import annotations

from enum import StrEnum


class NoticeKind(StrEnum):
    """What happened. Beside each: the parameters that its sentence is made of.

    Of a check, that is `asked_at` (ms since the epoch), `asked` and `answered` (bodies), `found`, `more` (found since),
    `complete` (1 once all answered about everybody) and `left_out` (bodies that the consent does not reach).
    """

    CHECK_COMPLETE = "check_complete"
    """All have answered a check by now."""
    CHECK_FOUND = "check_found"
    """A check found more, and some are still silent."""
    PROMISE_FOUND = "promise_found"
    """Another body's help or promise was found after a promise was checked: `record`, `given` (1 once it is given)."""
    PROMISE_COMPLETE = "promise_complete"
    """All have answered about a promise by now, and nothing was found: `record`, `given`."""
    PROMISE_ASKED = "promise_asked"
    """Another body, which asked while this one was silent or late, was shown a promise only now: `record`, `given`."""
    CHECK_ENDED = "check_ended"
    """Nobody is asked again for a check that is still partial; `code` where it may no longer be asked."""
    DEFERRED_DONE = "deferred_done"
    """A check that waited for the network was made."""
    DEFERRED_REFUSED = "deferred_refused"
    """A check that waited for the network may not be made: `asked_at`, `code`."""
