"""The evaluators' public keys as two officers sign them: for each member and class, in one epoch or in two.

While keys rotate the file holds a second set of keys: everything live is enrolled and answered under both, questions
are asked under the first. Exact bytes: docs/protocol/pseudonyms.md.
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
Keys = Mapping[PseudonymClass, Mapping[str, NodeKey]]


@dataclass(frozen=True)
class EvaluationKeys:
    """The public keys of one epoch; `also` are those of a second one while keys rotate, which has no second itself."""

    network: str
    epoch: int
    keys: Keys
    also: EvaluationKeys | None = None

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

    def are_of(self, members: Collection[str]) -> bool:
        """Return whether exactly these members have keys, in both classes and in each epoch."""
        return all(set(named) == set(members) for keys in self.by_epoch for named in keys.keys.values())

    def network_set(self, cls: PseudonymClass) -> KeySet:
        """Return the key set of a check: every member, so that the choice is no hint."""
        return self._network_sets[cls]

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
        }


def encode_keys(keys: EvaluationKeys) -> bytes:
    """Return the JSON that officers sign."""
    second = {"also": _epoch_json(keys.also)} if keys.also else {}
    return dump({"schema": _SCHEMA, "network": keys.network, **_epoch_json(keys), **second})


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
        return _checked(EvaluationKeys(network, *_epoch(data), also))
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
    if keys.also is None:
        return keys
    if any(set(keys.also.keys[cls]) != set(keys.keys[cls]) for cls in PseudonymClass):
        raise ValueError("keys of other members")
    if _shares(keys.also) & _shares(keys):
        raise ValueError("a key of both epochs")
    return keys


def _shares(keys: EvaluationKeys) -> set[bytes]:
    return {share for members in keys.keys.values() for one in members.values() for share in one.shares}
