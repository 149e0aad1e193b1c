"""Keep the README's words about the commands equal to what the commands say of themselves.

`python docs/readme.py` rewrites the blocks between `<!-- help: COMMAND -->` and `<!-- end -->`; `--check` proves them
fresh.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

README = Path(__file__).resolve().parent.parent / "README.md"
_BLOCK = re.compile(r"(<!-- help: (?P<command>[a-z -]+) -->\n).*?(<!-- end -->)", re.DOTALL)


def help_of(command: str) -> str:
    """Return what `COMMAND --help` prints, 80 columns wide."""
    program, *rest = command.split()
    environment = {**os.environ, "COLUMNS": "80", "NO_COLOR": "1", "TERM": "dumb", "MAGLIA_LANG": "it"}
    path = Path(sys.executable).parent / program
    done = subprocess.run([path, *rest, "--help"], env=environment, capture_output=True, text=True, check=True)
    return "\n".join(line.rstrip() for line in done.stdout.strip("\n").splitlines())


def fresh(text: str) -> str:
    """Return the README with every block as the command prints it now."""
    return _BLOCK.sub(lambda found: f"{found[1]}```text\n{help_of(found['command'])}\n```\n{found[3]}", text)


def main() -> None:
    """Run from the command line."""
    text = README.read_text()
    if "--check" not in sys.argv[1:]:
        README.write_text(fresh(text))
    elif fresh(text) != text:
        sys.exit("README.md is stale. Run: python docs/readme.py")


if __name__ == "__main__":
    main()
