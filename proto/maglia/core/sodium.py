"""libsodium's ristretto255 functions, bound: of the system's copy, else of the one in the package `rbcl`.

Each takes pointers to 32 bytes (to 64 where it reads a hash), the result first, and returns 0 on success. Nothing is
checked here, not even sizes: `maglia.core.group` and `maglia.core.batch` do, and only they call these.
"""

from __future__ import annotations

import ctypes
import ctypes.util
import importlib
from collections.abc import Callable
from pathlib import Path


def _load() -> ctypes.CDLL:
    """Return the system's libsodium if it knows ristretto255 (1.0.18 or later), else the copy inside `rbcl`."""
    name = ctypes.util.find_library("sodium")
    if name is not None:
        system = ctypes.CDLL(name)
        if hasattr(system, "crypto_core_ristretto255_from_hash") and system.sodium_init() >= 0:
            return system
    return _load_bundled()


def _load_bundled() -> ctypes.CDLL:
    """Return the copy inside `rbcl`, without the 2.8 MB temporary file that `rbcl` leaves behind."""
    bundled = importlib.import_module("rbcl._sodium")
    Path(bundled.lib_path).unlink(missing_ok=True)
    library: ctypes.CDLL = bundled._sodium
    if library.sodium_init() < 0:
        raise RuntimeError("libsodium does not start: reinstall the package rbcl, then start again")
    return library


LIBRARY = _load()
_LOCKED = ctypes.PyDLL("libsodium", handle=LIBRARY._handle)


def _bind(name: str, arguments: int, *, brief: bool = False) -> Callable[..., int]:
    """Return the function `name`; a call releases the interpreter's lock, unless it is `brief`.

    Brief is under a microsecond: less than to hand the lock over and wait for it again.
    """
    function = (_LOCKED if brief else LIBRARY)[name]
    function.argtypes = [ctypes.c_char_p] * arguments
    function.restype = ctypes.c_int
    bound: Callable[..., int] = function
    return bound


multiply = _bind("crypto_scalarmult_ristretto255", 3)
base_multiply = _bind("crypto_scalarmult_ristretto255_base", 2)
add = _bind("crypto_core_ristretto255_add", 3)
is_valid = _bind("crypto_core_ristretto255_is_valid_point", 1)
from_hash = _bind("crypto_core_ristretto255_from_hash", 2)
scalar_random = _bind("crypto_core_ristretto255_scalar_random", 1)
scalar_invert = _bind("crypto_core_ristretto255_scalar_invert", 2)
scalar_reduce = _bind("crypto_core_ristretto255_scalar_reduce", 2, brief=True)
scalar_negate = _bind("crypto_core_ristretto255_scalar_negate", 2, brief=True)
scalar_add = _bind("crypto_core_ristretto255_scalar_add", 3, brief=True)
scalar_multiply = _bind("crypto_core_ristretto255_scalar_mul", 3, brief=True)
