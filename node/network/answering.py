"""Telling the registry how others answered: a day's counts, signed by this body."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from maglia.core.answering import Answering
from maglia.core.identity import SigningKey
from maglia.wire.answering import seal_report
from node.network.registry import RegistryClient


class AnsweringOffice:
    """Fulfils `node.ports.answering.Office` over gRPC."""

    def __init__(self, network: str, me: str, key: SigningKey, registry: RegistryClient) -> None:
        self._network = network
        self._me = me
        self._key = key
        self._registry = registry

    async def tell(self, day: date, lines: Mapping[str, Answering]) -> tuple[Answering, int]:
        """Tell a day's counts by member; return how others say that this body answers, and how many they are."""
        return await self._registry.tell_answering(seal_report(self._network, self._me, day, lines, self._key))
