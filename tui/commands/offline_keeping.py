"""Opening the counter's own file: with which password, and what is asked before something is taken off it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from maglia.core.errors import Code, MagliaError
from maglia.core.translation import tr
from tui.commands.base import YES, password_of
from tui.device_key import open_device_key
from tui.profile import Profile
from tui.typed import ask_line, ask_secret, environment_password

if TYPE_CHECKING:
    from tui.offline_store import OfflineStore

OFFLINE_VARIABLE = "MAGLIA_OFFLINE_PASSWORD"
"""The password of the file, where it is no longer the one of the node."""
Yes = Annotated[bool, typer.Option("--yes", help="Senza chiedere conferma, per gli script.")]


def open_store(profile: Profile) -> OfflineStore:
    """Return the operator's own file under their password; raise `session.unattended`.

    What nobody can open is lost, and no node says here whether a password is right. So a new file's must open the
    console's own key where it is enrolled, else `session.device_password`; elsewhere it is typed twice, else
    `input.typed_twice`.
    """
    from tui.offline_store import OfflineStore

    given = os.environ.get(OFFLINE_VARIABLE) or environment_password()
    password = given or password_of(profile)
    if profile.offline.exists():
        return OfflineStore(profile.offline, password)
    if profile.device_key.exists():
        open_device_key(profile.device_key, password)
    elif given is None:
        again = tr("Ancora la password: ", profile.lang)
        if ask_secret(again, OFFLINE_VARIABLE) != password:
            raise MagliaError(Code.INPUT_TYPED_TWICE)
    return OfflineStore(profile.offline, password)


def open_with(profile: Profile, password: str) -> OfflineStore:
    """Return the operator's own file under the password of the node, or under the one of then, where that changed.

    Raises `session.offline_closed` where neither opens it and nobody is there to type another one.
    """
    from tui.offline_store import OfflineStore

    store = OfflineStore(profile.offline, os.environ.get(OFFLINE_VARIABLE) or password)
    try:
        store.taken()
    except MagliaError as error:
        if error.code is not Code.SESSION_OFFLINE_CLOSED or not sys.stdin.isatty():
            raise
        of_then = tr("Password di quando è stato preso: ", profile.lang)
        return OfflineStore(profile.offline, ask_secret(of_then, OFFLINE_VARIABLE))
    return store


def confirm(question: str, profile: Profile, *, yes: bool) -> None:
    """Ask before the act, no being the answer of whoever only presses Enter; raise `session.unconfirmed`."""
    if yes:
        return
    asked = tr(question, profile.lang) + tr(" [s/N] ", profile.lang)
    if not sys.stdin.isatty() or ask_line(asked).lower() not in YES:
        raise MagliaError(Code.SESSION_UNCONFIRMED)
