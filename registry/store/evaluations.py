"""Granted evaluations as entries of the registry's own log, beside the office's acts."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence

from registry.ports import Granted
from registry.store.tail import LogTail

SCHEMA = "maglia.evaluation/1"
_NONCE_BYTES = 16


class SqlEvaluationLog:
    """Fulfils `registry.ports.EvaluationLog`."""

    def __init__(self, tail: LogTail) -> None:
        self._tail = tail

    def add(self, granted: Sequence[Granted]) -> None:
        """Log evaluations, durable with the transaction around."""
        if granted:
            self._tail.append([_leaf(one) for one in granted])


def _leaf(granted: Granted) -> bytes:
    """Return canonical JSON with 128 random bits, as the office's acts have."""
    said = {
        "schema": SCHEMA,
        "at": granted.at,
        "member": granted.member,
        "class": granted.cls.value,
        "use": granted.use.value,
        "epoch": granted.epoch,
        "elements": granted.elements,
        "procedure": granted.procedure,
        "evaluation": granted.evaluation.hex(),
        "nonce": secrets.token_hex(_NONCE_BYTES),
    }
    return json.dumps(said, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()
