"""The application asked for on a terminal, field by field; each is kept as soon as it is given, so none is lost."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path

import typer

from maglia.cli import spoken
from maglia.core.errors import MagliaError
from maglia.core.keystore import write_private
from maglia.core.translation import tr
from maglia.core.vocabulary import Kind
from node import application
from node.application import Field, read_field

BEGUN_FILE = "application-begun.json"


def ask_rest(folder: Path, typed: dict[str, str], today: date) -> None:
    """Ask for each field not given yet that concerns the kind of body, going on where an earlier try was left.

    Raises `input.form` for a kind, given or kept, that there is none of.
    """
    begun = _begun(folder)
    if begun:
        going_on = tr("Riprendo la domanda iniziata. Per ricominciare, interrompere e cancellare {file}.", spoken())
        print(going_on.format(file=folder / BEGUN_FILE))
    for name, text in begun.items():
        typed.setdefault(name, text)
    if "kind" in typed:
        read_field(application.BY_NAME["kind"], typed["kind"], today)  # which fields are asked depends on it
    for field in application.FIELDS:
        if field.name in typed:
            continue
        if field.name == "kind" or application.is_asked(field, Kind(typed["kind"].strip().lower())):
            typed[field.name] = _ask(field, today)
            _keep(folder, typed)


def forget_begun(folder: Path) -> None:
    """Drop what was kept, once the application is filed."""
    (folder / BEGUN_FILE).unlink(missing_ok=True)


def _begun(folder: Path) -> dict[str, str]:
    try:
        kept = json.loads((folder / BEGUN_FILE).read_bytes())
    except (OSError, ValueError):
        return {}  # none, or one that a full disk cut short: asked for anew
    if not isinstance(kept, dict):
        return {}
    return {name: text for name, text in kept.items() if name in application.BY_NAME and isinstance(text, str)}


def _keep(folder: Path, typed: Mapping[str, str]) -> None:
    write_private(folder / BEGUN_FILE, json.dumps(dict(typed), ensure_ascii=False).encode())


def _ask(field: Field, today: date) -> str:
    lang = spoken()
    empty = "" if field.is_needed else tr("; Invio per lasciarlo vuoto", lang)
    asked = f"{tr(field.label, lang)} ({tr(field.hint, lang)}{empty})"
    while True:
        text: str = typer.prompt(asked, default="", show_default=False)
        try:
            value = read_field(field, text, today)
        except MagliaError as error:
            told = error.sentence(lang)
            print(f"{told.message} {told.next_action}")
            continue
        return ",".join(value) if isinstance(value, list) else value
