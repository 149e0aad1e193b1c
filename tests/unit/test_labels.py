"""What people read for the codes of other bodies' programs."""

from __future__ import annotations

import pytest

from maglia.core.codes import Code
from tui.labels import refusal


@pytest.mark.parametrize("lang", ["it", "en"])
@pytest.mark.parametrize("code", [*Code, "later.version", "later", "", "[/bad].x"])
def test_why_a_body_refuses_is_said_in_words_and_never_by_its_code(code: str, lang: str) -> None:
    said = refusal(code, lang)
    assert " " in said
    assert "." not in said
    assert "[" not in said
