"""Keep the English of the programs' words complete: what commands say of themselves, and each text given to `tr`.

`python docs/catalog.py` gathers the Italian texts into `proto/maglia/locale/en/LC_MESSAGES/maglia.po`, keeping the
English that is there, drops what nobody says any more, and compiles the file; what has no English yet is told.
`--check` proves all of it fresh.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from typer.main import get_command

from demo.__main__ import app as demo
from maglia.core.translation import DOMAIN, LOCALE
from maglia.help_text import texts_of
from node.__main__ import app as node
from registry.__main__ import app as registry
from tui.__main__ import app as console

ROOT = Path(__file__).resolve().parent.parent
ENGLISH = LOCALE / "en" / "LC_MESSAGES" / f"{DOMAIN}.po"
PROGRAMS = {"maglia": console, "maglia-node": node, "maglia-registry": registry, "maglia-demo": demo}
SOURCES = ("proto/maglia", "node", "registry", "tui", "demo")
_HEADING = "# The English of the programs' Italian texts. Write it here, then run: python docs/catalog.py\n"
_DAY = datetime(2026, 1, 1, tzinfo=UTC)
"""The same in every file: what changes without a reason can't be compared."""


def gathered() -> dict[str, str]:
    """Return every text that needs its English, in the order of the commands, and where it is said first."""
    found: dict[str, str] = {}
    for name, app in PROGRAMS.items():
        for path, text in _said(get_command(app), name):
            found.setdefault(text, path)
    for path, text in _given_to_tr():
        found.setdefault(text, path)
    return found


def fresh(before: bytes) -> Catalog:
    """Return the catalog of all that is said now, with the English of the file as it was."""
    known = read_po(io.BytesIO(before), locale="en", domain=DOMAIN)
    catalog = Catalog(
        "en", DOMAIN, project="Maglia", fuzzy=False, creation_date=_DAY, revision_date=_DAY, charset="utf-8"
    )
    for text, path in gathered().items():
        entry = known.get(text)
        catalog.add(text, entry.string if entry else "", auto_comments=[path])
    return catalog


def written(catalog: Catalog) -> tuple[bytes, bytes]:
    """Return the file that people write and the one that programs read."""
    text, compiled = io.BytesIO(), io.BytesIO()
    write_po(text, catalog, width=118, omit_header=True)
    write_mo(compiled, catalog)
    header = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
    return f"{_HEADING}{header}".encode() + text.getvalue().lstrip(b"\n"), compiled.getvalue()


def _said(command: object, path: str) -> Iterator[tuple[str, str]]:
    for text in texts_of(command):  # type: ignore[arg-type]  # Typer has no public name for it
        yield path, text
    for name, below in getattr(command, "commands", {}).items():
        yield from _said(below, f"{path} {name}")


def _given_to_tr() -> Iterator[tuple[str, str]]:
    for path in sorted(each for part in SOURCES for each in (ROOT / part).rglob("*.py")):
        if b"tr(" in (content := path.read_bytes()):
            for _, text, _, _ in extract("python", io.BytesIO(content), keywords={"tr": None}):
                yield path.relative_to(ROOT).as_posix(), str(text)


def main() -> None:
    """Run from the command line."""
    before = ENGLISH.read_bytes() if ENGLISH.exists() else b""
    catalog = fresh(before)
    lacking = [str(entry.id) for entry in catalog if entry.id and not entry.string]
    files = dict(zip((ENGLISH, ENGLISH.with_suffix(".mo")), written(catalog), strict=True))
    is_fresh = all(path.exists() and path.read_bytes() == content for path, content in files.items())
    if "--check" not in sys.argv[1:]:
        for path, content in files.items():
            path.write_bytes(content)
    elif not is_fresh:
        sys.exit(f"{ENGLISH.relative_to(ROOT)} or its .mo is stale. Run: python docs/catalog.py")
    if lacking:
        sys.exit("\n".join([f"No English yet in {ENGLISH.relative_to(ROOT)}:", *lacking]))


if __name__ == "__main__":
    main()
