"""Whether both engines decide alike: what one of them does not know, or takes otherwise, opens at its bodies alone.

A built-in that the engine in process lacks is undefined there and not at OPA, and `not` makes an allow of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from maglia.core.bundle import open_bundle
from maglia.core.errors import Code, MagliaError
from maglia.policy.engine import DECISIONS, Engine
from maglia.policy.program import Opa
from maglia.policy.sources import file_of, write_files
from maglia.policy.vectors import HANDWRITTEN, Vector

_BOTH = "both"


def engine_problems(bundle: bytes, revision: str, opa: Opa, scratch: Path) -> list[MagliaError]:
    """Return for each decision the first question, of those written by hand, that the two engines answer differently.

    `scratch` is the folder of `opa`. Raises `policy.unavailable` when OPA fails.
    """
    files, engine = open_bundle(bundle, revision), Engine(bundle, revision)
    write_files(scratch / _BOTH, files)
    refused = []
    for decision in DECISIONS:
        vectors = [vector for vector in HANDWRITTEN if vector.decision == decision]
        answers = opa.decide(_BOTH, decision, [vector.document for vector in vectors])
        if (odd := _first_odd(engine, vectors, answers)) is not None:
            refused.append(MagliaError(Code.INPUT_RULES_ENGINES, file=file_of(decision, files), rule=odd.rule))
    return refused


def _first_odd(engine: Engine, vectors: Sequence[Vector], answers: Sequence[object]) -> Vector | None:
    pairs = zip(vectors, answers, strict=True)
    return next((one for one, answer in pairs if _answer(engine, one) != answer), None)


def _answer(engine: Engine, vector: Vector) -> object:
    try:
        return engine.evaluate(vector.decision, vector.document)
    except MagliaError:
        return ()  # which OPA never answers
