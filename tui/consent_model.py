"""What a body has on file of a person's word: plain values, whose texts are already plain. Days are ISO 8601."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True)
class FiledConsent:
    """One consent: as it was given, what is left of it (`in_force`), whom it reaches (nobody named is everybody)."""

    id: str
    purposes: tuple[str, ...]
    in_force: tuple[str, ...]
    audience: tuple[str, ...]
    notice_version: str
    language: str
    date: str
    method: str
    expires: str
    recorded_by: str
    withdrawn: str


@dataclass(frozen=True)
class BodyToTell:
    """A body that learned of the person, by an answer or by a question; `told` is empty while it is to be told."""

    member: str
    name: str
    contact: str
    reason: str
    last: str
    told: str
    told_by: str


@dataclass(frozen=True)
class Opposition:
    """A person's no: a withdrawal, a refusal, an objection. `incomplete` when more bodies may have to be told."""

    kind: str
    purposes: tuple[str, ...]
    date: str
    recorded_by: str
    ended: str
    to_tell: tuple[BodyToTell, ...]
    incomplete: bool


@dataclass(frozen=True)
class EndedReferral:
    """A person sent that was withdrawn with the consent; `untold` while the body that has them is yet to be told."""

    number: int
    member: str
    name: str
    contact: str
    untold: bool


@dataclass(frozen=True)
class ConsentFile:
    """All that a person said to this body, newest first; `day` is the node's today."""

    consents: tuple[FiledConsent, ...]
    oppositions: tuple[Opposition, ...]
    statutory: int
    day: str
    imported: int = 0
    """Records that others see on a consent that came with a file, and is not among `consents`."""
    ended: tuple[EndedReferral, ...] = ()
    """Persons sent that were withdrawn just now, together with the consent."""

    @property
    def still_to_tell(self) -> tuple[BodyToTell, ...]:
        """Return the bodies that nobody has told yet, each once."""
        waiting = {one.member: one for each in self.oppositions for one in each.to_tell if not one.told}
        return tuple(waiting.values())


@dataclass(frozen=True)
class Expiring:
    """A person whose consent ends, or has ended; the code is for the screen alone."""

    identifier: str = field(repr=False)
    purposes: tuple[str, ...]
    expires: str
