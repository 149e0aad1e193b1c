"""The keys of answering nodes: three derived shares each, and the signed set of their public keys.

A node's key is the sum of the shares 12, 13 and 23, so that any two of three evaluators hold all of it and none holds
it alone. Every node, class and epoch has its own key: two stolen databases cannot be joined by pseudonym.
Exact bytes: docs/protocol/pseudonyms.md.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import IntFlag
from functools import cached_property

from maglia.core import group, oprf
from maglia.core.errors import Code, MagliaError
from maglia.core.group import Element, Scalar
from maglia.core.vocabulary import PseudonymClass

_KEY_LABEL = b"maglia/1 key share"
_SET_LABEL = b"maglia/1 key set"
_MAX_TEXT = 255
_MAX_EPOCH = 2**32 - 1
DIGEST_BYTES = 32


class Share(IntFlag):
    """One of the three additive shares, named after the two evaluators that will hold it."""

    S12 = 1
    S13 = 2
    S23 = 4


SHARES = (Share.S12, Share.S13, Share.S23)
ALL_SHARES = 7


def check_mask(mask: int) -> int:
    """Return `mask` if it names one or more of the three shares and nothing else.

    Raises MagliaError: PSEUDONYM_MASK.
    """
    if not 0 < mask <= ALL_SHARES:
        raise MagliaError(Code.PSEUDONYM_MASK, cause=f"mask {mask}")
    return mask


def shares_of(mask: int) -> tuple[Share, ...]:
    """Return the shares that a valid `mask` names, in the order 12, 13, 23."""
    check_mask(mask)
    return tuple(share for share in SHARES if share & mask)


def _refused(cause: str) -> MagliaError:
    return MagliaError(Code.PSEUDONYM_KEY_SET, cause=cause)


def _check_text(value: str) -> str:
    """Refuse names that two parties could spell in two ways: printable ASCII without spaces, 1 to 255 characters."""
    if not 0 < len(value) <= _MAX_TEXT or not all("!" <= character <= "~" for character in value):
        raise _refused("a name is 1 to 255 printable ASCII characters without spaces")
    return value


def _check_epoch(epoch: int) -> int:
    if not 0 <= epoch <= _MAX_EPOCH:
        raise MagliaError(Code.PSEUDONYM_EPOCH, cause=f"epoch {epoch}")
    return epoch


def _text(value: str) -> bytes:
    return oprf.prefixed(value.encode("ascii"))


@dataclass(frozen=True)
class KeyContext:
    """What a key is for: the answering `member` of a `network`, the class of pseudonym and the epoch."""

    network: str
    member: str
    cls: PseudonymClass
    epoch: int

    def __post_init__(self) -> None:
        _check_text(self.network)
        _check_text(self.member)
        _check_epoch(self.epoch)

    def info(self, share: Share) -> bytes:
        """Return the `info` of DeriveKeyPair: every field, each at a length the reader knows."""
        names = _text(self.network) + _text(self.member) + _text(self.cls.value)
        return oprf.prefixed(_KEY_LABEL) + names + self.epoch.to_bytes(4, "big") + bytes([share])


def derive_share(seed: bytes, context: KeyContext, share: Share) -> Scalar:
    """Return the secret scalar of one `share`, from the 32-byte seed of that share.

    Raises MagliaError: PSEUDONYM_MASK unless `share` is one share, PSEUDONYM_KEY_SET for a seed of another size.
    """
    if share not in SHARES:
        raise MagliaError(Code.PSEUDONYM_MASK, cause="not a single share")
    return oprf.derive_key(seed, context.info(share))


def share_public(scalar: Scalar) -> Element:
    """Return the public key of a share."""
    return group.base_multiply(scalar)


@dataclass(frozen=True)
class NodeKey:
    """The public keys of one member's shares, in the order 12, 13, 23."""

    member: str
    shares: tuple[Element, Element, Element]

    def __post_init__(self) -> None:
        _check_text(self.member)
        if len(self.shares) != len(SHARES):
            raise _refused("a key has three shares")
        try:
            for public in self.shares:
                group.check_element(public)
        except MagliaError as error:
            raise _refused("a share's public key is not an element") from error

    def public(self, mask: int) -> Element:
        """Return the sum of the public keys that `mask` names."""
        return group.add_all(self.shares[SHARES.index(share)] for share in shares_of(mask))


@dataclass(frozen=True)
class KeySet:
    """Every member that a check may ask, with its keys for one class and epoch: a signed target of the directory.

    Members are sorted by name and unique, and no public key occurs twice: equal keys would let two databases be joined.
    Results of an evaluation come in the order of `keys`.
    """

    network: str
    cls: PseudonymClass
    epoch: int
    keys: tuple[NodeKey, ...]
    _sums: dict[int, tuple[Element, ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        _check_text(self.network)
        _check_epoch(self.epoch)
        if not self.keys:
            raise _refused("no keys")
        if any(left.member >= right.member for left, right in zip(self.keys, self.keys[1:], strict=False)):
            raise _refused("members are not sorted and unique")
        if len({public for key in self.keys for public in key.shares}) != len(self.keys) * len(SHARES):
            raise _refused("a public key occurs twice")

    @property
    def members(self) -> tuple[str, ...]:
        """The members' names, in the order of the results."""
        return tuple(key.member for key in self.keys)

    def context(self, member: str) -> KeyContext:
        """Return the context from which `member`'s key is derived."""
        return KeyContext(self.network, member, self.cls, self.epoch)

    def encode(self) -> bytes:
        """Return the canonical bytes, which are hashed, signed and published."""
        head = oprf.prefixed(_SET_LABEL) + _text(self.network) + _text(self.cls.value)
        counts = self.epoch.to_bytes(4, "big") + len(self.keys).to_bytes(4, "big")
        return head + counts + b"".join(_text(key.member) + b"".join(key.shares) for key in self.keys)

    @cached_property
    def digest(self) -> bytes:
        """The SHA-256 of the canonical bytes: the name of this set in a request."""
        return hashlib.sha256(self.encode()).digest()

    def publics(self, mask: int) -> tuple[Element, ...]:
        """Return each member's public key for the shares in `mask`, in the order of `keys`.

        Raises MagliaError: PSEUDONYM_MASK, or PSEUDONYM_KEY_SET if shares cancel each other out, or add up to one key
        for two members.
        """
        if check_mask(mask) not in self._sums:
            sums = tuple(key.public(mask) for key in self.keys)
            if group.IDENTITY in sums:
                raise _refused("shares cancel each other out")
            if len(set(sums)) != len(sums):
                raise _refused("two members have one key")
            self._sums[mask] = sums
        return self._sums[mask]


def node_key(context: KeyContext, publics: Mapping[Share, Element]) -> NodeKey:
    """Return the public keys of a member from those that the holders of the shares computed.

    Raises MagliaError: PSEUDONYM_KEY_SET if a share is missing.
    """
    if set(publics) != set(SHARES):
        raise _refused("a share's public key is missing")
    return NodeKey(context.member, (publics[Share.S12], publics[Share.S13], publics[Share.S23]))


def build_key_set(
    network: str,
    cls: PseudonymClass,
    epoch: int,
    members: Iterable[str],
    publics: Callable[[KeyContext], Mapping[Share, Element]],
) -> KeySet:
    """Return the key set of `members` in any order, `publics` giving each one's public keys by share."""
    contexts = (KeyContext(network, member, cls, epoch) for member in sorted(members))
    return KeySet(network, cls, epoch, tuple(node_key(context, publics(context)) for context in contexts))
