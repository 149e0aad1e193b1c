"""Leading through the steps: what and why, one act after the other, then what was really seen."""

from __future__ import annotations

import shlex
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from maglia.core.folding import fold
from maglia.core.translation import mark, tr
from tui.tour.chapters import Numbered
from tui.tour.district import District
from tui.tour.hands import Hands
from tui.tour.keyboard import Answer
from tui.tour.model import Act, Command, NotSeenError, Screens, View
from tui.tour.progress import Progress

_DO: str = mark("   [Invio] lo esegue   [s] salta il passo   [F9] ferma, e riprende da qui")
_OPEN: str = mark("   [Invio] apre le schermate   [s] salta il passo   [F9] ferma, e riprende da qui")
_AGAIN: str = mark("   [Invio] rifà il passo   [s] lo salta   [F9] ferma, e riprende da qui")
_OTHERWISE: str = mark("Il comando è finito in un altro modo (uscita {status}): si legga che cosa ha detto.")


@dataclass(frozen=True)
class Outcome:
    """How one step ended, and what was seen, "" if nothing was."""

    at: Numbered
    done: bool
    seen: str = ""


class _StoppedError(Exception):
    """The learner wants to go on another time."""


class _SkippedError(Exception):
    """The learner wants to leave this step out."""


class Guide:
    """One walk through the tour; `answer` is what the learner presses between two acts, None with nobody there."""

    def __init__(
        self,
        district: District,
        progress: Progress,
        lang: str,
        tell: Callable[[str], None],
        answer: Callable[[], Answer] | None,
    ) -> None:
        self._district = district
        self._progress = progress
        self._lang = lang
        self._tell = tell
        self._answer = answer
        self._hands = Hands(district, lang, unattended=answer is None, tell=tell)

    def finds_network(self) -> bool:
        """Return whether the network is up: its file alone says nothing of that."""
        return self._hands.ask(self._district.volunteer, "status").get("ready") is not None

    def lead(self, steps: Sequence[Numbered], total: int) -> tuple[list[Outcome], bool]:
        """Go through the steps; return how each ended, and whether the learner stopped before the last."""
        outcomes: list[Outcome] = []
        chapter = None
        try:
            for at in steps:
                if at.chapter is not chapter:
                    chapter = at.chapter
                    self._say(f"\n=== {tr(chapter.title, self._lang)} ===")
                outcomes.append(self._step(at, total))
        except (_StoppedError, KeyboardInterrupt):
            return outcomes, True
        return outcomes, False

    def _step(self, at: Numbered, total: int) -> Outcome:
        self._say(f"\n[{at.number}/{total}] {tr(at.step.title, self._lang)}")
        self._fold(tr(at.step.why, self._lang))
        while True:
            try:
                seen = self._try(at)
            except _SkippedError:
                return Outcome(at, done=False)
            except NotSeenError as missing:
                self._fold(f"?? {missing.words}")
                if self._answer is None:
                    return Outcome(at, done=False)
                if self._wants(_AGAIN) is Answer.SKIP:
                    return Outcome(at, done=False)
                continue
            self._progress.add(at.step.name)
            self._fold(f"-> {seen}")
            return Outcome(at, done=True, seen=seen)

    def _try(self, at: Numbered) -> str:
        """Do the acts one after the other, then look; raise `NotSeenError`."""
        since_ms = int(time.time() * 1000)
        before = View(self._district, self._hands, since_ms, self._lang)
        statuses = [self._act(act) for act in at.step.acts(before)]
        return at.step.seen(View(self._district, self._hands, since_ms, self._lang, statuses))

    def _act(self, act: Act) -> int:
        for keys in act.keys if isinstance(act, Screens) else ():
            self._fold(f" * {keys}.")
        self._fold(f"$ {shlex.join(self._hands.line(act))}")
        if self._wants(_OPEN if isinstance(act, Screens) else _DO) is Answer.SKIP:
            raise _SkippedError
        status = self._hands.do(act)
        if status not in (act.ends if isinstance(act, Command) else {0}):
            raise NotSeenError(tr(_OTHERWISE, self._lang).format(status=status))
        return status

    def _wants(self, offered: str) -> Answer:
        if self._answer is None:
            return Answer.GO
        self._say(tr(offered, self._lang))
        answer = self._answer()
        if answer is Answer.STOP:
            raise _StoppedError
        return answer

    def _fold(self, text: str) -> None:
        for line in fold([text]):
            self._say(line)

    def _say(self, text: str) -> None:
        self._tell(text)
