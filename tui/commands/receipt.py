"""`maglia aid receipt`: the paper that a person takes home, and what `aid add` needs to print one at once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from maglia.core.errors import Code, MagliaError
from maglia.core.translation import languages, mark, tr
from tui import doors
from tui.commands.base import Json, Result, password_of, perform, require, tell_error
from tui.entering import at
from tui.profile import Profile
from tui.text import command_lines, plain, short_number

if TYPE_CHECKING:
    from tui.papers.receipt import Followed, Receipt
    from tui.records_client import RecordsDoor

COLUMNS = 42
Number = Annotated[str, typer.Argument(help="Numero dell'aiuto, come lo dice aid show; bastano i primi caratteri.")]
Roll = Annotated[bool, typer.Option("--roll", help="Testo per il rotolo di una stampante da 80 mm.")]
Columns = Annotated[int, typer.Option("--columns", help="Caratteri di una riga del rotolo, da 32 a 48.")]
Check = Annotated[str, typer.Option("--check", help="Verifica da scrivere sulla ricevuta, per esempio V-0a1b2c3d4e.")]
ReceiptFile = Annotated[
    Path | None, typer.Option("--receipt", help="Scrive anche la ricevuta per la persona, .pdf o .txt.")
]
_NO_RECEIPT = mark("La ricevuta non c'è; per farla")


@dataclass(frozen=True)
class Wanted:
    """A receipt as somebody asks for it: into which file, in which form, after which check."""

    out: Path | None
    roll: bool = False
    columns: int = COLUMNS
    check: str = ""
    language: str = ""
    force: bool = False

    def verify(self) -> None:
        """Refuse, before any work, a form, a width or a file that can't be; raise what those raise."""
        from tui.papers.forms import form_of
        from tui.papers.roll import check_columns
        from tui.papers.writing import check_name

        form_of(self.out, roll=self.roll)
        check_columns(self.columns)
        require(self.language in ("", *languages()), "language")
        if self.out is not None:
            check_name(self.out, force=self.force)

    async def made(self, door: RecordsDoor, number: str, profile: Profile) -> Receipt:
        """Return the receipt of a record; raise `input.record_*`, `input.check_unknown`, `input.check_other`."""
        from tui.handout import receipt_of

        found = await door.aid(number)
        followed = await self._followed(door, profile, found.identifier) if self.check else None
        return receipt_of(profile, door.here, found, followed, self.language)

    async def _followed(self, door: RecordsDoor, profile: Profile, identifier: str) -> Followed:
        from tui.handout import followed_by

        name = self.check.strip()
        standing = await doors.waiting()(profile, door.line).kept_check(name)
        if standing.state is None or identifier not in standing.identifiers:
            raise MagliaError(Code.INPUT_CHECK_OTHER, check=plain(name, 20))
        return followed_by(standing.state)

    async def written(self, door: RecordsDoor, number: str, profile: Profile) -> Result | None:
        """Write the receipt of what was just recorded, where a file was named.

        Where that fails the help is on record all the same: the lines tell how to make the receipt then.
        """
        if self.out is None:
            return None
        try:
            written, lines = self.write(await self.made(door, number, profile), profile.lang)
        except MagliaError as error:
            ended, again = (
                tell_error(error, as_json=False, lang=profile.lang),
                f"maglia aid receipt {short_number(number)}",
            )
            return Result({"file": None}, command_lines(tr(_NO_RECEIPT, profile.lang), again), ended)
        return Result(written, lines)

    def write(self, receipt: Receipt, lang: str) -> tuple[dict[str, object], list[str]]:
        """Write a receipt, or return its text where no file was named: what is added to a document, and the lines."""
        from tui.papers.forms import form_of
        from tui.papers.receipt import receipt_text, write_receipt

        form = form_of(self.out, roll=self.roll)
        if self.out is None:
            text = receipt_text(receipt, form, self.columns)
            return {"form": form.value, "text": text}, text.rstrip("\n").split("\n")
        write_receipt(receipt, self.out, form, columns=self.columns, force=self.force)
        done = tr("Ricevuta scritta: {out}", lang).format(out=self.out)
        return {"form": form.value, "file": str(self.out)}, [done]


def with_receipt(recorded: Result, paper: Result | None) -> Result:
    """Return what was recorded together with its receipt, if one was wanted."""
    if paper is None:
        return recorded
    return Result(recorded.document | {"receipt": paper.document}, [*recorded.lines, *paper.lines], paper.status)


def print_receipt(
    ctx: typer.Context,
    number: Number,
    out: Annotated[Path | None, typer.Option("--out", help="File .pdf o .txt; senza, testo sullo schermo.")] = None,
    roll: Roll = False,
    columns: Columns = COLUMNS,
    check: Check = "",
    language: Annotated[
        str, typer.Option("--language", "--lang", help="Lingua, it o en; quella della postazione se manca.")
    ] = "",
    force: Annotated[bool, typer.Option("--force", help="Riscrive il file, se c'è già.")] = False,
    as_json: Json = False,
) -> None:
    """Scrive la ricevuta di un aiuto dato o promesso, da dare alla persona. Del codice mostra solo la fine.

    Con --check dice quale verifica è stata fatta e quanti enti hanno risposto; vale per 72 ore.

    Esempio: maglia aid receipt a7b3c9d1 --out ricevuta.pdf

    Per il rotolo: maglia aid receipt a7b3c9d1 --roll --out ricevuta.txt
    """

    async def work(profile: Profile) -> Result:
        wanted = Wanted(out, roll, columns, check, language, force)
        wanted.verify()
        async with at(doors.records, profile, password_of(profile)) as door:
            receipt = await wanted.made(door, number, profile)
        written, lines = wanted.write(receipt, profile.lang)
        document: dict[str, object] = {"schema": "maglia.receipt/1", "number": receipt.number}
        return Result(document | written, lines)

    perform(ctx, as_json, work)
