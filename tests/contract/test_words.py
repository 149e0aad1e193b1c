"""Every word that people read is in a catalog: translated whole, never beside its translation in the code."""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from textual.app import App
from typer.testing import CliRunner

from docs.marked import SOURCES, Text, UnmarkedError, marked_in
from maglia.core import translation
from maglia.core.errors import Code, MagliaError
from maglia.core.translation import DOMAIN, LOCALE, mark, tr, trn
from tests.support.screens import text_of
from tui.__main__ import app as console
from tui.profile import check_lang
from tui.screens.help import HelpScreen
from tui.settings import ConsoleSettings, changed
from tui.settings_text import choices
from tui.verdict import decision

ROOT = Path(__file__).parents[2]
SAME = re.compile(
    r"--[a-z][a-z-]*|MAGLIA_[A-Z_]+|\b\d+\b|[a-z]+_[a-z_]+|\.[a-z]{3,4}\b|\b[A-Z]-[0-9a-f]+|\bF\d+\b"
    r"|(?<=[«“])maglia[^»”A-Z]*"
)
"""What a translation leaves as it is: options, variables, numbers, codes, endings of files, keys, commands."""


@cache
def english() -> Catalog:
    return read_po((LOCALE / "en" / "LC_MESSAGES" / f"{DOMAIN}.po").open("rb"), locale="en")


def said() -> Iterator[tuple[str, str]]:
    """Yield every Italian text with its English, those of counts one by one."""
    for entry in english():
        if entry.id:
            ids, strings = ((each if isinstance(each, list | tuple) else (each,)) for each in (entry.id, entry.string))
            yield from zip(map(str, ids), map(str, strings), strict=True)


def placeholders(text: str) -> set[str]:
    return {f"{name}:{spec}!{conversion}" for _, name, spec, conversion in Formatter().parse(text) if name is not None}


def test_every_text_has_its_english() -> None:
    assert len(english()) > 3000
    assert [italian for italian, text in said() if not text] == []
    assert [entry.id for entry in english() if entry.id and entry.fuzzy] == []
    assert not english().obsolete


def test_a_translation_keeps_what_is_no_word() -> None:
    for italian, text in said():
        assert placeholders(italian) == placeholders(text), italian
        assert sorted(SAME.findall(italian)) == sorted(SAME.findall(text)), italian
        assert italian.count("\n") == text.count("\n"), italian
        assert italian.count("|") == text.count("|"), italian
        assert not re.search(r"\b(CODICE\d?|gg/mm/aaaa|ente|della|per)\b", text.replace("ente-piccolo", "")), text


@cache
def nodes() -> list[tuple[str, ast.AST]]:
    """Return every place of the code where texts stand side by side, with its file."""
    paths = sorted(each for part in SOURCES for each in (ROOT / part).rglob("*.py"))
    trees = [(path.relative_to(ROOT).as_posix(), ast.parse(path.read_text("utf-8"))) for path in paths]
    wanted = ast.Tuple | ast.List | ast.IfExp | ast.Compare
    return [(name, node) for name, tree in trees for node in ast.walk(tree) if isinstance(node, wanted)]


def test_no_code_holds_a_text_beside_its_english() -> None:
    known = {italian: text for italian, text in said() if italian != text}
    for name, node in nodes():
        parts = node.elts if isinstance(node, ast.Tuple | ast.List) else []
        parts = [node.body, node.orelse] if isinstance(node, ast.IfExp) else parts
        texts = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
        assert not [text for text in texts if known.get(text) in texts], (name, getattr(node, "lineno", 0))


def test_no_code_asks_whether_the_language_is_english() -> None:
    for name, node in nodes():
        compared = [node.left, *node.comparators] if isinstance(node, ast.Compare) else []
        assert not [each for each in compared if isinstance(each, ast.Constant) and each.value == "en"], name


@pytest.mark.parametrize(
    "code",
    [
        "tr(f'Righe: {count}', lang)",
        "tr('Righe: ' + count, lang)",
        "tr('Righe: {count}'.format(count=count), lang)",
        "mark(f'Righe: {count}')",
        "mark(words)",
        "entry('Che cosa.', f'{command}')",
        "trn(f'{count} riga', '{count} righe', count, lang)",
    ],
)
def test_a_text_that_no_catalog_can_hold_is_refused(code: str) -> None:
    with pytest.raises(UnmarkedError, match="here:1"):
        list(marked_in(code, "here"))


def test_texts_are_found_where_they_stand() -> None:
    code = """
tr("una", lang), tr("due" if many else "tre", lang), tr(TABLE[code], lang), mark("quattro", "context")
tr("cinque", lang, "other"), trn("una", "{count}", count, lang), markn("1 no", "{count} no"), trn(*PAIR, count, lang)
entry("Che cosa.", "E poi."), other("niente")
"""
    assert list(marked_in(code, "here")) == [
        *map(Text, ("una", "due", "tre")),
        Text("quattro", context="context"),
        Text("cinque", context="other"),
        Text("una", "{count}"),
        Text("1 no", "{count} no"),
        *map(Text, ("Che cosa.", "E poi.")),
    ]


