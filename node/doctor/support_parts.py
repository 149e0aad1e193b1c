"""The parts of a support file that come from findings, programs, settings and files; each names what may be in it."""

from __future__ import annotations

import json
import platform
import re
import sqlite3
import subprocess
from collections.abc import Callable, Mapping
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from maglia.core.bundle import bundle_revision
from maglia.core.errors import MagliaError
from maglia.core.findings.model import Finding, Told
from maglia.core.log_archives import FOLDER as ARCHIVES
from maglia.policy.binary import find_opa
from node.config import Settings, load_settings
from node.joining import load_network
from node.kept_rules import KEPT

Part = Callable[[], Mapping[str, object]]
_PROGRAMS = ("maglia", "sqlalchemy", "grpcio", "protobuf", "cryptography", "tuf", "psycopg", "regopy", "textual")
_BODIES = frozenset({"member", "network", "name", "silence", "state", "revision", "engine", "relay"})
"""Parameters of findings that are words: codes, and the names of bodies, which the whole network knows."""
_NUMBER = re.compile(r"[0-9 /.:+-]{1,40}")
_SETTINGS = (
    *("member", "peer", "front", "remote", "engine", "provisional_s", "deadline_s", "session_idle_s"),
    *("directory_poll_s", "checkpoint_s", "cosignature_max_s", "degraded_s", "signals_s", "reask_s", "reask_every_s"),
    *("answering_s", "referral_s", "referral_every_s", "card_s", "card_renew_s", "card_overlap_s", "log_check_s"),
    *("log_months", "disk_reserve_bytes", "answers_a_day"),
)
_METADATA = ("root", "timestamp", "snapshot", "targets")
_KEPT = (
    *("node.db", "node.db-wal", "node.db-shm", "node.toml", "network.json", "keystore.json", "card.bin"),
    *("disk-reserve", "log-cosigned.note", "log-fork.json", "moved.json", "log-keys", ARCHIVES, "trust", "opa"),
)


def finding(found: Finding) -> Mapping[str, object]:
    """Return a finding as codes; its command, which names folders and now and then an operator, stays here."""
    return {
        "subject": found.subject.value,
        "level": found.level.value,
        **_told(found.told),
        "details": list(map(_told, found.details)),
    }


def _told(told: Told) -> dict[str, object]:
    return {
        "what": told.what,
        "params": {
            name: value
            for name, value in told.params.items()
            if name in _BODIES or _NUMBER.fullmatch(value) is not None
        },
    }


def versions() -> Mapping[str, object]:
    """Return the versions of what the node runs with."""
    return {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.release()} {platform.machine()}",
        "sqlite": sqlite3.sqlite_version,
        "opa": _opa(),
        **{name: _version(name) for name in _PROGRAMS},
    }


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return ""


def _opa() -> str:
    try:
        program = find_opa()
    except MagliaError:
        return ""
    if program is None:
        return ""
    said = subprocess.run([program, "version"], capture_output=True, text=True, timeout=30, check=False).stdout
    told = re.match(r"Version: ([0-9][\w.+-]{0,30})", said)
    return told[1] if told else ""


def settings(folder: Path) -> Mapping[str, object]:
    """Return the settings that are numbers, choices or addresses of the body; raise as `load_settings`."""
    found = load_settings(folder)
    return {
        **{name: getattr(found, name) for name in _SETTINGS if name in Settings.model_fields},
        "via": found.via is not None,
        "opa_address": found.opa_address is not None,
        "database": "postgresql" if found.database else "sqlite",
        "day": found.day is not None,
    }


def network(folder: Path) -> Mapping[str, object]:
    """Return which network it is, and which versions of its signed files are kept here."""
    return {
        "network": load_network(folder).network,
        "metadata": {name: _metadata(folder / "trust" / "metadata" / f"{name}.json") for name in _METADATA},
        "policies": _revision(folder / KEPT),
    }


def _metadata(path: Path) -> Mapping[str, object]:
    try:
        signed = json.loads(path.read_bytes())["signed"]
        return {"version": int(signed["version"]), "expires": str(signed["expires"])[:20]}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _revision(path: Path) -> str:
    try:
        return bundle_revision(path.read_bytes())
    except (OSError, MagliaError):
        return ""


def sizes(folder: Path) -> Mapping[str, object]:
    """Return files and bytes of what a node keeps; of other files that somebody put there, how many and how large."""
    known = {name: _size(folder / name) for name in _KEPT}
    try:
        others = [_size(path) for path in folder.iterdir() if path.name not in _KEPT]
    except OSError:
        others = []
    total = {"files": sum(one["files"] for one in others), "bytes": sum(one["bytes"] for one in others)}
    return {**{name: found for name, found in known.items() if found["files"]}, "others": total}


def _size(path: Path) -> dict[str, int]:
    try:
        files = [one for one in path.rglob("*") if one.is_file()] if path.is_dir() else [path] if path.is_file() else []
        return {"files": len(files), "bytes": sum(one.stat().st_size for one in files)}
    except OSError:
        return {"files": 0, "bytes": 0}
