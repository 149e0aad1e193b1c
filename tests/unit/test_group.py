"""The group: what libsodium accepts and we must not, and the copy of libsodium that comes with a package."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from maglia.core import group
from maglia.core.errors import Code, MagliaError

GENERATOR = group.base_multiply((1).to_bytes(32, "little"))
# RFC 9496 appendix A.1: the generator and its double.
PUBLISHED_GENERATOR = "e2f2ae0a6abc4e71a884a961c500515f58e30b6aa582dd8db6a65945e08d2d76"
PUBLISHED_DOUBLE = "6a493210f7499cd17fecb510ae0cea23a110e8d5b901f8acadd3095c73a3b919"
# RFC 9496 appendix A.2: non-canonical field elements, a negative one, non-square x^2, negative xy, s = -1.
BAD_ENCODINGS = [
    "00ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
    "f3ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0100000000000000000000000000000000000000000000000000000000000000",
    "26948d35ca62e643e26a83177332e6b6afeb9d08e4268b650f1f5bbd8d81d371",
    "3eb858e78f5a7254d8c9731174a94f76755fd3941c0ac93735c07ba14579630e",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
]


def _scalar(number: int) -> bytes:
    return number.to_bytes(32, "little")


def _refuses(call: Callable[[], object]) -> None:
    with pytest.raises(MagliaError) as caught:
        call()
    assert caught.value.code is Code.PSEUDONYM_ELEMENT


def test_published_multiples_of_the_generator() -> None:
    assert GENERATOR.hex() == PUBLISHED_GENERATOR
    assert group.add(GENERATOR, GENERATOR).hex() == PUBLISHED_DOUBLE
    assert group.multiply(_scalar(2), GENERATOR).hex() == PUBLISHED_DOUBLE


@pytest.mark.parametrize("encoding", BAD_ENCODINGS)
def test_published_bad_encodings_are_refused_everywhere(encoding: str) -> None:
    bad = bytes.fromhex(encoding)
    _refuses(lambda: group.check_element(bad))
    _refuses(lambda: group.multiply(_scalar(3), bad))
    _refuses(lambda: group.add(GENERATOR, bad))


@pytest.mark.parametrize("size", [0, 31, 33, 64])
def test_other_sizes_never_reach_c(size: int) -> None:
    wrong = bytes(size)
    assert not group.is_scalar(b"\x01" + wrong[1:])
    for call in (group.check_element, group.base_multiply, group.scalar_invert):
        _refuses(lambda call=call: call(wrong))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
    for pair in (group.multiply, group.add, group.scalar_add, group.scalar_multiply):
        _refuses(lambda pair=pair: pair(wrong, GENERATOR))  # type: ignore[misc]  # as above
        _refuses(lambda pair=pair: pair(GENERATOR, wrong))  # type: ignore[misc]  # as above


def test_the_identity_is_refused_where_libsodium_accepts_it() -> None:
    _refuses(lambda: group.check_element(group.IDENTITY))
    _refuses(lambda: group.multiply(_scalar(3), group.IDENTITY))


@pytest.mark.parametrize("number", [0, group.ORDER, group.ORDER + 1, 2**252 + 2**251, 2**256 - 1])
def test_zero_and_non_canonical_scalars_are_refused(number: int) -> None:
    assert not group.is_scalar(_scalar(number))


@pytest.mark.parametrize("number", [1, 2, group.ORDER - 1])
def test_canonical_scalars_pass(number: int) -> None:
    assert group.is_scalar(_scalar(number))


def test_zero_has_no_inverse_and_no_multiple() -> None:
    _refuses(lambda: group.scalar_invert(_scalar(0)))
    _refuses(lambda: group.base_multiply(_scalar(0)))


def test_scalar_arithmetic_is_arithmetic_modulo_the_order() -> None:
    left, right = group.scalar_random(), group.scalar_random()
    one, other = int.from_bytes(left, "little"), int.from_bytes(right, "little")
    assert group.scalar_add(left, right) == _scalar((one + other) % group.ORDER)
    assert group.scalar_multiply(left, right) == _scalar(one * other % group.ORDER)
    assert group.scalar_negate(left) == _scalar(-one % group.ORDER)
    assert group.scalar_multiply(left, group.scalar_invert(left)) == _scalar(1)


def test_a_domain_separation_tag_has_a_length_in_one_byte() -> None:
    group.expand_message(b"", bytes(255))
    _refuses(lambda: group.expand_message(b"", bytes(256)))


def test_the_bundled_library_works_and_leaves_no_file(tmp_path: Path) -> None:
    program = (
        "import ctypes.util; ctypes.util.find_library = lambda name: None\n"
        "from maglia.core import group; import sys\n"
        "assert 'rbcl' in sys.modules\n"
        "print(group.multiply((2).to_bytes(32, 'little'), group.base_multiply((1).to_bytes(32, 'little'))).hex())"
    )
    result = subprocess.run(
        [sys.executable, "-c", program],
        env={"TMPDIR": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.strip() == PUBLISHED_DOUBLE
    assert list(tmp_path.iterdir()) == []
