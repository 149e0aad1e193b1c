"""How the epoch of pseudonyms' keys moves: forward only, by three acts, with two epochs at once in between."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from maglia.core.errors import Code, MagliaError

FIRST = 1


class EpochAct(StrEnum):
    """What two officers do: announce the next epoch, have everybody ask under it, leave the former one behind."""

    START = "epoch_start"
    SWITCH = "epoch_switch"
    END = "epoch_end"


@dataclass(frozen=True)
class Epochs:
    """The epoch that is asked under, and the one that is enrolled for and answered too; 0 for none.

    `check` refuses any pair but an epoch alone and two that follow each other.
    """

    asked: int = FIRST
    also: int = 0

    def check(self) -> Epochs:
        """Return these epochs if there can be such; raise `ValueError`."""
        if self.asked < 0 or self.also < 0 or (self.also and abs(self.also - self.asked) != 1):
            raise ValueError("epochs that do not follow each other")
        return self

    @property
    def all(self) -> tuple[int, ...]:
        """Return the epochs that are answered, the one that is asked under first."""
        return (self.asked, self.also) if self.also else (self.asked,)

    @property
    def is_next_announced(self) -> bool:
        """Return whether bodies enrol for the next epoch while questions are still asked under this one."""
        return self.also > self.asked

    @property
    def next_act(self) -> EpochAct:
        """Return the only act whose turn it is."""
        if not self.also:
            return EpochAct.START
        return EpochAct.SWITCH if self.is_next_announced else EpochAct.END

    def after(self, act: EpochAct) -> Epochs:
        """Return what an act leads to; raise `directory.epoch` when it is not this act's turn."""
        if act is not self.next_act:
            raise MagliaError(Code.DIRECTORY_EPOCH, epoch=self.asked, cause=f"{act} with {self.all}")
        if act is EpochAct.START:
            return Epochs(self.asked, self.asked + 1)
        return Epochs(self.also, self.asked) if act is EpochAct.SWITCH else Epochs(self.asked)
