"""News at the registry: of this process at once, of another replica when looked for."""

from __future__ import annotations

from registry.news import Elsewhere, News


def test_another_replicas_change_is_told_once_and_an_own_one_not_again() -> None:
    news, told, state = News(), [], [1]
    news.listen(lambda: told.append(state[0]))
    elsewhere = Elsewhere(news, lambda: state[0])
    elsewhere.look()
    assert told == []
    state[0] = 2
    waiting = news.next()
    elsewhere.look()
    elsewhere.look()
    assert told == [2]
    assert waiting.is_set()
    state[0] = 3
    news.changed()
    elsewhere.look()
    assert told == [2, 3]
