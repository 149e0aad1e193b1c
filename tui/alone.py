"""Opening what is taken at a counter whose node does not answer: nobody there says whether a password is right."""

from __future__ import annotations

from secrets import compare_digest

from maglia.core.errors import Code, MagliaError
from tui.device_key import open_device_key
from tui.offline_store import OfflineStore
from tui.profile import Profile


def opened(profile: Profile, password: str, known: OfflineStore | None, again: str | None) -> OfflineStore | None:
    """Return the operator's own file under their password, None where that has to be typed a second time first.

    A password that let them in before is the one: `known` is under it. Else it opens what is kept, or the console's
    own key where it is enrolled; a new file's is typed twice. Raises `session.offline_closed`,
    `session.device_password`, `input.typed_twice`, and `session.credentials` for no password at all.
    """
    if not password:
        raise MagliaError(Code.SESSION_CREDENTIALS)
    if known is not None:
        if not known.is_under(password):
            raise MagliaError(Code.SESSION_OFFLINE_CLOSED)
        return known
    store = OfflineStore(profile.offline, password)
    if profile.offline.exists():
        store.taken()
    elif profile.device_key.exists():
        open_device_key(profile.device_key, password)
    elif again is None:
        return None
    elif not compare_digest(again.encode(), password.encode()):
        raise MagliaError(Code.INPUT_TYPED_TWICE)
    return store
