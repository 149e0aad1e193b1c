"""Whether this machine can run OPA: where it could and does not, tests fail; only where it cannot, they are skipped."""

from __future__ import annotations

from pathlib import Path

import pytest

from maglia.policy.binary import find_go, find_opa


def required_opa() -> Path:
    """Return the OPA program; fails where Go could have built it, skips where there is neither."""
    opa = find_opa()
    if opa is None and find_go() is not None:
        pytest.fail("Go is installed but OPA is not built: run `make setup`.")
    if opa is None:
        pytest.skip("neither OPA nor Go is installed; the embedded engine is tested")
    return opa
