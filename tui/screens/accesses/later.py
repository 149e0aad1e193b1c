"""What ACCESSI works with, loaded by the first that needs it: 0.4 s that the first paint does not wait for."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tui.screens.accesses import tools
else:

    class _Later:
        def __getattr__(self, name: str) -> Any:
            return getattr(import_module("tui.screens.accesses.tools"), name)

    tools = _Later()

__all__ = ["tools"]
