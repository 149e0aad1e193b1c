"""What an auditor's archive holds, as those who read it name it."""

from __future__ import annotations

from dataclasses import dataclass

from maglia.core.codes import Code

UNREADABLE = "unreadable"
"""Kind of an entry whose leaf is none that this program knows: counted and kept, not understood."""


@dataclass(frozen=True)
class LogState:
    """One log as far as it is known here.

    `member` is a body's id or `registry`. Leaves from `first` to `size` - 1 are held; the `first` entries before them,
    which the body had archived, are known by their hashes alone. `checkpoint` is the last head the log signed,
    `cosigned` the last that carries the witness's signature, `witnessed` the registry's own note of the last one it
    cosigned: C2SP notes, empty when there is none. `first_pass` and `second_pass` are how long the log was when it was
    read the first and the second time of the last pull that did both (0 when none did), which ended for it at
    `read_ms` by the auditor's clock. `problem` is the error code why it could not be read, or does not hold; "" when
    it is fine; `at_entry` is the first entry that differs from what was read before, where that is known.
    """

    member: str
    origin: str = ""
    size: int = 0
    first: int = 0
    checkpoint: bytes = b""
    cosigned: bytes = b""
    witnessed: bytes = b""
    first_pass: int = 0
    second_pass: int = 0
    read_ms: int = 0
    problem: str = ""
    at_entry: int | None = None

    @property
    def is_read(self) -> bool:
        """Whether both passes over the log ended once, so that others can be held against it; it may be empty.

        Not whether it holds, nor whether it could be read the last time: that is `why_unread`.
        """
        return self.second_pass > 0 or (self.size == 0 and self.read_ms > 0)

    @property
    def why_unread(self) -> str:
        """Return the code why the log counts as not read; "" when it was."""
        return self.problem or ("" if self.is_read else Code.LOG_INTERRUPTED.value)


@dataclass(frozen=True, slots=True)
class Held:
    """An entry as it was added; `leaf` is None where only its hash is known."""

    index: int
    leaf_hash: bytes
    leaf: bytes | None
