"""Step 1 of a call for applicants: which file, under which procedure, about which aid."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from textual import on
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.suggester import SuggestFromList
from textual.widget import Widget
from textual.widgets import Input
from textual.widgets.select import InvalidSelectValueError

from maglia.core.translation import mark, tr
from maglia.core.vocabulary import DEFAULT_MONTHS, Facet
from tui.batch_folder import PathSuggester, Sheet, folder_of, shown_size
from tui.batch_model import CallAsked
from tui.labels import FACETS, options
from tui.question import check_facet, parse_months
from tui.screens.faults import Fault, faults_of, needed
from tui.widgets.entry import Choice, Field
from tui.widgets.listing import Column, Listing, ListRow

_FILES = (
    Column(mark("FILE DELLA CARTELLA")),
    Column(mark("GRANDE"), 10, right=True),
    Column(mark("MODIFICATO"), 17),
)
_FIRST_FACET = Facet.RENT_CURRENT.value
"""As the command has it."""
_NO_FILES = mark("In questa cartella non ci sono file CSV, XLSX o ODS. Scrivere sopra un'altra cartella.")


class FileStep(Vertical):
    """The file, by writing its path or choosing it below; procedure, aid, months, sheet."""

    class FolderNamed(Message):
        """Another folder is written: its files are to be shown."""

        def __init__(self, folder: Path) -> None:
            super().__init__()
            self.folder = folder

    DEFAULT_CSS = """
    FileStep { height: 1fr; }
    FileStep Horizontal { height: 1; }
    FileStep Listing { margin-top: 1; }
    """

    def __init__(self, lang: str) -> None:
        super().__init__(id="step-file")
        self._lang = lang
        self._folder: Path | None = None
        sheet_hint = tr("se sono più di uno", lang)
        self.file = Field("File", "file", width=60, longest=400)
        self.file.input.suggester = PathSuggester()
        self.procedure = Field(tr("Bando", lang), "procedure", width=24, longest=80)
        self.facet = Choice(tr("Aiuto", lang), "facet", options(FACETS, list(Facet), lang), _FIRST_FACET)
        self.months = Field(tr("Mesi", lang), "months", str(DEFAULT_MONTHS), width=4, longest=2)
        self.sheet = Field(tr("Foglio", lang), "sheet", width=22, longest=80, hint=sheet_hint)

    def compose(self) -> Iterable[Widget]:
        """Three lines to write, and the files of the folder."""
        yield self.file
        with Horizontal():
            yield self.procedure
            yield self.sheet
        with Horizontal():
            yield self.facet
            yield self.months
        yield Listing(_FILES, self._lang, tr(_NO_FILES, self._lang), id="files")

    def begin(self) -> None:
        """Show the files of the folder that is written, else of the one that the console was started in, as it is."""
        self._folder = None
        self._name_folder()

    def offer(self, procedures: Sequence[str]) -> None:
        """Complete what is typed to one of these procedures."""
        self.procedure.input.suggester = SuggestFromList(procedures, case_sensitive=False)

    @property
    def path(self) -> Path:
        """Return the file that is written."""
        return Path(self.file.text).expanduser()

    def faults(self) -> list[Fault]:
        """Return all that is missing or can't be asked, with the cursor at the first of it."""
        reads = {"procedure": needed(tr("Bando", self._lang), str), "months": parse_months}
        found = faults_of(self._fields.values(), {"file": needed("File", str), **reads})
        if found:
            self._fields[found[0].field].input.focus()
        return found

    def asked(self) -> CallAsked:
        """Return what is asked about the file, where there are no `faults`; raise `input.facet`."""
        months = parse_months(self.months.text)
        return CallAsked(self.procedure.text, check_facet(self.facet.code), months, self.sheet.text)

    def clear(self) -> None:
        """Leave nothing of the last file."""
        self.take_up({"months": str(DEFAULT_MONTHS), "facet": _FIRST_FACET})

    def draft(self) -> Mapping[str, str]:
        """Return what is written, nothing where neither a file nor a procedure is."""
        if not self.file.text and not self.procedure.text:
            return {}
        fields = {name: field.text for name, field in self._fields.items()}
        return {**fields, "facet": self.facet.code}

    def take_up(self, fields: Mapping[str, str]) -> None:
        """Write what a draft holds."""
        for name, field in self._fields.items():
            field.input.value = fields.get(name, "")
        with suppress(InvalidSelectValueError):
            self.facet.select.value = fields.get("facet", _FIRST_FACET)

    @property
    def _fields(self) -> Mapping[str, Field]:
        return {"file": self.file, "procedure": self.procedure, "months": self.months, "sheet": self.sheet}

    @on(Input.Changed, "#file")
    def _name_folder(self) -> None:
        folder = folder_of(self.file.text)
        if folder != self._folder:
            self._folder = folder
            self.post_message(self.FolderNamed(folder))

    def show_files(self, found: Sequence[Sheet]) -> None:
        """Show the files of a folder."""
        cells = [(one.name, shown_size(one, self._lang), one.changed) for one in found]
        rows = [ListRow(str(one.path), cell) for one, cell in zip(found, cells, strict=True)]
        self.query_one(Listing).show(rows)

    @on(Listing.Chosen, "#files")
    def _choose(self, event: Listing.Chosen) -> None:
        event.stop()
        chosen = Path(event.key)
        self.file.input.value = f"{chosen}/" if chosen.is_dir() else event.key
        target = self.file.input if chosen.is_dir() or self.procedure.text else self.procedure.input
        target.focus()
