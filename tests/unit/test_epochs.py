"""Two epochs of keys: how they move, what is signed about them, and what a console refuses to sign."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import pytest

from maglia.core.directory import Directory, decode_directory, encode_directory
from maglia.core.epochs import EpochAct, Epochs
from maglia.core.errors import Code
from maglia.core.evaluation_keys import EvaluationKeys, decode_keys, encode_keys
from maglia.core.officer import check_draft
from maglia.core.procedures import decode_procedures
from maglia.core.vocabulary import PseudonymClass
from registry.domain.change import Change as Wanted
from registry.domain.change import check_change, decode_changes, encode_changes
from registry.domain.membership import Act
from registry.metadata import draft_targets
from tests.clerk import TODAY
from tests.peer_world import COMUNE, PARISH, evaluation_keys, refused
from tests.unit.test_officer import FILES
from tui.draft_check import InForce, check_says
from tui.office_model import Change, Draft

MEMBERS = {body.id: body.member for body in (COMUNE, PARISH)}
IDS = tuple(sorted(MEMBERS))
START, SWITCH, END = EpochAct


def keys_of(epoch: int, also: int = 0) -> EvaluationKeys:
    return replace(evaluation_keys(IDS, epoch), also=evaluation_keys(IDS, also) if also else None)


FIRST: dict[str, Any] = json.loads(encode_keys(keys_of(1)))
SECOND: dict[str, Any] = json.loads(encode_keys(keys_of(2)))


@pytest.mark.parametrize(
    ("before", "act", "after"),
    [
        (Epochs(1), START, Epochs(1, 2)),
        (Epochs(1, 2), SWITCH, Epochs(2, 1)),
        (Epochs(2, 1), END, Epochs(2)),
        (Epochs(2), START, Epochs(2, 3)),
    ],
)
def test_epochs_move_forward_in_three_steps(before: Epochs, act: EpochAct, after: Epochs) -> None:
    assert before.after(act) == after.check() == after
    for other in set(EpochAct) - {act}:
        with refused(Code.DIRECTORY_EPOCH):
            before.after(other)


@pytest.mark.parametrize("epochs", [Epochs(1, 3), Epochs(3, 1), Epochs(2, 2), Epochs(-1), Epochs(1, -1)])
def test_epochs_that_do_not_follow_each_other_are_none(epochs: Epochs) -> None:
    with pytest.raises(ValueError, match="follow"):
        epochs.check()


def test_a_directory_with_two_epochs_reads_back_and_one_without_a_second_has_none() -> None:
    two = Directory("prova", 7, 1, b"w" * 32, MEMBERS, also_epoch=2)
    assert decode_directory(encode_directory(two)) == two
    document = json.loads(encode_directory(two))
    del document["also_epoch"]
    assert decode_directory(json.dumps(document).encode()).epochs == Epochs(1)
    for wrong in (3, -1, "2", None, True, 1):
        with refused(Code.DIRECTORY_UNTRUSTED):
            decode_directory(json.dumps(document | {"also_epoch": wrong}).encode())


def test_keys_of_two_epochs_read_back_and_name_their_own_sets() -> None:
    keys = keys_of(1, 2)
    assert decode_keys(encode_keys(keys)) == keys
    assert b"also" not in encode_keys(keys_of(1))
    first, second = (each.network_set(PseudonymClass.PERSON) for each in keys.by_epoch)
    assert (first.epoch, second.epoch, first.digest == second.digest) == (1, 2, False)
    assert keys.of_epoch(2) == keys.also
    with refused(Code.PSEUDONYM_EPOCH):
        keys.of_epoch(3)


@pytest.mark.parametrize(
    "change",
    [
        lambda also: also.update(epoch=3),
        lambda also: also.update(epoch=1),
        lambda also: also.update(epoch="2"),
        lambda also: also.pop("keys"),
        lambda also: also["keys"].pop(),
        lambda also: also["keys"].append(also["keys"][0]),
        lambda also: also["keys"][0].update(shares=FIRST["keys"][0]["shares"]),
    ],
)
def test_keys_of_a_second_epoch_that_are_not_right_are_refused(change: Callable[[dict[str, Any]], object]) -> None:
    document = json.loads(encode_keys(keys_of(1, 2)))
    change(document["also"])
    with refused(Code.DIRECTORY_UNTRUSTED):
        decode_keys(json.dumps(document).encode())


def after_end(keys: EvaluationKeys, asked: int, members: Sequence[str] = IDS) -> EvaluationKeys:
    """Return the keys once `asked` is the only epoch in use."""
    return replace(keys_of(asked), ended=keys.ended_beside(Epochs(asked), members))


def test_keys_of_persons_stay_when_their_epoch_is_over_and_no_others() -> None:
    second = after_end(keys_of(2, 1), 2)
    assert [one.epoch for one in second.ended] == [1]
    assert second.ended[0].keys[PseudonymClass.PERSON] == keys_of(1).keys[PseudonymClass.PERSON]
    assert second.ended[0].keys[PseudonymClass.NEED] == {}
    assert decode_keys(encode_keys(second)) == second
    assert second.are_of(IDS)
    assert (
        second.ended[0].network_set(PseudonymClass.PERSON).digest
        == keys_of(1).network_set(PseudonymClass.PERSON).digest
    )
    with refused(Code.PSEUDONYM_KEY_SET):
        second.ended[0].network_set(PseudonymClass.NEED)
    with refused(Code.PSEUDONYM_EPOCH):
        second.of_epoch(1)
    third = after_end(replace(keys_of(3, 2), ended=second.ended), 3, IDS[:1])  # a body has left
    assert [(one.epoch, set(one.keys[PseudonymClass.PERSON])) for one in third.ended] == [
        (2, set(IDS[:1])),
        (1, set(IDS[:1])),
    ]
    keys = keys_of(1)
    for epoch in range(2, 14):
        keys = after_end(replace(keys_of(epoch, epoch - 1), ended=keys.ended), epoch)
    assert [one.epoch for one in keys.ended] == list(range(12, 4, -1))
    assert keys.ended_beside(Epochs(13), ["nessuno"]) == ()


@pytest.mark.parametrize(
    "change",
    [
        lambda ended: ended[0].update(epoch=2),
        lambda ended: ended[0].update(epoch=3),
        lambda ended: ended[0].update(epoch=0),
        lambda ended: ended.append(ended[0]),
        lambda ended: ended[0].update(keys=FIRST["keys"]),
        lambda ended: ended[0].pop("keys"),
        lambda ended: ended[0]["keys"][0].update(shares=SECOND["keys"][-1]["shares"]),
        lambda ended: ended.extend({**ended[0], "epoch": epoch} for epoch in range(-1, -9, -1)),
    ],
)
def test_former_keys_that_are_not_right_are_refused(change: Callable[[list[dict[str, Any]]], object]) -> None:
    document = json.loads(encode_keys(after_end(keys_of(2, 1), 2)))
    change(document["ended"])
    with refused(Code.DIRECTORY_UNTRUSTED):
        decode_keys(json.dumps(document).encode())


def test_an_officer_signs_former_keys_only_as_they_were() -> None:
    before, after = Epochs(2, 1), Epochs(2)
    right = after_end(keys_of(2, 1), 2)
    check_says(draft(before, after, former=right.ended), [Change(END)], in_force(before), {})
    others = evaluation_keys((*IDS, "estraneo"), 1), replace(keys_of(9), epoch=1)
    for other in others:
        wrong = replace(right.ended[0], keys={**other.keys, PseudonymClass.NEED: {}})
        with refused(Code.DIRECTORY_DRAFT_KEYS):
            check_says(draft(before, after, former=(wrong,)), [Change(END)], in_force(before), {})
    with refused(Code.DIRECTORY_DRAFT_KEYS):  # of an epoch that nobody signed keys of
        check_says(draft(Epochs(2), Epochs(2), former=right.ended), [], in_force(Epochs(2)), {})


def draft(before: Epochs, after: Epochs, keys: Epochs | None = None, former: tuple[EvaluationKeys, ...] = ()) -> Draft:
    """Return a draft that only moves the epochs, made by a registry that may lie."""
    current = Directory("prova", 2, before.asked, bytes(32), MEMBERS, also_epoch=before.also)
    signed = replace(current, version=3, epoch=after.asked, also_epoch=after.also)
    used = keys or after
    files = FILES | {
        "directory.json": encode_directory(signed),
        "evaluation-keys.json": encode_keys(replace(keys_of(used.asked, used.also), ended=former)),
    }
    signed_bytes = draft_targets(3, files, bytes([9]) * 32, 1_795_000_000)
    return Draft("d", signed_bytes, files)


def in_force(epochs: Epochs) -> InForce:
    """Return what officers signed before `draft`."""
    current = Directory("prova", 2, epochs.asked, bytes(32), MEMBERS, also_epoch=epochs.also)
    return InForce(
        version=2,
        directory=current,
        keys=keys_of(epochs.asked, epochs.also),
        bundle=FILES["policies.tar.gz"],
        procedures=decode_procedures(FILES["procedures.json"], "prova"),
        suspensions_key=bytes([9]) * 32,
        content=encode_directory(current),
    )


@pytest.mark.parametrize("keys", [Epochs(1), Epochs(2, 1)])
def test_keys_and_directory_of_other_epochs_are_never_signed(keys: Epochs) -> None:
    wrong = draft(Epochs(1), Epochs(1, 2), keys)
    with refused(Code.DIRECTORY_DRAFT):
        check_draft(wrong.signed, wrong.targets)


@pytest.mark.parametrize(
    ("before", "after", "acts"),
    [
        (Epochs(1), Epochs(1, 2), [START]),
        (Epochs(1, 2), Epochs(2, 1), [SWITCH]),
        (Epochs(2, 1), Epochs(2), [END]),
        (Epochs(2), Epochs(2), []),
    ],
)
def test_an_officer_signs_the_step_that_was_asked_and_no_other(
    before: Epochs, after: Epochs, acts: Sequence[EpochAct]
) -> None:
    check_says(draft(before, after), [Change(act) for act in acts], in_force(before), {})
    others = {Epochs(1), Epochs(1, 2), Epochs(2, 1), Epochs(2), Epochs(2, 3), Epochs(3, 2), Epochs(5)} - {after}
    for other in others:
        with refused(Code.DIRECTORY_DRAFT_EPOCHS):
            check_says(draft(before, other), [Change(act) for act in acts], in_force(before), {})
    if acts:
        with refused(Code.DIRECTORY_DRAFT_EPOCHS):
            check_says(draft(before, after), [], in_force(before), {})


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(Act.EPOCH_START, "onlus-ponte"),
        Wanted(Act.EPOCH_START, without=("onlus-ponte",), reason="chiusa"),
        Wanted(Act.EPOCH_SWITCH, without=("onlus-ponte",)),
        Wanted(Act.EPOCH_END, act_protocol="PG/1"),
    ],
)
def test_a_step_that_says_more_is_refused(wanted: Wanted) -> None:
    with refused(Code.INPUT_FIELD):
        check_change(wanted, TODAY)


def test_a_step_is_kept_beside_its_draft() -> None:
    wanted = Wanted(Act.EPOCH_SWITCH, without=("onlus-est", "onlus-ponte"), reason="chiuse")
    check_change(wanted, TODAY)
    assert decode_changes(encode_changes([wanted])) == (wanted,)
