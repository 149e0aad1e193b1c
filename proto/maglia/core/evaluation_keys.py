"""The evaluators' public keys as two officers sign them: for each member and class, in one epoch or in two.

While keys rotate the file holds a second set of keys: everything live is enrolled and answered under both, questions
are asked under the first. Keys of persons stay in the file when their epoch ends: nothing is asked under them, but a
person's accesses of that time are found in logs by them alone. Exact bytes: docs/protocol/pseudonyms.md.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from maglia.core.epochs import Epochs
from maglia.core.errors import Code, MagliaError
from maglia.core.keyset import KeySet, NodeKey
from maglia.core.signed_json import check_distinct, dump, key, load, number
from maglia.core.vocabulary import PseudonymClass

_SCHEMA = "maglia.evaluation-keys/1"
MAX_ENDED = 8
"""Epochs that are over whose keys are still published: two years of quarterly rotations."""
Keys = Mapping[PseudonymClass, Mapping[str, NodeKey]]


@dataclass(frozen=True)
class EvaluationKeys:
    """The public keys of one epoch; `also` are those of a second one while keys rotate, which has no second itself.

    `ended` are the keys of persons of epochs that are over, the newest first.
    """

    network: str
    epoch: int
    keys: Keys
    also: EvaluationKeys | None = None
    ended: tuple[EvaluationKeys, ...] = ()

    @property
    def by_epoch(self) -> tuple[EvaluationKeys, ...]:
        """Return the keys of each epoch, the one that is asked under first."""
        return (self, self.also) if self.also else (self,)

    @property
    def epochs(self) -> Epochs:
        """Return the epochs that there are keys for."""
        return Epochs(self.epoch, self.also.epoch if self.also else 0)

    def of_epoch(self, epoch: int) -> EvaluationKeys:
        """Return the keys of one epoch; raise `pseudonym.epoch` when it is not in use."""
        found = next((keys for keys in self.by_epoch if keys.epoch == epoch), None)
        if found is None:
            raise MagliaError(Code.PSEUDONYM_EPOCH, cause=f"epoch {epoch}")
        return found

    def ended_beside(self, epochs: Epochs, members: Collection[str]) -> tuple[EvaluationKeys, ...]:
        """Return what the keys of persons of epochs that are over become once `epochs` are in use: of these members."""
        over = [keys for keys in (*self.by_epoch, *self.ended) if keys.epoch not in epochs.all]
        left = [_of_persons(keys, members) for keys in sorted(over, key=lambda keys: -keys.epoch)]
        return tuple(keys for keys in left if keys.keys[PseudonymClass.PERSON])[:MAX_ENDED]

    def are_of(self, members: Collection[str]) -> bool:
        """Return whether exactly these members have keys, in both classes and in each epoch."""
        return all(set(named) == set(members) for keys in self.by_epoch for named in keys.keys.values())

    def network_set(self, cls: PseudonymClass) -> KeySet:
        """Return the key set of a check: every member, so that the choice is no hint.

        Raises `pseudonym.key_set` where nobody has a key, as of needs in an epoch that is over.
        """
        found = self._network_sets.get(cls)
        if found is None:
            raise MagliaError(Code.PSEUDONYM_KEY_SET, cause="no keys")
        return found

    def own_set(self, cls: PseudonymClass, member: str) -> KeySet:
        """Return the key set of an enrolment: one member alone; raise `pseudonym.key_set` when it has no key."""
        own = self.keys[cls].get(member)
        if own is None:
            raise MagliaError(Code.PSEUDONYM_KEY_SET)
        return KeySet(self.network, cls, self.epoch, (own,))

    @cached_property
    def _network_sets(self) -> dict[PseudonymClass, KeySet]:
        return {
            cls: KeySet(self.network, cls, self.epoch, tuple(key for _, key in sorted(keys.items())))
            for cls, keys in self.keys.items()
            if keys
        }


def encode_keys(keys: EvaluationKeys) -> bytes:
    """Return the JSON that officers sign."""
    second = {"also": _epoch_json(keys.also)} if keys.also else {}
    ended = {"ended": [_epoch_json(one) for one in keys.ended]} if keys.ended else {}
    return dump({"schema": _SCHEMA, "network": keys.network, **_epoch_json(keys), **second, **ended})


def _epoch_json(keys: EvaluationKeys) -> dict[str, object]:
    return {
        "epoch": keys.epoch,
        "keys": [
            {"member": name, "class": cls.value, "shares": [share.hex() for share in key.shares]}
            for cls, members in sorted(keys.keys.items())
            for name, key in sorted(members.items())
        ],
    }


def decode_keys(content: bytes) -> EvaluationKeys:
    """Read signed evaluation keys; raise `directory.untrusted` when they aren't.

    A second epoch has keys for the same members, and none of the first one's: a key used in both would join what was
    enrolled under each.
    """
    try:
        data = load(content, _SCHEMA)
        network = str(data["network"])
        also = EvaluationKeys(network, *_epoch(data["also"])) if "also" in data else None
        ended = tuple(EvaluationKeys(network, *_epoch(one)) for one in data.get("ended", []))
        return _checked(EvaluationKeys(network, *_epoch(data), also, ended))
    except (KeyError, TypeError, ValueError, MagliaError) as error:
        raise MagliaError(Code.DIRECTORY_UNTRUSTED, cause=str(error)) from error


def _epoch(data: Mapping[str, Any]) -> tuple[int, Keys]:
    keys: dict[PseudonymClass, dict[str, NodeKey]] = {cls: {} for cls in PseudonymClass}
    check_distinct([(entry["class"], entry["member"]) for entry in data["keys"]])
    for entry in data["keys"]:
        s12, s13, s23 = (key(share) for share in entry["shares"])
        keys[PseudonymClass(entry["class"])][entry["member"]] = NodeKey(entry["member"], (s12, s13, s23))
    return number(data["epoch"]), keys


def _checked(keys: EvaluationKeys) -> EvaluationKeys:
    keys.epochs.check()
    _check_ended(keys)
    if keys.also is None:
        return keys
    if any(set(keys.also.keys[cls]) != set(keys.keys[cls]) for cls in PseudonymClass):
        raise ValueError("keys of other members")
    if _shares(keys.also) & _shares(keys):
        raise ValueError("a key of both epochs")
    return keys


def _check_ended(keys: EvaluationKeys) -> None:
    """Refuse former keys that are not of former epochs, not of persons alone, or in use too."""
    epochs = [one.epoch for one in keys.ended]
    if len(epochs) > MAX_ENDED or epochs != sorted(set(epochs), reverse=True):
        raise ValueError("epochs that ended more than once, or too many")
    if any(not 0 < epoch < min(keys.epochs.all) for epoch in epochs):
        raise ValueError("an epoch that has not ended")
    if any(one.keys[PseudonymClass.NEED] for one in keys.ended):
        raise ValueError("former keys of needs")
    seen: set[bytes] = set().union(*map(_shares, keys.by_epoch))
    for one in keys.ended:
        if _shares(one) & seen:
            raise ValueError("a key of two epochs")
        seen |= _shares(one)


def _of_persons(keys: EvaluationKeys, members: Collection[str]) -> EvaluationKeys:
    persons = {name: key for name, key in keys.keys[PseudonymClass.PERSON].items() if name in members}
    return EvaluationKeys(keys.network, keys.epoch, {PseudonymClass.PERSON: persons, PseudonymClass.NEED: {}})


def _shares(keys: EvaluationKeys) -> set[bytes]:
    return {share for members in keys.keys.values() for one in members.values() for share in one.shares}
