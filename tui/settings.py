"""How one console is set: language, colours, lock, printer, folder for papers; a small file beside the profile.

TOML without secrets, `anna.settings` beside `anna.toml`. Unknown keys and values out of their range are refused, with
the name of the file: a console that guesses what was meant surprises the next person who sits down.
"""

from __future__ import annotations

import json
import secrets
import tomllib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any

from maglia.core.errors import Code, MagliaError
from maglia.core.translation import languages

THEMES = ("dark", "light", "contrast")
PRINTERS = ("pdf", "text", "roll")
LOCK_MINUTES = range(121)
COLUMNS = range(32, 49)
"""Characters of a roll's line, as `tui.papers.roll` takes them."""
_CHOICES: Mapping[str, tuple[str, ...]] = {"theme": THEMES, "printer": PRINTERS}
_NUMBERS: Mapping[str, range] = {"lock_minutes": LOCK_MINUTES, "columns": COLUMNS}


@dataclass(frozen=True)
class ConsoleSettings:
    """What may be set. `language` "" is the profile's, `papers` "" the folder that the console was started in.

    `lock_minutes` is after how many minutes without a key or a click the screens are hidden, 0 for never. `printer` is
    the form in which papers are written, `columns` the width of a roll.
    """

    language: str = ""
    theme: str = "dark"
    lock_minutes: int = 10
    printer: str = "pdf"
    columns: int = 42
    papers: str = ""

    @property
    def folder(self) -> Path:
        """Return the folder that papers and tables are written into."""
        return Path(self.papers) if self.papers else Path.cwd()


NAMES = tuple(one.name for one in fields(ConsoleSettings))


def load_settings(path: Path) -> ConsoleSettings:
    """Read the settings; a file that is not there sets nothing. Raises `input.setting`, naming key and file."""
    try:
        values = tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return ConsoleSettings()
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise MagliaError(Code.INPUT_FILE, file=path.name) from error
    for key, value in values.items():
        _check(key, value, path.name)
    return ConsoleSettings(**values)


def save_settings(path: Path, settings: ConsoleSettings) -> None:
    """Write what differs from the defaults, whole or not at all; raise `storage.folder` where that can't be."""
    plain = asdict(ConsoleSettings())
    lines = [f"{key} = {json.dumps(value)}\n" for key, value in asdict(settings).items() if value != plain[key]]
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        fresh.write_text("".join(lines), "utf-8")
        fresh.replace(path)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise MagliaError(Code.STORAGE_FOLDER, path=str(path.parent), cause=type(error).__name__) from error


def changed(settings: ConsoleSettings, key: str, text: str, source: str) -> ConsoleSettings:
    """Return the settings with one of them as a person wrote it; "" puts it back to what it is by default.

    A folder is kept as its whole path, and must be there. Raises `input.setting` or `input.setting_value`.
    """
    if key not in NAMES:
        raise _refused(key, source)
    written = text.strip()
    if not written:
        return _with(settings, key, asdict(ConsoleSettings())[key])
    value: str | int = written
    if key in _NUMBERS:
        value = int(written) if written.isascii() and written.isdecimal() and len(written) < 5 else -1
    if key == "papers":
        folder = Path(written).expanduser()
        if not folder.is_dir():
            raise _refused(key, source)
        value = str(folder.absolute())
    _check(key, value, source)
    return _with(settings, key, value)


def _with(settings: ConsoleSettings, key: str, value: str | int) -> ConsoleSettings:
    values: dict[str, Any] = {key: value}
    return replace(settings, **values)


def _check(key: str, value: Any, source: str) -> None:
    right = (
        (key == "language" and value in ("", *languages()))
        or (key in _CHOICES and value in _CHOICES[key])
        or (key in _NUMBERS and type(value) is int and value in _NUMBERS[key])
        or (key == "papers" and isinstance(value, str) and "\0" not in value)
    )
    if not right:
        raise _refused(key, source)


def _refused(key: str, source: str) -> MagliaError:
    """Return why a setting is refused, with what it may be; one that is unknown, or a folder, has no such list."""
    if allowed := _allowed(key):
        return MagliaError(Code.INPUT_SETTING_VALUE, field=key, source=source, allowed=allowed)
    return MagliaError(Code.INPUT_SETTING, field=key, source=source)


def _allowed(key: str) -> str:
    if key in _NUMBERS:
        return f"{_NUMBERS[key][0]}-{_NUMBERS[key][-1]}"
    return ", ".join(languages() if key == "language" else _CHOICES.get(key, ()))
