"""The tour without a network: what it says then, its list, its progress, and that its words are whole."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from maglia.core.translation import tr
from tui.__main__ import app
from tui.tour.chapters import all_steps
from tui.tour.progress import Progress


def test_without_a_network_it_says_how_to_start_one(tmp_path: Path) -> None:
    done = CliRunner().invoke(app, ["tour", "--dir", str(tmp_path), "--auto"])
    assert done.exit_code == 2
    assert "maglia-demo up" in " ".join(done.stderr.split())


@pytest.mark.parametrize("content", ["", "[]", '{"schema": "maglia.demo/9"}'])
def test_a_file_that_is_no_networks_is_none(tmp_path: Path, content: str) -> None:
    (tmp_path / "demo.json").write_text(content)
    (tmp_path / "passphrase").write_text("frase")
    done = CliRunner().invoke(app, ["tour", "--dir", str(tmp_path), "--auto", "--json"])
    assert (done.exit_code, json.loads(done.stdout)["code"]) == (2, "input.tour_network")


def test_the_list_tells_what_was_done(tmp_path: Path) -> None:
    Progress(tmp_path).add("counter-silent")
    shown = CliRunner().invoke(app, ["tour", "list", "--dir", str(tmp_path)]).stdout
    assert "[x]  2  Un ente che tace" in shown
    assert "[ ]  1  Una verifica" in shown
    english = CliRunner().invoke(app, ["--lang", "en", "tour", "list", "--dir", str(tmp_path)]).stdout
    assert "A silent body" in english


@pytest.mark.parametrize("content", ["", "[1]", '{"schema": "maglia.tour.progress/1"}'])
def test_a_broken_file_of_progress_only_forgets(tmp_path: Path, content: str) -> None:
    (tmp_path / "tour.json").write_text(content)
    progress = Progress(tmp_path)
    progress.add("counter-check")
    assert Progress(tmp_path).has("counter-check")


def test_every_step_has_a_name_of_its_own_and_both_languages() -> None:
    steps = all_steps()
    assert len({at.step.name for at in steps}) == len(steps)
    for at in steps:
        for words in (at.step.title, at.step.why, at.chapter.title):
            assert words
            assert tr(words, "en") != words
        assert at.step.why.count(". ") <= 3, "two or three calm sentences"
