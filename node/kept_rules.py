"""Whether the rules on this node's disk are those that two officers signed: for the doctor, while it serves and after.

What a node decides by it verified itself when it took it: a file edited here is refused, not used. This says so to the
person at the machine.
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from maglia.core.directory import BUNDLE_PATH

_TARGETS = Path("trust") / "metadata" / "targets.json"
KEPT = Path("trust") / "targets" / BUNDLE_PATH
OF_OPA = Path("opa") / "bundle" / "maglia.tar.gz"


def edited_rules(folder: Path, *, with_opa: bool) -> list[Path]:
    """Return the files of rules that are not the signed ones, relative to the node's folder.

    Those of the OPA child count `with_opa`. Nothing before the first start, or where signed metadata cannot be read:
    then the node itself says what is wrong.
    """
    try:
        signed = json.loads((folder / _TARGETS).read_bytes())["signed"]["targets"][BUNDLE_PATH]["hashes"]["sha256"]
    except (OSError, ValueError, KeyError, TypeError):
        return []
    files = [KEPT, OF_OPA] if with_opa else [KEPT]
    return [file for file in files if (folder / file).is_file() and _sha256(folder / file) != signed]


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
