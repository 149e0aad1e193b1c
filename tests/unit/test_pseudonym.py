"""Every check of the pseudonym protocol refuses what it is there to refuse, and secrets stay out of sight."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Sequence

import pytest

from maglia.core import group, matrix, oprf
from maglia.core.batch import Keys
from maglia.core.errors import Code, MagliaError
from maglia.core.pseudonym import (
    ALL_SHARES,
    Evaluator,
    KeyContext,
    KeySet,
    NodeKey,
    Part,
    Share,
    blind,
    combine,
    derive_share,
    finalize,
    share_public,
)
from maglia.core.vocabulary import PseudonymClass

NETWORK, EPOCH = "esempio", 3
MEMBERS = ["caritas-due", "comune-uno", "parrocchia-tre"]
SEEDS = {Share.S12: b"\x0a" * 32, Share.S13: b"\x0b" * 32, Share.S23: b"\x0c" * 32}
WHOLE = Evaluator(SEEDS)
KEY_SET = WHOLE.key_set(NETWORK, PseudonymClass.PERSON, EPOCH, MEMBERS)
INPUTS = [b"cf:XQZXQW80A01D150O", b"cf:XQWXQZ55T48F205N"]
BLINDED = [blind(data) for data in INPUTS]
ELEMENTS = [blinded.element for blinded in BLINDED]
PART = WHOLE.evaluate(KEY_SET, ALL_SHARES, ELEMENTS)
OTHER = group.base_multiply(group.scalar_random())
NON_CANONICAL = b"\xff" * 32
BAD_ELEMENTS = {
    "identity": group.IDENTITY,
    "non-canonical": NON_CANONICAL,
    "identity with the field's order added": (2**255 - 19).to_bytes(32, "little"),
    "highest bit set": OTHER[:31] + bytes([OTHER[31] | 0x80]),
    "identity with the highest bit set": bytes(31) + b"\x80",
    "negative": (1).to_bytes(32, "little"),
    "no square": bytes.fromhex("26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371"),
    "negative product": bytes.fromhex("3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e"),
    "minus one": (2**255 - 20).to_bytes(32, "little"),
    "short": b"\x01" * 31,
    "long": OTHER + b"\0",
}


def _refuses(code: Code, call: Callable[[], object]) -> None:
    with pytest.raises(MagliaError) as caught:
        call()
    assert caught.value.code is code


def _held(*shares: Share) -> Evaluator:
    return Evaluator({share: SEEDS[share] for share in shares})


def _raised(scalar: bytes) -> bytes:
    """Return the same scalar in its non-canonical form, one order higher."""
    return (int.from_bytes(scalar, "little") + group.ORDER).to_bytes(32, "little")


def _number(value: int) -> bytes:
    return value.to_bytes(32, "little")


def _replaced(values: Sequence[bytes], index: int, value: bytes) -> tuple[bytes, ...]:
    return (*values[:index], value, *values[index + 1 :])


def _pseudonyms(parts: Sequence[Part], key_set: KeySet = KEY_SET) -> list[list[bytes]]:
    rows = combine(key_set, ELEMENTS, parts)
    return [
        [finalize(data, blinded, element) for element in row]
        for data, blinded, row in zip(INPUTS, BLINDED, rows, strict=True)
    ]


def test_blinds_do_not_show_in_pseudonyms() -> None:
    again = [blind(data) for data in INPUTS]
    rows = combine(KEY_SET, [b.element for b in again], [WHOLE.evaluate(KEY_SET, 7, [b.element for b in again])])
    assert [b.element for b in again] != ELEMENTS
    assert [[finalize(d, b, e) for e in row] for d, b, row in zip(INPUTS, again, rows, strict=True)] == _pseudonyms(
        [PART]
    )


def test_every_person_and_member_has_another_pseudonym_of_16_bytes() -> None:
    flat = [pseudonym for row in _pseudonyms([PART]) for pseudonym in row]
    assert len(set(flat)) == len(INPUTS) * len(MEMBERS)
    assert {len(pseudonym) for pseudonym in flat} == {16}


@pytest.mark.parametrize(
    ("network", "cls", "epoch"),
    [
        ("altra", PseudonymClass.PERSON, EPOCH),
        (NETWORK, PseudonymClass.NEED, EPOCH),
        (NETWORK, PseudonymClass.PERSON, EPOCH + 1),
    ],
)
def test_network_class_and_epoch_each_change_every_pseudonym(network: str, cls: PseudonymClass, epoch: int) -> None:
    key_set = WHOLE.key_set(network, cls, epoch, MEMBERS)
    other = _pseudonyms([WHOLE.evaluate(key_set, ALL_SHARES, ELEMENTS)], key_set)
    assert not {p for row in other for p in row} & {p for row in _pseudonyms([PART]) for p in row}


@pytest.mark.parametrize(
    "held",
    [
        [((Share.S12, Share.S13), 3), ((Share.S12, Share.S23), 4)],
        [((Share.S12, Share.S13), 2), ((Share.S12, Share.S23), 5)],
        [((Share.S12, Share.S13), 1), ((Share.S13, Share.S23), 6)],
        [((Share.S12, Share.S23), 4), ((Share.S13, Share.S23), 2), ((Share.S12, Share.S13), 1)],
    ],
)
def test_any_two_evaluators_of_three_give_the_same_pseudonyms_as_one(
    held: list[tuple[tuple[Share, ...], int]],
) -> None:
    parts = [_held(*shares).evaluate(KEY_SET, mask, ELEMENTS) for shares, mask in held]
    assert _pseudonyms(parts) == _pseudonyms([PART])
    assert _pseudonyms(parts[::-1]) == _pseudonyms([PART])


def test_a_member_has_the_same_pseudonyms_in_its_own_set() -> None:
    own = WHOLE.key_set(NETWORK, PseudonymClass.PERSON, EPOCH, MEMBERS[1:2])
    rows = _pseudonyms([WHOLE.evaluate(own, ALL_SHARES, ELEMENTS)], own)
    assert [row[0] for row in rows] == [row[1] for row in _pseudonyms([PART])]


def test_without_verification_the_elements_are_the_same() -> None:
    assert combine(KEY_SET, ELEMENTS, [PART], verify=False) == combine(KEY_SET, ELEMENTS, [PART])


@pytest.mark.parametrize("masks", [[], [3], [4], [7, 4], [3, 5], [3, 3, 4], [7, 7], [1, 2]])
def test_masks_that_do_not_partition_the_shares(masks: list[int]) -> None:
    parts = [WHOLE.evaluate(KEY_SET, mask, ELEMENTS) for mask in masks]
    _refuses(Code.PSEUDONYM_MASK, lambda: combine(KEY_SET, ELEMENTS, parts))


@pytest.mark.parametrize("mask", [-1, 0, 8, 15, 256])
def test_masks_that_name_no_share_or_an_unknown_one(mask: int) -> None:
    _refuses(Code.PSEUDONYM_MASK, lambda: WHOLE.evaluate(KEY_SET, mask, ELEMENTS))
    _refuses(Code.PSEUDONYM_MASK, lambda: combine(KEY_SET, ELEMENTS, [dataclasses.replace(PART, mask=mask)]))
    _refuses(Code.PSEUDONYM_MASK, lambda: KEY_SET.publics(mask))


@pytest.mark.parametrize("mask", [4, 5, 7])
def test_shares_not_held_are_not_evaluated(mask: int) -> None:
    _refuses(Code.PSEUDONYM_MASK, lambda: _held(Share.S12, Share.S13).evaluate(KEY_SET, mask, ELEMENTS))


def test_two_shares_are_not_derived_as_one() -> None:
    context = KEY_SET.context(MEMBERS[0])
    _refuses(Code.PSEUDONYM_MASK, lambda: derive_share(SEEDS[Share.S12], context, Share.S12 | Share.S13))


@pytest.mark.parametrize("bad", BAD_ELEMENTS.values(), ids=BAD_ELEMENTS)
@pytest.mark.parametrize("index", range(len(INPUTS)))
def test_an_evaluator_refuses_elements_that_are_not_allowed(bad: bytes, index: int) -> None:
    _refuses(Code.PSEUDONYM_ELEMENT, lambda: WHOLE.evaluate(KEY_SET, ALL_SHARES, list(_replaced(ELEMENTS, index, bad))))


@pytest.mark.parametrize("bad", BAD_ELEMENTS.values(), ids=BAD_ELEMENTS)
@pytest.mark.parametrize("verify", [True, False])
def test_an_asker_refuses_elements_that_are_not_allowed(bad: bytes, verify: bool) -> None:
    for index in range(len(PART.elements)):
        part = dataclasses.replace(PART, elements=_replaced(PART.elements, index, bad))
        _refuses(Code.PSEUDONYM_ELEMENT, lambda part=part: combine(KEY_SET, ELEMENTS, [part], verify=verify))  # type: ignore[misc]  # mypy cannot infer a lambda with a default


def test_parts_that_cancel_each_other_out() -> None:
    half = OTHER
    opposite = group.multiply(group.scalar_negate((1).to_bytes(32, "little")), half)
    parts = [Part(3, (half,) * len(PART.elements), bytes(64)), Part(4, (opposite,) * len(PART.elements), bytes(64))]
    _refuses(Code.PSEUDONYM_ELEMENT, lambda: combine(KEY_SET, ELEMENTS, parts, verify=False))


@pytest.mark.parametrize("verify", [True, False])
@pytest.mark.parametrize("size", [0, 1, 3, 5, 7, 9])
def test_a_truncated_or_longer_batch(size: int, verify: bool) -> None:
    elements = (PART.elements * 2)[:size]
    part = dataclasses.replace(PART, elements=elements)
    _refuses(Code.PSEUDONYM_BATCH, lambda: combine(KEY_SET, ELEMENTS, [part], verify=verify))


def test_a_batch_of_nothing() -> None:
    _refuses(Code.PSEUDONYM_BATCH, lambda: WHOLE.evaluate(KEY_SET, ALL_SHARES, []))
    _refuses(Code.PSEUDONYM_BATCH, lambda: combine(KEY_SET, [], [dataclasses.replace(PART, elements=())]))


def test_an_input_too_long_for_its_length_field() -> None:
    _refuses(Code.PSEUDONYM_ELEMENT, lambda: blind(bytes(65_536)))


@pytest.mark.parametrize("bad", BAD_ELEMENTS.values(), ids=BAD_ELEMENTS)
def test_finalization_refuses_elements_that_are_not_allowed(bad: bytes) -> None:
    _refuses(Code.PSEUDONYM_ELEMENT, lambda: finalize(INPUTS[0], BLINDED[0], bad))


def _other_set(**changes: object) -> KeySet:
    """Return the same keys under another name, epoch or class: only the transcript differs."""
    return dataclasses.replace(KEY_SET, **changes)  # type: ignore[arg-type]  # the caller names fields of KeySet


@pytest.mark.parametrize(
    "key_set",
    [
        _other_set(epoch=EPOCH + 1),
        _other_set(network="altra"),
        _other_set(cls=PseudonymClass.NEED),
        _other_set(keys=(NodeKey("altro", KEY_SET.keys[0].shares), *KEY_SET.keys[1:])),
    ],
    ids=["epoch", "network", "class", "a member's name"],
)
def test_a_proof_holds_for_its_key_set_only(key_set: KeySet) -> None:
    assert key_set.publics(ALL_SHARES) == KEY_SET.publics(ALL_SHARES)
    _refuses(Code.PSEUDONYM_PROOF, lambda: combine(key_set, ELEMENTS, [PART]))


@pytest.mark.parametrize("member", range(len(MEMBERS)))
@pytest.mark.parametrize("share", range(3))
def test_every_public_key_is_in_the_digest_and_in_the_proof(member: int, share: int) -> None:
    shares = _replaced(KEY_SET.keys[member].shares, share, OTHER)
    key = NodeKey(MEMBERS[member], (shares[0], shares[1], shares[2]))
    key_set = _other_set(keys=(*KEY_SET.keys[:member], key, *KEY_SET.keys[member + 1 :]))
    assert key_set.digest != KEY_SET.digest
    _refuses(Code.PSEUDONYM_PROOF, lambda: combine(key_set, ELEMENTS, [PART]))


@pytest.mark.parametrize(
    "asked", [ELEMENTS[::-1], [OTHER, ELEMENTS[1]], [ELEMENTS[0], OTHER]], ids=["reordered", "first", "second"]
)
def test_a_proof_holds_for_what_was_asked_only(asked: list[bytes]) -> None:
    _refuses(Code.PSEUDONYM_PROOF, lambda: combine(KEY_SET, asked, [PART]))


@pytest.mark.parametrize("asked", [ELEMENTS[:1], [*ELEMENTS, OTHER]], ids=["one too few", "one too many"])
@pytest.mark.parametrize("verify", [True, False])
def test_a_part_answers_as_many_inputs_as_were_asked(asked: list[bytes], verify: bool) -> None:
    _refuses(Code.PSEUDONYM_BATCH, lambda: combine(KEY_SET, asked, [PART], verify=verify))


def test_where_inputs_end_and_keys_begin_is_proved() -> None:
    """Six results of two inputs and three keys, read as those of three inputs and two keys: the same bytes but two."""
    values = [*ELEMENTS, *STATEMENT.publics]
    moved = dataclasses.replace(STATEMENT, blinded=values[:3], publics=values[3:])
    assert moved.transcript() != STATEMENT.transcript()
    _refuses(Code.PSEUDONYM_PROOF, lambda: matrix.verify(moved, PART.proof))


def test_a_proof_holds_for_its_mask_only() -> None:
    parts = [WHOLE.evaluate(KEY_SET, mask, ELEMENTS) for mask in (3, 4)]
    swapped = [dataclasses.replace(parts[0], mask=4), dataclasses.replace(parts[1], mask=3)]
    _refuses(Code.PSEUDONYM_PROOF, lambda: combine(KEY_SET, ELEMENTS, swapped))


@pytest.mark.parametrize("which", [0, 1, 2])
def test_every_part_is_checked_not_the_first_alone(which: int) -> None:
    parts = [WHOLE.evaluate(KEY_SET, mask, ELEMENTS) for mask in (1, 2, 4)]
    part = parts[which]
    wrong = dataclasses.replace(part, elements=_replaced(part.elements, 5, OTHER))
    bad = dataclasses.replace(part, elements=_replaced(part.elements, 5, NON_CANONICAL))
    short = dataclasses.replace(part, elements=part.elements[:-1])
    for changed, code, verify in (
        (wrong, Code.PSEUDONYM_PROOF, True),
        (bad, Code.PSEUDONYM_ELEMENT, False),
        (short, Code.PSEUDONYM_BATCH, False),
    ):
        given = [*parts[:which], changed, *parts[which + 1 :]]
        _refuses(code, lambda given=given, verify=verify: combine(KEY_SET, ELEMENTS, given, verify=verify))  # type: ignore[misc]  # as above


def test_a_proof_holds_for_its_keys_only() -> None:
    others = Evaluator({**SEEDS, Share.S12: b"\x0d" * 32})
    key_set = others.key_set(NETWORK, PseudonymClass.PERSON, EPOCH, MEMBERS)
    _refuses(Code.PSEUDONYM_PROOF, lambda: combine(key_set, ELEMENTS, [PART]))


STATEMENT = matrix.Statement(KEY_SET.digest, EPOCH, ALL_SHARES, ELEMENTS, KEY_SET.publics(ALL_SHARES), PART.elements)
TAMPERED = {
    "key set": dataclasses.replace(STATEMENT, key_set=bytes(32)),
    "epoch": dataclasses.replace(STATEMENT, epoch=EPOCH + 1),
    "mask": dataclasses.replace(STATEMENT, mask=6),
    "inputs reordered": dataclasses.replace(STATEMENT, blinded=ELEMENTS[::-1]),
    "keys reordered": dataclasses.replace(STATEMENT, publics=STATEMENT.publics[::-1]),
    "results reordered": dataclasses.replace(STATEMENT, evaluated=PART.elements[::-1]),
    "keys and results reordered": dataclasses.replace(
        STATEMENT,
        publics=STATEMENT.publics[::-1],
        evaluated=tuple(PART.elements[3 * (i // 3) + 2 - i % 3] for i in range(6)),
    ),
    "the whole matrix transposed": dataclasses.replace(
        STATEMENT, evaluated=tuple(PART.elements[3 * (i % 2) + i // 2] for i in range(6))
    ),
    **{
        f"input {i}": dataclasses.replace(STATEMENT, blinded=_replaced(ELEMENTS, i, OTHER))
        for i in range(len(ELEMENTS))
    },
    **{
        f"key {i}": dataclasses.replace(STATEMENT, publics=_replaced(STATEMENT.publics, i, OTHER))
        for i in range(len(MEMBERS))
    },
    **{
        f"result {i}": dataclasses.replace(STATEMENT, evaluated=_replaced(PART.elements, i, OTHER))
        for i in range(len(PART.elements))
    },
}


def test_the_statement_before_tampering_is_proved() -> None:
    matrix.verify(STATEMENT, PART.proof)


@pytest.mark.parametrize("statement", TAMPERED.values(), ids=TAMPERED)
def test_every_field_of_the_transcript_is_proved(statement: matrix.Statement) -> None:
    _refuses(Code.PSEUDONYM_PROOF, lambda: matrix.verify(statement, PART.proof))


@pytest.mark.parametrize("scale", [[2, 2, 2], [2, 1, 1]], ids=["all results doubled", "one column doubled"])
def test_results_under_related_keys_are_not_proved(scale: list[int]) -> None:
    evaluated = tuple(
        group.multiply(scale[i % 3].to_bytes(32, "little"), element) for i, element in enumerate(PART.elements)
    )
    _refuses(
        Code.PSEUDONYM_PROOF, lambda: matrix.verify(dataclasses.replace(STATEMENT, evaluated=evaluated), PART.proof)
    )


KEYS = Keys(WHOLE._key(KEY_SET.context(member), ALL_SHARES) for member in MEMBERS)


@pytest.mark.parametrize("pair", [(0, 1), (0, 3), (0, 4)], ids=["of one input", "under one key", "of neither"])
def test_errors_that_would_cancel_out_under_equal_weights_are_not_proved(pair: tuple[int, int]) -> None:
    """The holder of the keys proves what it has falsified: one result is as much too high as the other too low."""
    evaluated = list(PART.elements)
    for index, factor in zip(pair, (_number(1), group.scalar_negate(_number(1))), strict=True):
        evaluated[index] = group.add(evaluated[index], group.multiply(factor, OTHER))
    statement = dataclasses.replace(STATEMENT, evaluated=evaluated)
    proof = matrix.prove(statement, KEYS)
    _refuses(Code.PSEUDONYM_PROOF, lambda: matrix.verify(statement, proof))


@pytest.mark.parametrize("pair", [(0, 1), (0, 3), (0, 4)], ids=["of one input", "under one key", "of neither"])
def test_weights_are_not_known_before_the_results(pair: tuple[int, int]) -> None:
    """Errors that cancel out under the weights of the true results change the weights."""
    by_key, by_input = STATEMENT.weights
    evaluated = list(PART.elements)
    first, second = (by_input[index // 3] * by_key[index % 3] for index in pair)
    for index, factor in zip(pair, (second, -first), strict=True):
        evaluated[index] = group.add(evaluated[index], group.multiply(_number(factor % group.ORDER), OTHER))
    statement = dataclasses.replace(STATEMENT, evaluated=evaluated)
    for proof in (PART.proof, matrix.prove(statement, KEYS)):
        _refuses(Code.PSEUDONYM_PROOF, lambda proof=proof: matrix.verify(statement, proof))  # type: ignore[misc]  # as above


def test_no_two_proofs_share_their_nonce() -> None:
    """Of one statement with one nonce, the proofs would be equal; of two statements, they would give the key away."""
    proofs = [matrix.prove(STATEMENT, KEYS) for _ in range(2)]
    assert len({proof[half : half + 32] for proof in proofs for half in (0, 32)}) == 4


def test_every_byte_of_the_proof_counts() -> None:
    for index in range(64):
        proof = bytearray(PART.proof)
        proof[index] ^= 1
        part = dataclasses.replace(PART, proof=bytes(proof))
        _refuses(Code.PSEUDONYM_PROOF, lambda part=part: combine(KEY_SET, ELEMENTS, [part]))  # type: ignore[misc]  # as above


_EPOCH_AFTER = WHOLE.key_set(NETWORK, PseudonymClass.PERSON, EPOCH + 1, MEMBERS)
_NEEDS = WHOLE.key_set(NETWORK, PseudonymClass.NEED, EPOCH, MEMBERS)
MALFORMED = {
    "empty": b"",
    "short": PART.proof[:63],
    "long": PART.proof + b"\0",
    "zero": bytes(64),
    "zero challenge": bytes(32) + PART.proof[32:],
    "zero response": PART.proof[:32] + bytes(32),
    "challenge not reduced": _raised(PART.proof[:32]) + PART.proof[32:],
    "response not reduced": PART.proof[:32] + _raised(PART.proof[32:]),
    "challenge of the order itself": _number(group.ORDER) + PART.proof[32:],
    "response of the order itself": PART.proof[:32] + _number(group.ORDER),
    "challenge of all ones": b"\xff" * 32 + PART.proof[32:],
    "response of all ones": PART.proof[:32] + b"\xff" * 32,
    "response one higher": PART.proof[:32] + group.scalar_add(PART.proof[32:], _number(1)),
    "halves swapped": PART.proof[32:] + PART.proof[:32],
    "of another mask": WHOLE.evaluate(KEY_SET, 3, ELEMENTS).proof,
    "of another epoch": WHOLE.evaluate(_EPOCH_AFTER, ALL_SHARES, ELEMENTS).proof,
    "of another class": WHOLE.evaluate(_NEEDS, ALL_SHARES, ELEMENTS).proof,
    "of fewer inputs": WHOLE.evaluate(KEY_SET, ALL_SHARES, ELEMENTS[:1]).proof,
    "of other inputs": WHOLE.evaluate(KEY_SET, ALL_SHARES, ELEMENTS[::-1]).proof,
}


@pytest.mark.parametrize("proof", MALFORMED.values(), ids=MALFORMED)
def test_malformed_and_foreign_proofs(proof: bytes) -> None:
    _refuses(Code.PSEUDONYM_PROOF, lambda: combine(KEY_SET, ELEMENTS, [dataclasses.replace(PART, proof=proof)]))


@pytest.mark.parametrize("place", range(3))
def test_claims_about_the_identity_are_not_proved(place: int) -> None:
    elements = _replaced((OTHER, OTHER, OTHER), place, group.IDENTITY)
    claim = oprf.Equality(b"test", elements[0], elements[1], elements[2])
    _refuses(Code.PSEUDONYM_PROOF, lambda: oprf.check_equal(claim, PART.proof))


def _with_proof(proof: bytes) -> Part:
    return dataclasses.replace(PART, proof=proof)


def _claim_of_nothing() -> list[Part]:
    """Return parts that are right in form and cancel each other out."""
    opposite = group.multiply(group.scalar_negate(_number(1)), OTHER)
    size = len(PART.elements)
    return [Part(3, (OTHER,) * size, bytes(64)), Part(4, (opposite,) * size, bytes(64))]


EACH_CHECK: dict[str, tuple[Code, str, Callable[[], object]]] = {
    "element": (
        Code.PSEUDONYM_ELEMENT,
        "identity or non-canonical element",
        lambda: WHOLE.evaluate(KEY_SET, ALL_SHARES, [group.IDENTITY]),
    ),
    "proof's first scalar": (
        Code.PSEUDONYM_PROOF,
        "malformed proof",
        lambda: combine(KEY_SET, ELEMENTS, [_with_proof(_raised(PART.proof[:32]) + PART.proof[32:])]),
    ),
    "proof's second scalar": (
        Code.PSEUDONYM_PROOF,
        "malformed proof",
        lambda: combine(KEY_SET, ELEMENTS, [_with_proof(PART.proof[:32] + _raised(PART.proof[32:]))]),
    ),
    "proof's length": (
        Code.PSEUDONYM_PROOF,
        "malformed proof",
        lambda: combine(KEY_SET, ELEMENTS, [_with_proof(PART.proof + b"\0")]),
    ),
    "proof": (
        Code.PSEUDONYM_PROOF,
        "the proof does not hold",
        lambda: combine(KEY_SET, ELEMENTS[::-1], [PART]),
    ),
    "foreign key set": (
        Code.PSEUDONYM_KEY_SET,
        "the set's keys are not derived from our seeds",
        lambda: WHOLE.evaluate(_other_set(epoch=EPOCH + 1), ALL_SHARES, ELEMENTS),
    ),
    "reordered keys": (
        Code.PSEUDONYM_KEY_SET,
        "members are not sorted and unique",
        lambda: _other_set(keys=KEY_SET.keys[::-1]),
    ),
    "epoch": (Code.PSEUDONYM_EPOCH, f"epoch {2**32}", lambda: _other_set(epoch=2**32)),
    "mask": (Code.PSEUDONYM_MASK, "mask 8", lambda: KEY_SET.publics(8)),
    "share not held": (
        Code.PSEUDONYM_MASK,
        "share not held",
        lambda: _held(Share.S12, Share.S13).evaluate(KEY_SET, ALL_SHARES, ELEMENTS),
    ),
    "share counted twice": (
        Code.PSEUDONYM_MASK,
        "a share is counted twice",
        lambda: combine(KEY_SET, ELEMENTS, [PART, WHOLE.evaluate(KEY_SET, 4, ELEMENTS)]),
    ),
    "share missing": (
        Code.PSEUDONYM_MASK,
        "a share is missing",
        lambda: combine(KEY_SET, ELEMENTS, [WHOLE.evaluate(KEY_SET, 3, ELEMENTS)]),
    ),
    "truncated": (
        Code.PSEUDONYM_BATCH,
        "not inputs x keys",
        lambda: combine(KEY_SET, ELEMENTS, [dataclasses.replace(PART, elements=PART.elements[:-1])]),
    ),
    "cancelled": (
        Code.PSEUDONYM_ELEMENT,
        "the parts cancel each other out",
        lambda: combine(KEY_SET, ELEMENTS, _claim_of_nothing(), verify=False),
    ),
}


@pytest.mark.parametrize(("code", "cause", "call"), EACH_CHECK.values(), ids=EACH_CHECK)
def test_each_check_refuses_by_itself_and_says_which_it_is(code: Code, cause: str, call: Callable[[], object]) -> None:
    with pytest.raises(MagliaError) as caught:
        call()
    assert (caught.value.code, caught.value.cause) == (code, cause)


def test_one_input_and_one_key_are_proved_the_same_way() -> None:
    own = WHOLE.key_set(NETWORK, PseudonymClass.PERSON, EPOCH, MEMBERS[:1])
    part = WHOLE.evaluate(own, ALL_SHARES, ELEMENTS[:1])
    assert len(combine(own, ELEMENTS[:1], [part])) == 1
    _refuses(
        Code.PSEUDONYM_PROOF,
        lambda: combine(own, ELEMENTS[:1], [dataclasses.replace(part, elements=(OTHER,))]),
    )


def test_members_are_sorted_and_unique() -> None:
    assert WHOLE.key_set(NETWORK, PseudonymClass.PERSON, EPOCH, MEMBERS[::-1]) == KEY_SET
    assert KEY_SET.members == tuple(MEMBERS)
    _refuses(Code.PSEUDONYM_KEY_SET, lambda: dataclasses.replace(KEY_SET, keys=KEY_SET.keys[::-1]))
    _refuses(Code.PSEUDONYM_KEY_SET, lambda: dataclasses.replace(KEY_SET, keys=KEY_SET.keys[:1] * 2))
    _refuses(Code.PSEUDONYM_KEY_SET, lambda: dataclasses.replace(KEY_SET, keys=()))
    first, second, _ = KEY_SET.keys
    again = NodeKey(first.member, second.shares)
    _refuses(Code.PSEUDONYM_KEY_SET, lambda: dataclasses.replace(KEY_SET, keys=(first, again)))


def test_two_members_never_share_a_key() -> None:
    first = KEY_SET.keys[0]
    twin = NodeKey("zeta", first.shares)
    _refuses(Code.PSEUDONYM_KEY_SET, lambda: dataclasses.replace(KEY_SET, keys=(first, twin)))


@pytest.mark.parametrize("bad", BAD_ELEMENTS.values(), ids=BAD_ELEMENTS)
def test_public_keys_are_elements(bad: bytes) -> None:
    first, second, _ = KEY_SET.keys[0].shares
    _refuses(Code.PSEUDONYM_KEY_SET, lambda: NodeKey("comune-uno", (first, second, bad)))


def test_shares_that_cancel_each_other_out() -> None:
    secret = group.scalar_random()
    publics = (share_public(secret), share_public(group.scalar_negate(secret)), OTHER)
    key_set = KeySet(NETWORK, PseudonymClass.PERSON, EPOCH, (NodeKey("comune-uno", publics),))
    _refuses(Code.PSEUDONYM_KEY_SET, lambda: key_set.publics(3))


def test_two_members_never_share_a_key_that_is_a_sum() -> None:
    """Every share another, and yet one key: their pseudonyms would be the same."""
    one, other = [group.scalar_random() for _ in range(3)], [group.scalar_random() for _ in range(2)]
    less = group.scalar_negate(group.scalar_add(*other))
    other.append(group.scalar_add(group.scalar_add(group.scalar_add(*one[:2]), one[2]), less))
    keys = []
    for member, secrets in zip(MEMBERS, (one, other), strict=False):
        first, second, third = map(share_public, secrets)
        keys.append(NodeKey(member, (first, second, third)))
    key_set = KeySet(NETWORK, PseudonymClass.PERSON, EPOCH, tuple(keys))
    assert len(set(key_set.publics(3))) == 2
    _refuses(Code.PSEUDONYM_KEY_SET, lambda: key_set.publics(ALL_SHARES))


def test_a_statement_about_no_keys() -> None:
    _refuses(Code.PSEUDONYM_BATCH, lambda: dataclasses.replace(STATEMENT, publics=(), evaluated=()))


@pytest.mark.parametrize("name", ["", "a b", "è", "a\0b", "a\n", "a" * 256])
def test_names_with_two_spellings_are_refused(name: str) -> None:
    _refuses(Code.PSEUDONYM_KEY_SET, lambda: KeyContext(name, "comune-uno", PseudonymClass.PERSON, 0))
    _refuses(Code.PSEUDONYM_KEY_SET, lambda: KeyContext(NETWORK, name, PseudonymClass.PERSON, 0))


@pytest.mark.parametrize("epoch", [-1, 2**32])
def test_epochs_fit_their_four_bytes(epoch: int) -> None:
    _refuses(Code.PSEUDONYM_EPOCH, lambda: KeyContext(NETWORK, "comune-uno", PseudonymClass.PERSON, epoch))
    _refuses(Code.PSEUDONYM_EPOCH, lambda: dataclasses.replace(KEY_SET, epoch=epoch))


def test_an_evaluator_refuses_keys_that_are_not_its_own() -> None:
    stranger = Evaluator({**SEEDS, Share.S23: b"\x0d" * 32})
    _refuses(Code.PSEUDONYM_KEY_SET, lambda: stranger.evaluate(KEY_SET, ALL_SHARES, ELEMENTS))
    assert stranger.evaluate(KEY_SET, Share.S12 | Share.S13, ELEMENTS).mask == 3


def test_only_the_holder_of_all_seeds_makes_a_key_set() -> None:
    _refuses(
        Code.PSEUDONYM_KEY_SET,
        lambda: _held(Share.S12, Share.S13).key_set(NETWORK, PseudonymClass.PERSON, EPOCH, MEMBERS),
    )


@pytest.mark.parametrize("seeds", [{}, {Share.S12: b"short"}, {Share(3): bytes(32)}, {Share.S12: bytes(33)}])
def test_seeds_are_32_bytes_one_for_each_share(seeds: dict[Share, bytes]) -> None:
    _refuses(Code.PSEUDONYM_KEY_SET, lambda: Evaluator(seeds))


def test_secrets_do_not_show() -> None:
    secret = blind(INPUTS[0])
    WHOLE.evaluate(KEY_SET, ALL_SHARES, ELEMENTS)
    shown = repr(secret) + repr(WHOLE) + str(secret) + str(WHOLE) + repr(KEY_SET)
    hidden = [secret.scalar, secret.inverse, *SEEDS.values()]
    hidden += [derive_share(seed, KEY_SET.context(MEMBERS[0]), share) for share, seed in SEEDS.items()]
    for value in hidden:
        assert repr(value)[2:-1] not in shown
        assert value.hex() not in shown
    assert repr(secret) == f"Blinded(element={secret.element!r})"
