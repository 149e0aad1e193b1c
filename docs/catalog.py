"""Keep the catalogs of the programs' words complete: what commands say of themselves, and what the code marks.

`python docs/catalog.py` gathers the Italian texts into `proto/maglia/locale/LANGUAGE/LC_MESSAGES/maglia.po`, keeping
what is translated there, drops what nobody says any more, and compiles the file; what has no English yet is told.
`python docs/catalog.py de` begins a language. `--check` proves all of it fresh.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from typer.main import get_command

from demo.__main__ import app as demo
from docs.marked import ROOT, Text, marked
from maglia.core.translation import DOMAIN, LOCALE
from maglia.help_text import texts_of
from node.__main__ import app as node
from registry.__main__ import app as registry
from tui.__main__ import app as console

PROGRAMS = {"maglia": console, "maglia-node": node, "maglia-registry": registry, "maglia-demo": demo}
COMPLETE = "en"
"""The language that must lack nothing; another may: what it lacks is said in Italian."""
_HEADING = "# What the programs say, in {language}. Write it here, then run: python docs/catalog.py\n"
_DAY = datetime(2026, 1, 1, tzinfo=UTC)
"""The same in every file: what changes without a reason can't be compared."""


def gathered() -> list[Text]:
    """Return every text to be translated, in the order of the commands, then by file and line."""
    helps = (Text(text) for app in PROGRAMS.values() for text in _said(get_command(app)))
    return list(dict.fromkeys([*helps, *marked()]))


def fresh(language: str, before: bytes) -> Catalog:
    """Return the catalog of all that is said now, with what is translated in the file as it was."""
    known = read_po(io.BytesIO(before), locale=language, domain=DOMAIN)
    catalog = Catalog(
        language, DOMAIN, project="Maglia", fuzzy=False, creation_date=_DAY, revision_date=_DAY, charset="utf-8"
    )
    for text in gathered():
        key = (text.text, text.many) if text.many else text.text
        entry = known.get(text.text, text.context or None)
        if entry is not None and isinstance(entry.id, str) == isinstance(key, str):
            catalog.add(key, entry.string, context=text.context or None)
        else:
            catalog.add(key, context=text.context or None)
    return catalog


def written(catalog: Catalog) -> tuple[bytes, bytes]:
    """Return the file that people write and the one that programs read."""
    text, compiled = io.BytesIO(), io.BytesIO()
    write_po(text, catalog, width=118, omit_header=True)
    write_mo(compiled, catalog)
    header = (
        f'{_HEADING.format(language=catalog.locale_identifier)}msgid ""\nmsgstr ""\n'
        f'"Content-Type: text/plain; charset=utf-8\\n"\n"Plural-Forms: {catalog.plural_forms};\\n"\n\n'
    )
    return header.encode() + text.getvalue().lstrip(b"\n"), compiled.getvalue()


def lacking(catalog: Catalog) -> list[str]:
    """Return the texts without a translation."""
    said = ((entry.id, entry.string) for entry in catalog if entry.id)
    return [str(text) for text, there in said if not (all(there) if isinstance(there, tuple | list) else there)]


def _said(command: object) -> Iterator[str]:
    yield from texts_of(command)  # type: ignore[arg-type]  # Typer has no public name for it
    for below in getattr(command, "commands", {}).values():
        yield from _said(below)


def _file(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / f"{DOMAIN}.po"


def _keep(language: str, *, is_check: bool) -> list[str]:
    """Write or prove the two files of a language; return what it lacks."""
    path = _file(language)
    catalog = fresh(language, path.read_bytes() if path.exists() else b"")
    files = dict(zip((path, path.with_suffix(".mo")), written(catalog), strict=True))
    if not is_check:
        path.parent.mkdir(parents=True, exist_ok=True)
        for each, content in files.items():
            each.write_bytes(content)
    elif any(not each.exists() or each.read_bytes() != content for each, content in files.items()):
        sys.exit(f"{path.relative_to(ROOT)} or its .mo is stale. Run: python docs/catalog.py")
    return lacking(catalog)


def main() -> None:
    """Run from the command line."""
    given = [word for word in sys.argv[1:] if word != "--check"]
    for language in given or sorted(path.name for path in LOCALE.iterdir() if _file(path.name).exists()):
        lacks = _keep(language, is_check="--check" in sys.argv[1:])
        if lacks and language == COMPLETE:
            sys.exit("\n".join([f"No English yet in {_file(language).relative_to(ROOT)}:", *lacks]))
        if lacks:
            sys.stdout.write(f"{_file(language).relative_to(ROOT)}: {len(lacks)} texts are not translated yet\n")


if __name__ == "__main__":
    main()
