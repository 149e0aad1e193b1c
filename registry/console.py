"""What every command of `maglia-registry` shares: its options, its answers, its errors and exit statuses."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from maglia.cli import tell_error
from maglia.core.errors import Code, MagliaError

Dir = Annotated[Path, typer.Option("--dir", help="Cartella dei dati del registro.")]
AsJson = Annotated[bool, typer.Option("--json", help="Risposta in JSON.")]


def pair(text: str) -> tuple[str, str]:
    """Return user and key of `UTENTE=CHIAVE`; raise `input.field`."""
    user, equals, key = text.partition("=")
    if not equals:
        raise MagliaError(Code.INPUT_FIELD, field="officer")
    return user, key


def say(as_json: bool, document: Mapping[str, object], text: str) -> None:
    """Print what was done, as JSON or as text."""
    typer.echo(json.dumps(document, ensure_ascii=False) if as_json else text)


@contextmanager
def errors(as_json: bool) -> Iterator[None]:
    """Turn an error into one sentence with the next action, and its exit status."""
    try:
        yield
    except MagliaError as error:
        sys.exit(tell_error(error, as_json=as_json))
