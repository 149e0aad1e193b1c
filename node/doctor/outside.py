"""What is found from the node's machine of the world outside: the office, the time, the directory, the way in."""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from cryptography import x509

from maglia.core.errors import MagliaError
from maglia.core.findings.model import Finding, Subject, ok
from maglia.core.network_file import NetworkFile
from node.card import has_joined, kept_card
from node.doctor.opened import Opened
from node.findings.card import card_found, no_card
from node.findings.clock import clock_found
from node.findings.directory import directory_found, directory_unread, no_directory
from node.findings.office import office_failed
from node.findings.remedies import for_error, remedies_for
from node.network.registry import Offered, application_state, offered_timestamp
from node.via import reach_of


def office(opened: Opened) -> Finding:
    """Whether the accreditation office answers, and how this body stands there."""
    try:
        asked = application_state(opened.network, opened.settings.member, opened.keys.identity, time.time())
        found = asyncio.run(asked)
    except MagliaError as error:
        return office_failed(error, opened.remedies)
    return ok(Subject.OFFICE, "office.answers", state=found.state)


def card(opened: Opened) -> Finding:
    """How long a stopped node's certificate is good for."""
    settings = opened.settings
    try:
        kept = kept_card(opened.folder, settings, opened.network, opened.keys)
    except MagliaError as error:
        return no_card(error, opened.remedies)
    lives = settings.card_s, settings.card_renew_s
    return card_found(kept.not_after, time.time(), *lives, opened.remedies, serving=False)


def reach(opened: Opened) -> Finding:
    """Where other bodies will reach a stopped node: at its own address, or through a relay."""
    try:
        found = reach_of(opened.folder, opened.settings, opened.network.network)
    except MagliaError as error:
        return for_error(Subject.REACH, error, opened.remedies)
    if found.relay_name:
        return ok(Subject.REACH, "reach.relay", relay=found.relay_name, endpoint=found.endpoint)
    return ok(Subject.REACH, "reach.own", endpoint=found.endpoint)


def directory_and_clock(folder: Path, network: NetworkFile) -> Iterator[Finding]:
    """When the newest directory seen here expires, whether the registry went back behind it, and what time it has."""
    offered = _offered(network)
    yield directory(folder, offered)
    yield clock_found(offered.ahead_s if offered else None, _made_at(network.front_certificate) - time.time())


def _made_at(certificate: bytes) -> float:
    """Return from when on a certificate (PEM) is valid, in seconds since the epoch: it is later than that now."""
    return x509.load_pem_x509_certificate(certificate).not_valid_before_utc.timestamp()


def directory(folder: Path, offered: Offered | None) -> Finding:
    """Return how the newest timestamp kept in `folder` is, beside the one that the registry offers."""
    remedies = remedies_for(folder)
    try:
        signed = json.loads((folder / "trust" / "metadata" / "timestamp.json").read_bytes())["signed"]
        expires, seen = datetime.fromisoformat(str(signed["expires"])), int(signed["version"])
    except FileNotFoundError:
        return no_directory(remedies, joined=has_joined(folder))
    except (OSError, ValueError, KeyError, TypeError):
        return directory_unread(remedies)
    version = _version(offered) if offered else None
    return directory_found(seen, expires.timestamp(), time.time(), version, remedies, serving=False)


def _offered(network: NetworkFile) -> Offered | None:
    """Return what the registry offers now; None when it does not answer, which is told elsewhere."""
    try:
        return asyncio.run(offered_timestamp(network))
    except MagliaError:
        return None


def _version(offered: Offered) -> int | None:
    try:
        return int(json.loads(offered.timestamp)["signed"]["version"])
    except (ValueError, KeyError, TypeError):
        return None
