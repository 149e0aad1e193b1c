"""The engine in process, reading the same bundle as the OPA server (docs/adr/0007)."""

from __future__ import annotations

from collections.abc import Mapping

from maglia.core.errors import Code, MagliaError
from maglia.policy.engine import DECISIONS, Engine, unavailable
from node.policy.ruling import to_ruling
from node.ports import Ruling


class EmbeddedPolicy:
    """Fulfils `node.ports.Policy` without another process.

    The bundle is compiled once; a decision then takes about a millisecond and runs inline in the event loop.
    """

    def __init__(self, bundle: bytes, revision: str) -> None:
        """Compile `bundle`; raises `MagliaError` as `replace`."""
        self._engine = _proved(bundle, revision)

    @property
    def engine(self) -> str:
        """Return which engine evaluates: `opa` or `embedded`."""
        return "embedded"

    @property
    def revision(self) -> str:
        """Return the revision of the bundle in use."""
        return self._engine.revision

    async def decide(self, decision: str, document: Mapping[str, object]) -> Ruling:
        """Evaluate one of `DECISIONS`.

        Raises `MagliaError`: `policy.unavailable` without a ruling, `policy.stale` for one of another revision.
        """
        ruling = to_ruling(self._engine.evaluate(decision, document))
        if ruling.revision != self.revision:
            raise MagliaError(Code.POLICY_STALE, cause=f"a ruling of {ruling.revision}, not {self.revision}")
        return ruling

    async def replace(self, bundle: bytes, revision: str) -> None:
        """Switch to another bundle; on `MagliaError` (malformed, or not to be compiled) the old one stays in use."""
        self._engine = _proved(bundle, revision)

    async def close(self) -> None:
        """Nothing runs apart from the process itself."""


def _proved(bundle: bytes, revision: str) -> Engine:
    """Return the compiled bundle after one decision of each sort, which must deny a question that says nothing."""
    engine = Engine(bundle, revision)
    for decision in DECISIONS:
        ruling = to_ruling(engine.evaluate(decision, {}))
        if ruling.allow or ruling.revision != revision:
            raise unavailable(f"bundle {revision} allows a question that says nothing, or speaks for another")
    return engine
