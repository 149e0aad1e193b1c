"""What the rules are tried on: the whole matrix, and for each rule a few questions written by hand.

Both engines must answer all of them alike; two versions of the rules differ by those that change their answer.
"""

from __future__ import annotations

from collections.abc import Iterator

from maglia.policy.vectors.anomalies import ANOMALIES
from maglia.policy.vectors.ask import ASK
from maglia.policy.vectors.matrix import (
    anomalies_matrix,
    ask_matrix,
    release_matrix,
    report_matrix,
    retention_matrix,
    rpc_matrix,
)
from maglia.policy.vectors.refer import REFER
from maglia.policy.vectors.release import RELEASE
from maglia.policy.vectors.report import REPORT
from maglia.policy.vectors.retention import RETENTION
from maglia.policy.vectors.rpc import RPC
from maglia.policy.vectors.vector import Document, Vector

__all__ = ["HANDWRITTEN", "Document", "Vector", "all_vectors", "matrix_vectors"]

HANDWRITTEN: tuple[Vector, ...] = (*ASK, *REFER, *RELEASE, *RPC, *REPORT, *RETENTION, *ANOMALIES)
"""For each rule of `policies/` at least one, named after it."""


def matrix_vectors() -> Iterator[Vector]:
    """Yield the generated vectors, the same ones in the same order each time."""
    for document in ask_matrix():
        yield Vector("ask", document)
    for document in release_matrix():
        yield Vector("release", document)
    for document in rpc_matrix():
        yield Vector("rpc", document)
    for document in report_matrix():
        yield Vector("report", document)
    for document in retention_matrix():
        yield Vector("retention", document)
    for document in anomalies_matrix():
        yield Vector("anomalies", document)


def all_vectors() -> Iterator[Vector]:
    """Yield every vector, those written by hand last."""
    yield from matrix_vectors()
    yield from HANDWRITTEN
