"""The certificate of the body's card: how long it is good for, and whether it is renewed by itself."""

from __future__ import annotations

from maglia.core.errors import Code, MagliaError
from maglia.core.findings.model import Finding, Subject, failed, ok, problem, warning
from node.findings.remedies import Remedies

_DAY_S = 86_400


def card_found(
    not_after: float, now: float, lives_s: float, renewed_s: float, remedies: Remedies, *, serving: bool
) -> Finding:
    """Return how the card is; instants in seconds since the epoch.

    `lives_s` is how long a card is made for, `renewed_s` after how long it is renewed: what is left in between is when
    that is tried, and from the half of it on it counts as late.
    """
    left, due = not_after - now, lives_s - renewed_s
    if left <= 0:
        repair = remedies.state() if serving else remedies.start()
        return problem(Subject.CARD, repair, "card.ended", until_ms=_ms(not_after))
    if left < due / 2 and serving:
        return warning(Subject.CARD, remedies.state(), "card.late", left_s=int(left))
    if left <= due and not serving:
        return warning(Subject.CARD, remedies.start(), "card.due_stopped", left_s=int(left))
    if left < min(_DAY_S, due):
        return warning(Subject.CARD, remedies.state(), "card.due", left_s=int(left))
    return ok(Subject.CARD, "card.valid", until_ms=_ms(not_after), renewed_ms=_ms(not_after - due))


def no_card(error: MagliaError, remedies: Remedies) -> Finding:
    """Return that there is no card to read: before the office's token was used there is none."""
    if error.code is Code.MEMBER_NOT_JOINED:
        return problem(Subject.CARD, remedies.state(), "card.none")
    return failed(Subject.CARD, error, remedies.of_error(error))


def _ms(seconds: float) -> int:
    return int(seconds * 1000)
