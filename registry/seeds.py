"""The evaluators' seeds: three for some epochs, three others for later ones, so that old seeds open old databases.

A *trio* is an evaluator that holds the seeds of all three shares. Trios are numbered from 1 and kept in the keystore; a
new one is first used when officers announce the next epoch. Which trio an epoch's keys came from is what its published
keys say: a process with an older keystore refuses, rather than evaluate with other keys.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from maglia.core.errors import Code, MagliaError
from maglia.core.evaluation_keys import EvaluationKeys
from maglia.core.keyset import node_key
from maglia.core.keystore import load_keystore, save_keystore
from maglia.core.lanes import ALONE, Lanes
from maglia.core.oprf import SEED_BYTES
from maglia.core.pseudonym import SHARES, Evaluator, KeySet, Part
from maglia.core.secret import Secret
from maglia.core.vocabulary import PseudonymClass

FIRST = 1
_PREFIX = "seed-"
_KEPT_SETS = 256


def _entry(trio: int, share: str) -> str:
    """Return the name of a seed in the keystore; the first trio's have no number."""
    return f"{_PREFIX}{share}" if trio == FIRST else f"{_PREFIX}{trio}-{share}"


def new_seeds(trio: int = FIRST) -> dict[str, bytes]:
    """Return the entries of a new trio."""
    return {_entry(trio, share.name): secrets.token_bytes(SEED_BYTES) for share in SHARES if share.name}


def read_trios(entries: Mapping[str, bytes]) -> dict[int, Evaluator]:
    """Return the trios of a keystore by their numbers."""
    named = [name.removeprefix(_PREFIX).rpartition("-")[0] for name in entries if name.startswith(_PREFIX)]
    numbers = sorted({int(number) if number else FIRST for number in named})
    return {
        number: Evaluator({share: entries[_entry(number, str(share.name))] for share in SHARES}) for number in numbers
    }


def trios_in_use(trios: Mapping[int, Evaluator], keys: EvaluationKeys) -> dict[int, int]:
    """Return the number of the trio that made each epoch's keys; an epoch without members or trio is absent."""
    populated = (each for each in keys.by_epoch if each.keys[PseudonymClass.PERSON])
    sets = [each.network_set(PseudonymClass.PERSON) for each in populated]
    return {key_set.epoch: number for key_set in sets for number, trio in trios.items() if _made(trio, key_set)}


def _made(trio: Evaluator, key_set: KeySet) -> bool:
    """Return whether the set's keys are derived from the trio's seeds, by its first member's; evaluating checks all."""
    context = key_set.context(key_set.members[0])
    return node_key(context, trio.publics(context)) == key_set.keys[0]


class Trios(Secret):
    """Evaluates with the trio that made the keys of a set. `reread` returns the trios of a keystore that changed."""

    def __init__(
        self, trios: Mapping[int, Evaluator], reread: Callable[[], Mapping[int, Evaluator] | None] = lambda: None
    ) -> None:
        self._trios = dict(trios)
        self._reread = reread
        self._of_set: dict[bytes, Evaluator] = {}

    def __repr__(self) -> str:
        return f"Trios({sorted(self._trios)})"

    def newest(self) -> Evaluator:
        """Return the trio for an epoch that has no keys yet."""
        self.follow()
        return self._trios[max(self._trios)]

    def of(self, key_set: KeySet) -> Evaluator:
        """Return the trio whose keys a set names; raise `pseudonym.key_set` when this keystore doesn't hold it."""
        found = self._of_set.get(key_set.digest) or self._search(key_set)
        if found is None and self.follow():
            found = self._search(key_set)
        if found is None:
            raise MagliaError(Code.PSEUDONYM_KEY_SET, cause=f"no seeds for epoch {key_set.epoch}")
        if len(self._of_set) >= _KEPT_SETS:
            self._of_set.clear()
        self._of_set[key_set.digest] = found
        return found

    def evaluate(self, key_set: KeySet, mask: int, elements: Sequence[bytes], lanes: Lanes = ALONE) -> Part:
        """Evaluate with the set's own trio; raises as `Evaluator.evaluate` does."""
        return self.of(key_set).evaluate(key_set, mask, elements, lanes)

    def _search(self, key_set: KeySet) -> Evaluator | None:
        newest_first = (trio for _, trio in sorted(self._trios.items(), reverse=True))
        return next((trio for trio in newest_first if _made(trio, key_set)), None)

    def follow(self) -> bool:
        """Read the keystore anew if it changed, and return whether it did: what was erased from it is gone here too."""
        fresh = self._reread()
        if fresh is None:
            return False
        self._trios = dict(fresh)
        self._of_set.clear()
        return True


def add_trio(keystore: Path, passphrase: str, used: Iterable[int]) -> tuple[int, bool]:
    """Make the next trio, unless the newest has never been announced; return its number, and whether it was made."""
    entries = load_keystore(keystore, passphrase)
    newest = max(read_trios(entries))
    if newest not in set(used):
        return newest, False
    save_keystore(keystore, entries | new_seeds(newest + 1), passphrase)
    return newest + 1, True


def forget_trios(keystore: Path, passphrase: str, used: Iterable[int]) -> list[int]:
    """Erase the trios of epochs that have ended; return their numbers. The newest stays, used or not."""
    entries = load_keystore(keystore, passphrase)
    trios = read_trios(entries)
    gone = sorted(trios.keys() - set(used) - {max(trios)})
    names = {_entry(number, str(share.name)) for number in gone for share in SHARES}
    if gone:
        save_keystore(keystore, {name: value for name, value in entries.items() if name not in names}, passphrase)
    return gone