def test_a_context_tells_apart_what_italian_does_not() -> None:
    assert (tr("AIUTO", "it", "help"), tr("AIUTO", "en"), tr("AIUTO", "en", "help")) == ("AIUTO", "AID", "HELP")
    assert (tr(mark("AIUTO", "help"), "it"), tr(mark("AIUTO", "help"), "en")) == ("AIUTO", "HELP")
    assert [trn("{count} aiuto", "{count} aiuti", count, "en") for count in (1, 2)] == ["{count} aid", "{count} aids"]


@pytest.fixture
def third(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Yield a language that nobody speaks: a folder beside the English one, and nothing else."""
    catalog = Catalog("de", DOMAIN)
    for entry in english():
        if entry.id:
            catalog.add(entry.id, translated(entry), context=entry.context)
    place = tmp_path / "xx" / "LC_MESSAGES"
    place.mkdir(parents=True)
    compiled = io.BytesIO()
    write_mo(compiled, catalog)
    (place / f"{DOMAIN}.mo").write_bytes(compiled.getvalue())
    monkeypatch.setattr(translation, "LOCALE", tmp_path)
    caches = (translation.languages, translation._catalog)
    for each in caches:
        each.cache_clear()
    yield "xx"
    monkeypatch.undo()
    for each in caches:
        each.cache_clear()


def translated(entry: Message) -> str | tuple[str, ...]:
    return tuple(f"x{text}" for text in entry.id) if isinstance(entry.id, list | tuple) else f"x{entry.id}"


async def test_a_language_is_a_folder_and_no_code(third: str) -> None:
    assert third in translation.languages()
    assert decision(third) == f"x{decision('it')}"
    error, italian = MagliaError(Code.SESSION_EXPIRED), MagliaError(Code.SESSION_EXPIRED).sentence("it")
    assert error.sentence(third).message == f"x{italian.message}"
    assert CliRunner(env={"MAGLIA_LANG": third}).invoke(console, ["--help"]).output.startswith("xUso: ")
    bare: App[None] = App()
    async with bare.run_test() as pilot:
        await bare.push_screen(HelpScreen(third, "", ""))
        await pilot.pause()
        assert "[ xChiudi ]" in text_of(bare)


def test_the_settings_offer_the_languages_that_there_are(third: str) -> None:
    assert list(choices("language", "it")) == ["", "it", third]
    assert changed(ConsoleSettings(), "language", third, "here").language == third
    assert check_lang(third, "here") == third
    with pytest.raises(MagliaError):
        changed(ConsoleSettings(), "language", "en", "here")


PROGRAM_PARTS = ("node/", "registry/", "demo/", "tui/commands/", "tui/typed.py")
WORDS = re.compile(r"[^\W\d_]{2,}\s|\s[^\W\d_]{2,}")
"""Found in what people read, and hardly in what only programs do."""
NOT_SAID = re.compile(r"Esempio: |-> (tar|unzip) |python -m | *maglia | office list$|settings set$| MB$")
"""Commands, and the unit of a size."""
NEVER_SAID = frozenset({"MagliaError", "ValueError", "_not_serving", "basicConfig", "Option", "Argument"})
"""Calls whose texts are private causes or the process's own log, or are gathered with all that helps say."""
CODES = frozenset(
    {"enti filantropici", "imprese sociali", "reti associative", "altri ets", "società di mutuo soccorso"}
    | {"altri enti del terzo settore", "(ora UTC)", "; - per leggerlo dall'ingresso standard."}
)
"""Sections of RUNTS, as the law calls them and forms have them; a heading of exports; the end of several helps."""


def unsaid(node: ast.AST) -> Iterator[str]:
    """Yield the texts with words below a node: neither docstrings nor what goes to no reader."""
    called = node.func if isinstance(node, ast.Call) else None
    if getattr(called, "id", getattr(called, "attr", "")) in NEVER_SAID:
        return
    if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
        return
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and WORDS.search(node.value):
        yield node.value
    for below in ast.iter_child_nodes(node):
        yield from unsaid(below)


def test_what_the_programs_print_is_in_the_catalog() -> None:
    known = {" ".join(italian.split()) for italian, _ in said()} | CODES
    for path in sorted(each for part in SOURCES for each in (ROOT / part).rglob("*.py")):
        name, text = path.relative_to(ROOT).as_posix(), path.read_text("utf-8")
        if name.startswith(PROGRAM_PARTS) and re.search(r"import typer|core\.translation import|\bprint\(", text):
            found = [each for each in unsaid(ast.parse(text)) if not NOT_SAID.match(each)]
            assert [each for each in found if " ".join(each.split()) not in known] == [], name
