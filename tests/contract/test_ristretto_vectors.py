"""The published vectors of RFC 9496 appendix A: libsodium as we call it, and the second implementation, agree."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from maglia.core import group
from maglia.core.errors import Code, MagliaError
from tests.contract import ristretto_reference as reference

FIGURES: dict[str, Any] = json.loads(
    (Path(__file__).parent / "vectors" / "rfc9496_ristretto255.json").read_text("utf-8")
)
MULTIPLES = list(map(bytes.fromhex, FIGURES["multiples_of_the_generator"]))
BAD = [(reason, bytes.fromhex(each)) for reason, values in FIGURES["bad_encodings"].items() for each in values]


def _scalar(number: int) -> bytes:
    return number.to_bytes(32, "little")


def test_the_file_holds_every_published_figure() -> None:
    assert (len(MULTIPLES), len(BAD), len(FIGURES["uniform_bytes"])) == (16, 29, 11)


def test_multiples_of_the_generator() -> None:
    assert MULTIPLES[0] == group.IDENTITY
    assert [group.base_multiply(_scalar(number)) for number in range(1, 16)] == MULTIPLES[1:]
    assert [group.multiply(_scalar(number), MULTIPLES[1]) for number in range(1, 16)] == MULTIPLES[1:]
    assert [group.add(multiple, MULTIPLES[1]) for multiple in MULTIPLES[:15]] == MULTIPLES[1:]
    assert [reference.encode(reference.multiply(n, reference.GENERATOR)) for n in range(16)] == MULTIPLES


@pytest.mark.parametrize(("reason", "bad"), BAD, ids=lambda value: value if isinstance(value, str) else value.hex()[:8])
def test_bad_encodings_are_refused_everywhere(reason: str, bad: bytes) -> None:
    calls: tuple[Callable[[], object], ...] = (
        lambda: group.check_element(bad),
        lambda: group.multiply(_scalar(3), bad),
        lambda: group.add(MULTIPLES[1], bad),
        lambda: group.add(bad, MULTIPLES[1]),
    )
    for call in calls:
        with pytest.raises(MagliaError) as caught:
            call()
        assert caught.value.code is Code.PSEUDONYM_ELEMENT, reason
    with pytest.raises(ValueError, match=r"non-canonical|not an element"):
        reference.decode(bad)


@pytest.mark.parametrize("figures", FIGURES["uniform_bytes"], ids=lambda figures: figures["element"][:8])
def test_elements_of_uniform_bytes(figures: dict[str, str]) -> None:
    uniform = bytes.fromhex(figures["input"])
    assert group.from_uniform(uniform).hex() == figures["element"]
    assert reference.encode(reference.from_uniform(uniform)).hex() == figures["element"]


@pytest.mark.parametrize("size", [0, 32, 63, 65])
def test_other_sizes_never_reach_c(size: int) -> None:
    with pytest.raises(MagliaError) as caught:
        group.from_uniform(bytes(size))
    assert caught.value.code is Code.PSEUDONYM_ELEMENT
