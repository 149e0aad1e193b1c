"""What every command of `maglia-registry` shares: its options, its answers, its errors and exit statuses."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, NoReturn

import typer

from maglia.core.errors import Code, MagliaError

_EXITS = {"input": 2, "session": 4, "member": 4, "network": 3}

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
        _fail(error, as_json)


def _fail(error: MagliaError, as_json: bool) -> NoReturn:
    sentence = error.sentence("it")
    if as_json:
        typer.echo(
            json.dumps(
                {
                    "schema": "maglia.error/1",
                    "code": error.code.value,
                    "message": sentence.message,
                    "next_action": sentence.next_action,
                },
                ensure_ascii=False,
            )
        )
    else:
        typer.echo(f"{sentence.message} {sentence.next_action}", err=True)
    sys.exit(_EXITS.get(error.code.value.partition(".")[0], 1))
