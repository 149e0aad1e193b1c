"""Whatever bytes come, whoever reads them reads them or refuses them with a code, in flat memory."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from registry.relay_hello import pass_over_names
from tests.torture import mutations
from tests.torture.decoders import Decoder
from tests.torture.mutations import run, spoiled

ROUNDS = 20_000
MIB = 1 << 20


@pytest.fixture(scope="module")
def readers() -> Iterator[Sequence[Decoder]]:
    """Yield the readers that cost no process and no passphrase."""
    with TemporaryDirectory(prefix="maglia-mutations-") as folder:
        yield [one for one in mutations.decoders(Path(folder)) if one.share >= 100]


def test_twenty_thousand_spoiled_inputs_are_read_or_refused_in_flat_memory() -> None:
    """Readers that start a process or derive a key are tried some ten times; the long form tries a million in all."""
    outcome = run(ROUNDS, seed=20_261)
    assert outcome.failures == []
    assert sum(outcome.tried.values()) == ROUNDS
    assert outcome.refused > ROUNDS // 4, "spoiled so little that most of it was sound"
    assert outcome.grown < 24 * MIB
    assert outcome.peak_grown < 96 * MIB


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_what_hypothesis_thinks_of_is_read_or_refused(readers: Sequence[Decoder], data: st.DataObject) -> None:
    decoder = data.draw(st.sampled_from(readers))
    sample = bytearray(data.draw(st.sampled_from(decoder.samples) | st.binary(max_size=200)))
    for at, length, piece in data.draw(
        st.lists(st.tuples(st.integers(0, 5_000), st.integers(0, 40), st.binary(max_size=40)), max_size=6)
    ):
        place = at % (len(sample) + 1)
        sample[place : place + length] = piece
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("sys.unraisablehook", pass_over_names)
        try:
            decoder.read(bytes(sample))
        except decoder.refused:
            return


def test_a_reader_that_fails_otherwise_is_found_out_and_its_input_is_made_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    weak = Decoder("weak", [b'{"a": 1}'], lambda content: content[3])
    monkeypatch.setattr(mutations, "decoders", lambda _: [weak])
    outcome = run(300, seed=7)
    assert {failure.error for failure in outcome.failures} == {"IndexError"}
    first = outcome.failures[0]
    assert spoiled(weak, first.seed, first.round).hex() == first.content
    assert run(300, seed=7).failures == outcome.failures
