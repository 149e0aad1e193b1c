"""IMPOSTAZIONI: how this console is set; colours and lock change at once, the language at the next start."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import ClassVar

from textual import on
from textual.message import Message
from textual.widgets import Input

from maglia.core.errors import MagliaError
from tui.labels import pick
from tui.lines import Line, Tone
from tui.screens.work import WorkScreen
from tui.seat import Seat
from tui.settings import NAMES, ConsoleSettings, changed, load_settings, save_settings
from tui.settings_text import CALLED, HERE, HINTS, VALUES
from tui.widgets.entry import Choice, Field
from tui.widgets.frame import Panel
from tui.widgets.keys import Action

_SAVED = (
    "Salvato. Colori e blocco valgono da ora; la lingua dal prossimo avvio.",
    "Saved. Colours and lock count from now on; the language from the next start.",
)
_KEPT = (
    "Le impostazioni stanno nel file {0}, accanto al profilo.",
    "The settings are in the file {0}, by the profile.",
)

_FOLDER = ("serve una cartella che c'è su questo computer", "it takes a folder that is there on this computer")


class SettingsChanged(Message):
    """The console is set otherwise from now on."""

    def __init__(self, settings: ConsoleSettings) -> None:
        super().__init__()
        self.settings = settings


class SettingsScreen(WorkScreen[Seat]):
    """What one may set, whoever one is."""

    NAME = "settings"
    HEADING = ("IMPOSTAZIONI", "SETTINGS")
    OWN: ClassVar[Sequence[Action]] = (
        Action("f2", "F2", "save", ("Salva", "Save")),
        Action("f4", "F4", "begin_anew", ("Di partenza", "Defaults")),
    )
    ABOUT = (
        "Valgono per questa postazione e per chi usa questo profilo.\n"
        "\n"
        "Lingua   Delle schermate e dei comandi.\n"
        "Colori   Scuri, chiari, o alto contrasto: bianco e giallo su nero.\n"
        "Blocco   Dopo quanti minuti le schermate si nascondono; 0 mai.\n"
        "Stampa   Come si scrivono le carte: PDF, testo, o testo per un rotolo.\n"
        "Colonne  Quanti caratteri stanno in una riga del rotolo.\n"
        "Cartella Dove si scrivono carte e tabelle.\n"
        "\n"
        "Lo stesso in testo: maglia settings show, maglia settings set.",
        "They count for this console and for whoever uses this profile.\n"
        "\n"
        "Language Of the screens and the commands.\n"
        "Colours  Dark, light, or high contrast: white and yellow on black.\n"
        "Lock     After how many minutes the screens are hidden; 0 never.\n"
        "Printing How papers are written: PDF, text, or text for a roll.\n"
        "Columns  How many characters a line of the roll holds.\n"
        "Folder   Where papers and tables are written.\n"
        "\n"
        "The same as text: maglia settings show, maglia settings set.",
    )
    HELPS: ClassVar[Mapping[str, tuple[str, str]]] = HINTS

    def __init__(self, seat: Seat) -> None:
        super().__init__(seat)
        self._choices = {name: self._choice(name) for name in VALUES}
        self._fields = {name: self._field(name) for name in HINTS}

    def _choice(self, name: str) -> Choice:
        choices = [(pick(words, self.lang), code or "-") for code, words in VALUES[name].items()]
        return Choice(pick(CALLED[name], self.lang), name, choices, str(self._now[name]) or "-")

    def _field(self, name: str) -> Field:
        is_path = name == "papers"
        hint = pick(HERE, self.lang) if is_path else ""
        width, longest = (60, 300) if is_path else (6, 4)
        label, beside = pick(CALLED[name], self.lang), pick(HINTS[name], self.lang)
        echo = None if is_path else lambda _text: beside
        return Field(label, name, str(self._now[name]), width=width, longest=longest, hint=hint, echo=echo)

    @property
    def _now(self) -> Mapping[str, str | int]:
        return asdict(self.seat.profile.settings)

    def panels(self) -> Iterable[Panel]:
        """One line for each setting, in the order of the file."""
        ordered = [self._choices.get(name) or self._fields[name] for name in NAMES]
        yield Panel(*ordered, tall=True)

    def opened(self) -> None:
        """Begin at the first, and say where all of it is kept."""
        self._put(self.seat.profile.settings)
        kept = pick(_KEPT, self.lang).format(self.seat.profile.settings_file.name)
        self.tell(Line("  ", kept, Tone.NOTE))
        self._choices["language"].select.focus()

    def forget(self) -> None:
        """Show again what counts: somebody's half-made change is not the next one's."""
        self._put(self.seat.profile.settings)

    def _put(self, settings: ConsoleSettings) -> None:
        values = asdict(settings)
        for name, choice in self._choices.items():
            choice.select.value = values[name] or "-"
        for name, field in self._fields.items():
            field.input.value = str(values[name])

    @on(Input.Submitted)
    def action_save(self) -> None:
        """Check every field, write the file, and set the console so; nothing is written unless all is right."""
        path = self.seat.profile.settings_file
        try:
            settings = load_settings(path)
            for name in NAMES:
                settings = changed(settings, name, self._written(name), pick(CALLED[name], self.lang))
            save_settings(path, settings)
        except MagliaError as error:
            self._refuse(error)
            return
        self.post_message(SettingsChanged(settings))
        self._put(settings)
        self.tell(Line("OK", pick(_SAVED, self.lang), Tone.CALM))

    def _written(self, name: str) -> str:
        if name in self._choices:
            return self._choices[name].code.removeprefix("-")
        return self._fields[name].text

    def _refuse(self, error: MagliaError) -> None:
        """Say what a field may hold, with the cursor in it; any other refusal in its own words."""
        name = error.params.get("field", "")
        if name not in self._fields:
            self.explain(error)
            return
        self._fields[name].input.focus()
        words = ("«{0}» non va bene: {1}.", "“{0}” will not do: {1}.")
        called = pick(CALLED[name], self.lang)
        said = pick(_FOLDER, self.lang) if name == "papers" else pick(HINTS[name], self.lang)
        go_on = pick(
            ("Correggere e premere F2; nulla è stato salvato.", "Correct it and press F2; nothing was saved."),
            self.lang,
        )
        self.tell(Line("!!", pick(words, self.lang).format(called, said), Tone.FOUND), Line("  ", go_on, Tone.NOTE))

    def action_begin_anew(self) -> None:
        """Write into the fields what counts where nothing is set; F2 saves it."""
        self._put(ConsoleSettings())
        self.note(("Valori di partenza; F2 li salva.", "The defaults; F2 saves them."))
