"""What people type, choose and tick, seen without colours; days and amounts are read strictly and echoed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from textual import on
from textual.containers import Horizontal
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Checkbox, Input, Select, Static

from maglia.core.errors import MagliaError
from maglia.core.translation import tr
from tui.text import parse_amount, parse_day, show_amount, show_weekday


def boxed(field: Input) -> Iterable[Widget]:
    """Yield a field between brackets, so that it is seen without colours."""
    yield Static("[", markup=False)
    yield field
    yield Static("]", markup=False)


class TickBox(Checkbox):
    """A box that reads as ticked or not without any colour."""

    DEFAULT_CSS = "TickBox.-textual-compact:focus { border: none !important; }"

    def render(self) -> Content:
        """Draw `[x]` or `[ ]` and the label."""
        label = self.label.stylize_before(self.get_visual_style("toggle--label"))
        return Content(f"[{'x' if self.value else ' '}] ") + label


class Field(Horizontal):
    """A label, a field between brackets, and beside it what was understood of what is written."""

    DEFAULT_CSS = """
    Field { height: 1; width: 1fr; }
    Field > .name { width: 11; }
    Field > Static { width: auto; }
    Field > .echo { width: 1fr; padding-left: 1; }
    """

    def __init__(
        self,
        label: str,
        field: str,
        value: str = "",
        *,
        width: int = 20,
        longest: int = 60,
        hint: str = "",
        echo: Callable[[str], str] | None = None,
        read: Callable[[str], object] | None = None,
    ) -> None:
        """`field` is the id of the input, `width` its cells, `longest` its characters; `echo` reads it back.

        `read` raises `input.*` for what cannot be right in it by itself.

        A field that its longest text fills gets a cell more: the cursor behind it would push the first one out.
        """
        super().__init__()
        self.label = label
        self.read = read
        self._echo = echo
        self.input = Input(value, id=field, compact=True, max_length=longest, placeholder=hint)
        self.input.styles.width = width + 1 if width == longest else width
        self._understood = Static(markup=False, classes="echo")

    def compose(self) -> Iterable[Widget]:
        """Lay out label, field, echo."""
        yield Static(self.label, markup=False, classes="name")
        yield from boxed(self.input)
        yield self._understood

    @property
    def key(self) -> str:
        """Return the id of its input, by which the field is known."""
        return self.input.id or ""

    @property
    def text(self) -> str:
        """Return what is written, without the blanks around it."""
        return self.input.value.strip()

    @on(Input.Changed)
    def understand(self) -> None:
        """Read back what is written."""
        if self._echo is not None:
            self._understood.update(Content(self._echo(self.text) if self.text else ""))


def day_echo(lang: str) -> Callable[[str], str]:
    """Return what reads a day back with its weekday, or says that it is none: shortly, beside the field."""
    return _echoing(lambda text: show_weekday(parse_day(text), lang), tr("non è un giorno: gg/mm/aaaa", lang))


def amount_echo(lang: str) -> Callable[[str], str]:
    """Return what reads an amount back as it will be filed, or says that it is none."""
    return _echoing(lambda text: show_amount(parse_amount(text)), tr("non è un importo: 1.234,50", lang))


def _echoing(read: Callable[[str], str], otherwise: str) -> Callable[[str], str]:
    def echo(text: str) -> str:
        try:
            return f"= {read(text)}"
        except MagliaError:
            return f"!! {otherwise}"

    return echo


def plain_choices(choices: Sequence[tuple[str, str]]) -> list[tuple[Content, str]]:
    """Return (words, code) pairs whose words a selection shows as they are; it parses mere strings as markup."""
    return [(Content(words), code) for words, code in choices]


class Choice(Horizontal):
    """A label and one of several, by (words, code)."""

    DEFAULT_CSS = """
    Choice { height: 1; width: 1fr; }
    Choice > .name { width: 11; }
    Choice > Select { width: 1fr; max-width: 44; }
    """

    def __init__(self, label: str, field: str, choices: Sequence[tuple[str, str]], chosen: str) -> None:
        super().__init__()
        self._label = label
        self._chosen = chosen
        self.select: Select[str] = Select(
            plain_choices(choices), value=chosen, allow_blank=False, id=field, compact=True
        )

    def compose(self) -> Iterable[Widget]:
        """Lay out label and choice."""
        yield Static(self._label, markup=False, classes="name")
        yield self.select

    @property
    def code(self) -> str:
        """Return the code of what is chosen; Textual has none of it before it is on a screen."""
        return self._chosen if self.select.is_blank() else str(self.select.value)
