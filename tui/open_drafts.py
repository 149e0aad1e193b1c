"""The drafts that wait for a signature, each read by the console itself: what it truly changes, and who signed it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from maglia.core.errors import Code, MagliaError
from maglia.core.folding import fold
from maglia.core.identity import fingerprint
from maglia.core.translation import mark, tr
from tui.draft_check import InForce, Renewal
from tui.draft_text import draft_lines
from tui.in_force import read_in_force
from tui.office_client import OfficeDoor
from tui.office_model import OpenDraft
from tui.office_text import open_draft_lines
from tui.profile import Profile
from tui.signing import Wanted, read_draft
from tui.text import sentence_of


@dataclass(frozen=True)
class Waiting:
    """An open draft and its exact differences, or in `problem` why it is not what the registry says of it.

    `log_key` (hex) is that of the registry's log where the draft brings a new one, and changes no other key: it is
    signed by whoever writes that key as they heard it, and by nobody else.
    """

    told: OpenDraft
    differences: Sequence[str] = ()
    problem: str = ""
    log_key: str = ""

    def lines(self, lang: str) -> list[str]:
        """Return what an officer reads about it."""
        shown = self.differences or [self.problem]
        return [*open_draft_lines(self.told, lang), *fold(f"  {line}" for line in shown)]

    def document(self) -> dict[str, object]:
        """Return what a program reads about it."""
        return {
            "draft": self.told.draft,
            "acts": [{"act": one.act, "member": one.member} for one in self.told.changes],
            "signer_names": list(self.told.signer_names),
            "threshold": self.told.threshold,
            "differences": list(self.differences),
            "problem": self.problem,
        }


_LOG_KEY = re.compile(r"log ([0-9a-f]{64})")
_NEW_LOG_KEY = mark(
    "Nuova chiave del registro: {key}. Si firma solo scrivendola come la legge chi amministra il registro: "
    "se non ne ha annunciata una, non firmare e avvisare i custodi della radice."
)


async def waiting_drafts(door: OfficeDoor, profile: Profile, member: str = "") -> list[Waiting]:
    """Return the open drafts, of one body or all, with what each changes against what is verified to be in force."""
    told = [one for one in await door.drafts() if not member or any(change.member == member for change in one.changes)]
    if not told:
        return []
    before = await read_in_force(door.fetch, profile)
    return [await _read(door, profile, one, before) for one in told]


async def _read(door: OfficeDoor, profile: Profile, told: OpenDraft, before: InForce) -> Waiting:
    """Who would enter is shown under the key of its application: whoever signs has heard its fingerprint or will.

    New rules are shown as those of the revision told: whoever signs has it from those who made them.
    """
    try:
        admitted = [change.member for change in told.changes if change.act == "approve"]
        applied = {name: (await door.member(name)).applied for name in admitted}
        heard = {name: fingerprint(one.identity_key) for name, one in applied.items()}
        renewal = Renewal(policies="".join(one.policies for one in told.changes))
        reading = await read_draft(door, Wanted(told.changes, heard, renewal), profile, before)
    except MagliaError as error:
        key = _only_log_key(error)
        if key:
            return Waiting(told, problem=tr(_NEW_LOG_KEY, profile.lang).format(key=key), log_key=key)
        sentence = sentence_of(error, profile.lang, at_office=True)
        return Waiting(told, problem=f"{sentence.message} {sentence.next_action}")
    return Waiting(told, draft_lines(reading.draft, reading.before, profile.lang, reading.suspended))


def _only_log_key(error: MagliaError) -> str:
    """Return the log's new key where that is all a draft was refused for; else nothing."""
    found = _LOG_KEY.fullmatch(error.params.get("keys", ""))
    return found[1] if found and error.code is Code.DIRECTORY_DRAFT_KEYS else ""
