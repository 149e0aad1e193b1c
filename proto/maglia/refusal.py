"""A refusal as every program of the node, the registry and the demonstration tells it."""

from __future__ import annotations

import json

import typer

from maglia.core.errors import MagliaError
from maglia.core.exits import Exit, exit_of_error


def tell_refusal(error: MagliaError, *, as_json: bool, lang: str) -> Exit:
    """Print what happened and what to do next, to standard error unless it is a document; return the exit status.

    It is one line: a service's journal keeps it whole, and so does whoever reads the last line of one.
    """
    sentence = error.sentence(lang)
    if as_json:
        words = {"code": error.code.value, "message": sentence.message, "next_action": sentence.next_action}
        typer.echo(json.dumps({"schema": "maglia.error/1", **words}, ensure_ascii=False))
    else:
        typer.echo(f"{sentence.message} {sentence.next_action}", err=True)
    return exit_of_error(error)
