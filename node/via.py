"""Where others reach this node: at its own address, or at a relay to which it dials out."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from maglia.core.errors import Code, MagliaError
from maglia.core.relay_file import RelayFile, decode_relay_file
from node.config import Settings


@dataclass(frozen=True)
class Reach:
    """`endpoint` is the `HOST:PORT` that the card gives; `relay` is whose it is, None for the node's own."""

    endpoint: str
    relay: RelayFile | None = None

    @property
    def relay_name(self) -> str:
        """Return the relay's name as the card gives it; empty when the node is reached directly."""
        return self.relay.name if self.relay else ""


def reach_of(folder: Path, settings: Settings, network: str) -> Reach:
    """Return how the node in `folder` is reached; raise `input.file` or `input.file_content` for its relay file."""
    if settings.via is None:
        return Reach(settings.peer)
    relay = read_relay_file(folder / settings.via, network)
    return Reach(relay.public, relay)


def read_relay_file(path: Path, network: str) -> RelayFile:
    """Read the relay file given by whoever runs the relay; one of another network is refused like a damaged one."""
    try:
        relay = decode_relay_file(path.read_bytes())
    except OSError as error:
        raise MagliaError(Code.INPUT_FILE, file=path.name) from error
    except MagliaError as error:
        raise MagliaError(Code.INPUT_FILE_CONTENT, file=path.name, cause=str(error)) from error
    if relay.network != network:
        raise MagliaError(Code.INPUT_FILE_CONTENT, file=path.name, cause="another network's relay")
    return relay
