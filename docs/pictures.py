"""The pictures of the screens in `docs/it`: the ones that the tests of the screens hold, under names that people read.

`make pictures` paints every screen anew, then `python docs/pictures.py` copies those that the pages show into
`docs/it/schermate`. `--check` proves that each is the one that the tests hold, that none is left over, and that every
page's picture is there.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAINTED = ROOT / "tests" / "snapshot" / "__snapshots__"
PAGES = ROOT / "docs" / "it"
SHOWN = PAGES / "schermate"
PICTURES = {
    "accesso": "test_check_screen/test_login",
    "verifica": "test_check_screen/test_states[partial]",
    "verifica-tutti": "test_check_screen/test_states[complete_none]",
    "nucleo": "test_check_screen/test_household",
    "registra": "test_record_screen/test_states[reason]",
    "persona": "test_person_screen/test_full_in_colours",
    "bando": "test_bando_screen/test_rows_with_their_colours[it-80]",
    "accesso-cittadino": "test_access_reports_screen/test_states[it-80x24-open]",
    "accessi": "test_accesses_screen/test_states[it-80x24-full]",
    "accessi-parziale": "test_accesses_screen/test_states[it-80x24-partial]",
    "segnali": "test_accesses_screen/test_parts_and_windows[signals]",
    "impostazioni": "test_settings_screen/test_states[empty-it-80x24]",
    "rinvii": "test_desk_screens/test_states[full-it-80x24-referrals]",
    "rinvio": "test_desk_screens/test_windows[one_referral]",
    "nuovo-invio": "test_desk_screens/test_windows[new_referral]",
    "avvisi": "test_desk_screens/test_states[full-it-80x24-inbox]",
    "verifica-di-prima": "test_desk_screens/test_windows[one_check]",
    "accreditamento": "test_office_screen/test_queue[it-80x24]",
    "accreditamento-voce": "test_office_screen/test_windows[voice]",
    "accreditamento-codice": "test_office_screen/test_windows[token]",
    "accreditamento-bozze": "test_office_screen/test_parts[drafts-it-80x24]",
    "senza-rete": "test_offline_screen/test_waiting[it-80x24]",
    "accesso-senza-nodo": "test_offline_screen/test_the_way_in_where_the_node_is_away[it]",
    "stato": "test_status_screen/test_states[full-it-80x24]",
}
"""By the name of the file in the pages, the picture of the tests."""
_IN_PAGE = re.compile(r"!\[[^\]]*\]\(schermate/([a-z0-9-]+)\.svg\)")


def wanted() -> dict[Path, bytes]:
    """Return each picture's file with what it must hold."""
    return {SHOWN / f"{name}.svg": (PAINTED / f"{test}.svg").read_bytes() for name, test in PICTURES.items()}


def faults() -> list[str]:
    """Return what is stale, left over, missing, or shown on no page."""
    files = wanted()
    stale = [path.name for path, content in files.items() if not path.exists() or path.read_bytes() != content]
    left_over = [path.name for path in SHOWN.glob("*") if path not in files]
    named = {name for page in PAGES.glob("*.md") for name in _IN_PAGE.findall(page.read_text("utf-8"))}
    return [
        *(f"{name} is not the picture that the tests hold." for name in stale),
        *(f"{name} is left over." for name in left_over),
        *(f"{name}.svg is on a page and is none of the pictures." for name in sorted(named - PICTURES.keys())),
        *(f"{name}.svg is on no page." for name in sorted(PICTURES.keys() - named)),
    ]


def write() -> None:
    """Copy the pictures, and take away what is none."""
    SHOWN.mkdir(exist_ok=True)
    files = wanted()
    for path in SHOWN.glob("*"):
        if path not in files:
            path.unlink()
    for path, content in files.items():
        path.write_bytes(content)


def main() -> None:
    """Run from the command line."""
    if "--check" not in sys.argv[1:]:
        write()
    if found := faults():
        sys.exit("\n".join([*found, "Run: make pictures"]))


if __name__ == "__main__":
    main()
