"""Where checks outlive the process: the store, and how a check goes on from what it holds."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from maglia.core.vocabulary import Role
from node.ask import Asking
from node.checks.check import Check
from node.checks.kept import inquiry_of
from node.domain.model import Operator
from node.domain.waiting import KeptCheck, Stage
from node.household import Adult, HouseholdCheck
from node.needs import Balances
from node.ports import Clock, Store
from node.pulse import Pulse


class CheckFile:
    """Fulfils `node.checks.recent.File` for one body."""

    def __init__(
        self, store: Store, asking: Asking, clock: Clock, may_ask: Callable[[Role], None] = lambda _: None
    ) -> None:
        """`may_ask` raises for a role that the rules in force let ask nobody."""
        self._store = store
        self._may_ask = may_ask
        self._asking = asking
        self._clock = clock
        self._balances = Balances(store, clock)

    def now(self) -> float:
        """Return seconds since the epoch."""
        return self._clock.now()

    def operator(self, user: str) -> Operator | None:
        """Return an operator as they are now, None when they no longer work here."""
        known = self._store.operator(user)
        return known[0] if known else None

    def check_may_ask(self, operator: Operator) -> None:
        """Raise `session.role`, or `policy.permissions`, for who may not ask the network now."""
        self._may_ask(operator.role)

    def save(self, checks: Sequence[KeptCheck]) -> None:
        """Store checks as they stand; raise `storage.*`."""
        self._store.keep_checks(checks)

    def open_checks(self, limit: int, after: str) -> Sequence[KeptCheck]:
        """Return those asked of which somebody is still to be asked or told, by id, of those after one."""
        return self._store.open_checks(Stage.ASKED, limit, after)

    def find(self, check_id: str) -> KeptCheck | None:
        """Return one that was asked."""
        kept = self._store.kept_check(check_id)
        return None if kept is None or kept.stage is Stage.DEFERRED else kept

    def resume(self, kept: KeptCheck, operator: Operator) -> Check | HouseholdCheck:
        """Return the check, so that it goes on; nobody is asked by that."""
        pulse = Pulse()
        adults = [self._adult(kept, number, operator, pulse) for number in range(len(kept.persons))]
        if kept.is_household:
            return HouseholdCheck(kept.check_id, adults, pulse)
        [check] = [adult.check for adult in adults]
        assert check is not None, "one person's check is not filed as asked without one"  # noqa: S101 - see `find`
        return check

    def _adult(self, kept: KeptCheck, number: int, operator: Operator, pulse: Pulse) -> Adult:
        person, inquiry = kept.persons[number], inquiry_of(kept, number)
        adult = Adult(person.check_id, unverified=person.unverified, inquiry=inquiry)
        if inquiry is not None and person.asked is not None:
            about = inquiry if kept.is_household else self._balances.about_need_on_file(inquiry)
            waited = kept.waited(self._clock.now())
            adult.check = self._asking.resume(person.check_id, about, operator, person.asked, waited, pulse)
        return adult
