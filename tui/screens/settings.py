"""IMPOSTAZIONI: how this console is set; colours and lock change at once, the language at the next start."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from typing import ClassVar

from textual import on
from textual.message import Message
from textual.widgets import Input

from maglia.core.errors import MagliaError
from maglia.core.translation import mark, tr
from tui.lines import Line, Tone
from tui.screens.work import WorkScreen
from tui.seat import Seat
from tui.settings import NAMES, ConsoleSettings, changed, load_settings, save_settings
from tui.settings_text import CALLED, CHOSEN, HERE, HINT_VALUES, HINTS, choices, hint
from tui.widgets.entry import Choice, Field
from tui.widgets.frame import Panel
from tui.widgets.keys import Action

_SAVED = mark("Salvato. Colori e blocco valgono da ora; la lingua dal prossimo avvio.")
_KEPT = mark("Le impostazioni stanno nel file {0}, accanto al profilo.")

_FOLDER = mark("serve una cartella che c'è su questo computer")


class SettingsChanged(Message):
    """The console is set otherwise from now on."""

    def __init__(self, settings: ConsoleSettings) -> None:
        super().__init__()
        self.settings = settings


class SettingsScreen(WorkScreen[Seat]):
    """What one may set, whoever one is."""

    NAME = "settings"
    HEADING = mark("IMPOSTAZIONI")
    OWN: ClassVar[Sequence[Action]] = (
        Action("f2", "F2", "save", mark("Salva")),
        Action("f4", "F4", "begin_anew", mark("Di partenza")),
    )
    ABOUT = mark(
        "Valgono per questa postazione e per chi usa questo profilo.\n"
        "\n"
        "Lingua   Delle schermate e dei comandi.\n"
        "Colori   Scuri, chiari, o alto contrasto: bianco e giallo su nero.\n"
        "Blocco   Dopo quanti minuti le schermate si nascondono; 0 mai.\n"
        "Stampa   Come si scrivono le carte: PDF, testo, o testo per un rotolo.\n"
        "Colonne  Quanti caratteri stanno in una riga del rotolo.\n"
        "Cartella Dove si scrivono carte e tabelle.\n"
        "\n"
        "Lo stesso in testo: maglia settings show, maglia settings set."
    )
    HELPS: ClassVar[Mapping[str, str]] = HINTS
    HELP_VALUES: ClassVar[Mapping[str, object]] = HINT_VALUES

    def __init__(self, seat: Seat) -> None:
        super().__init__(seat)
        self._choices = {name: self._choice(name) for name in CHOSEN}
        self._fields = {name: self._field(name) for name in HINTS}

    def _choice(self, name: str) -> Choice:
        offered = [(words, code or "-") for code, words in choices(name, self.lang).items()]
        return Choice(tr(CALLED[name], self.lang), name, offered, str(self._now[name]) or "-")

    def _field(self, name: str) -> Field:
        is_path = name == "papers"
        empty = tr(HERE, self.lang) if is_path else ""
        width, longest = (60, 300) if is_path else (6, 4)
        label, beside = tr(CALLED[name], self.lang), hint(name, self.lang)
        echo = None if is_path else lambda _text: beside
        return Field(label, name, str(self._now[name]), width=width, longest=longest, hint=empty, echo=echo)

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
        kept = tr(_KEPT, self.lang).format(self.seat.profile.settings_file.name)
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
            settings, wrong = self._changed(load_settings(path))
            if not wrong:
                save_settings(path, settings)
        except MagliaError as error:
            self.explain(error)
            return
        if wrong:
            self._refuse(wrong)
            return
        self.post_message(SettingsChanged(settings))
        self._put(settings)
        self.tell(Line("OK", tr(_SAVED, self.lang), Tone.CALM))

    def _changed(self, settings: ConsoleSettings) -> tuple[ConsoleSettings, list[str]]:
        """Return the settings with what is written, and the fields that hold what cannot be."""
        wrong = []
        for name in NAMES:
            try:
                settings = changed(settings, name, self._written(name), tr(CALLED[name], self.lang))
            except MagliaError:
                if name not in self._fields:
                    raise
                wrong.append(name)
        return settings, wrong

    def _written(self, name: str) -> str:
        if name in self._choices:
            return self._choices[name].code.removeprefix("-")
        return self._fields[name].text

    def _refuse(self, wrong: Sequence[str]) -> None:
        """Say what each of these fields may hold, with the cursor in the first."""
        self._fields[wrong[0]].input.focus()
        words = tr("«{0}» non va bene: {1}.", self.lang)
        told = [words.format(tr(CALLED[name], self.lang), self._holds(name)) for name in wrong]
        go_on = tr("Correggere e premere F2; nulla è stato salvato.", self.lang)
        self.tell(*(Line("!!", said, Tone.FOUND) for said in told), Line("  ", go_on, Tone.NOTE))

    def _holds(self, name: str) -> str:
        return tr(_FOLDER, self.lang) if name == "papers" else hint(name, self.lang)

    def action_begin_anew(self) -> None:
        """Write into the fields what counts where nothing is set; F2 saves it."""
        self._put(ConsoleSettings())
        self.note(mark("Valori di partenza; F2 li salva."))
