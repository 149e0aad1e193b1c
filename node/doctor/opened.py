"""What an examination begins with: a node's folder that could be opened."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from maglia.core.network_file import NetworkFile
from node.config import Settings
from node.findings.remedies import Remedies
from node.keys import Keys


@dataclass(frozen=True)
class Opened:
    """A node's folder whose settings and keys could be read."""

    folder: Path
    settings: Settings
    network: NetworkFile
    keys: Keys
    remedies: Remedies
