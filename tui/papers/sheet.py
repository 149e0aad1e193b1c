"""A4 pages of running text, tick boxes and lines to fill in: tagged, in one embedded font, the same bytes each time.

Only this module knows fpdf2, which takes a while to load: import it late. Lengths are in millimetres, type in points.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, date, datetime, time
from importlib import resources

from fpdf import FPDF
from fpdf.enums import MethodReturnValue, XPos, YPos
from fpdf.fonts import TTFFont
from fpdf.prefs import ViewerPreferences

_BODY_PT, _TITLE_PT, _HEADING_PT, _FOOTER_PT = 11, 18, 12.5, 9
_LINE, _GAP, _ITEM_GAP, _HEADING_GAP = 5.2, 1.8, 0.8, 2.8
_MARGIN, _BOTTOM = 20, 18
_HEADING_LINE, _BLANK = 7, 8.5
_LABEL = 48
_BOX_PADDING, _TICK, _INDENT = 3, 3.6, 6
_FONT = "OpenSans"
_FILES = {"": "OpenSans-Regular.ttf", "B": "OpenSans-Bold.ttf"}


def _embed(pdf: FPDF) -> frozenset[int]:
    """Give `pdf` its font; return the characters that all of the font's styles have."""
    folder = resources.files("ttf_opensans") / "ttf"
    for style, name in _FILES.items():
        with resources.as_file(folder / name) as file:
            pdf.add_font(_FONT, style, file)
    return frozenset.intersection(*(frozenset(font.cmap) for font in pdf.fonts.values() if isinstance(font, TTFFont)))


class Sheet(FPDF):
    """One paper that grows from top to bottom; a paragraph is never parted by the end of a page."""

    def __init__(self, title: str, language: str, made: date, footer: str, page: str) -> None:
        super().__init__(format="A4")
        self._glyphs = _embed(self)
        self._foot, self._page_word = self.legible(footer), page
        self.set_margins(_MARGIN, _MARGIN, _MARGIN)
        self.set_auto_page_break(True, _BOTTOM)
        self.c_margin = 0
        self.set_title(title)
        self.set_lang(language)
        self.set_creation_date(datetime.combine(made, time(), UTC))
        self.viewer_preferences = ViewerPreferences(display_doc_title=True)

    def legible(self, text: str) -> str:
        """Return a text whose characters the font has, with `?` for those that it has not."""
        return "".join(char if self.has(char) else "?" for char in text)

    def has(self, char: str) -> bool:
        """Return whether the font has a character."""
        return ord(char) in self._glyphs

    def footer(self) -> None:
        """Write version and page number below each page; fpdf2 calls it."""
        with self._artifact():
            self.set_y(-_BOTTOM + 4)
            self.set_font(_FONT, "", _FOOTER_PT)
            self.cell(0, _LINE, self._foot)
            self.set_x(_MARGIN)
            self.cell(0, _LINE, f"{self._page_word} {self.page_no()}/{{nb}}", align="R")

    def start_page(self) -> None:
        """Go on with a new page."""
        self.add_page()
        self.set_font(_FONT, "", _BODY_PT)

    def title_lines(self, title: str, subtitle: str) -> None:
        """Write the paper's title and what it is."""
        self._write("H1", title, style="B", size=_TITLE_PT, line=8.5)
        if subtitle:
            self._write("P", subtitle)
        self.ln(_GAP)

    def heading(self, text: str, following: str = "") -> None:
        """Write a heading, on the page of the paragraph that follows."""
        self.ln(_HEADING_GAP)
        self._keep(_HEADING_LINE + self._height(following))
        self._write("H2", text, style="B", size=_HEADING_PT, line=_HEADING_LINE)

    def paragraph(self, text: str) -> None:
        """Write a paragraph; one that begins with a hyphen is an item of a list."""
        if text.startswith("- "):
            self._item(text.removeprefix("- "), self._bullet)
            self.ln(_ITEM_GAP)
        else:
            self._keep(self._height(text))
            self._write("P", text)
            self.ln(_GAP)

    def tick(self, text: str) -> None:
        """Write a sentence with an empty box before it."""
        self._item(text, self._square)
        self.ln(_GAP)

    def ticks(self, texts: Sequence[str], columns: int) -> None:
        """Write short words with boxes, in columns."""
        width = (self.epw - _INDENT) / columns
        self._keep(_LINE * -(-len(texts) // columns))
        for number, text in enumerate(texts):
            self.set_x(_MARGIN + _INDENT + number % columns * width)
            self._square()
            with self._tagged("P"):
                self.set_x(self.x + _INDENT)
                self.cell(width - _INDENT, _LINE, text)
            if number % columns == columns - 1 or number == len(texts) - 1:
                self.ln(_LINE)
        self.ln(_GAP)

    def blank(self, label: str) -> None:
        """Write a label with a line to fill in by hand, and room above it for the hand."""
        self._keep(_BLANK)
        foot = self.y + _BLANK
        self.set_y(foot - _LINE)
        with self._tagged("P"):
            self.cell(None, _LINE, label)
        with self._artifact():
            self.line(self.x + 2.5, foot - 0.8, _MARGIN + self.epw, foot - 0.8)
        self.set_y(foot)
        self.ln(_GAP)

    def pair(self, label: str, value: str) -> None:
        """Write what something is beside what it is called, both on one page."""
        self._keep(self._height(value, self.epw - _LABEL))
        with self._tagged("P"):
            self.set_font(_FONT, "B", _BODY_PT)
            self.cell(_LABEL, _LINE, label)
            self.set_font(_FONT, "", _BODY_PT)
            self.multi_cell(0, _LINE, value, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
        self.ln(_GAP)

    def boxed(self, heading: str, paragraphs: Sequence[str]) -> None:
        """Write a heading and paragraphs in a frame, all on one page."""
        inner = self.epw - 2 * _BOX_PADDING
        self.ln(_HEADING_GAP)
        self._keep(_HEADING_LINE + sum(self._height(text, inner) + _GAP for text in paragraphs) + 2 * _BOX_PADDING)
        top = self.y
        self._set_sides(_MARGIN + _BOX_PADDING)
        self.set_y(top + _BOX_PADDING - _HEADING_GAP)
        self.heading(heading)
        for text in paragraphs:
            self.paragraph(text)
        self._set_sides(_MARGIN)
        with self._artifact():
            self.rect(_MARGIN, top, self.epw, self.y - top)
        self.ln(_GAP)

    def _set_sides(self, margin: float) -> None:
        self.set_left_margin(margin)
        self.set_right_margin(margin)
        self.set_x(margin)

    def _keep(self, height: float) -> None:
        """Go to the next page if this one has no room for so much."""
        if self.will_page_break(height):
            self.start_page()

    def _height(self, text: str, width: float = 0) -> float:
        if not text:
            return 0
        if text.startswith("- "):
            width = (width or self.epw) - _INDENT
        found = self.multi_cell(width, _LINE, text, dry_run=True, output=MethodReturnValue.HEIGHT)
        return float(found)  # type: ignore[arg-type]

    def _item(self, text: str, mark: Callable[[], None]) -> None:
        left = self.l_margin
        self._keep(self._height("- " + text))
        mark()
        self.set_left_margin(left + _INDENT)
        self._write("P", text)
        self.set_left_margin(left)
        self.set_x(left)

    def _write(self, kind: str, text: str, *, style: str = "", size: float = _BODY_PT, line: float = _LINE) -> None:
        with self._tagged(kind):
            self.set_font(_FONT, style, size)
            self.multi_cell(0, line, text, align="L", new_x=XPos.LMARGIN, new_y=YPos.NEXT)
            self.set_font(_FONT, "", _BODY_PT)

    def _bullet(self) -> None:
        with self._artifact():
            self.circle(self.x + 2.2, self.y + _LINE / 2, 0.7, style="F")

    def _square(self) -> None:
        with self._artifact():
            self.rect(self.x + 0.6, self.y + (_LINE - _TICK) / 2, _TICK, _TICK)

    @contextmanager
    def _tagged(self, kind: str) -> Iterator[None]:
        """Tell a screen reader what is written within; fpdf2 itself tags nothing but pictures."""
        mcid = self.struct_builder.next_mcid_for_page(self.page)
        self._add_marked_content(struct_type=f"/{kind}", mcid=mcid)
        self._out(f"/{kind} <</MCID {mcid}>> BDC")
        yield
        self._out("EMC")

    @contextmanager
    def _artifact(self) -> Iterator[None]:
        """Keep from a screen reader what is drawn within: frames, lines, the foot of the page."""
        self._out("/Artifact BMC")
        yield
        self._out("EMC")
