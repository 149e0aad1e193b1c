"""Generate the typed stubs of proto/maglia/v1, or prove with `--check` that the committed ones are fresh."""

from __future__ import annotations

import sys
import tempfile
from importlib.resources import files
from pathlib import Path

from grpc_tools import protoc

HERE = Path(__file__).resolve().parent
PACKAGE = Path("maglia/v1")


def generate(output: Path) -> None:
    """Write the stubs of every contract below `output`; raise `SystemExit` when protoc refuses one."""
    contracts = sorted(str(path.relative_to(HERE)) for path in (HERE / PACKAGE).glob("*.proto"))
    arguments = [
        "protoc",
        f"-I{HERE}",
        f"-I{files('grpc_tools') / '_proto'}",
        f"--plugin=protoc-gen-mypy={Path(sys.executable).parent / 'protoc-gen-mypy'}",
        f"--plugin=protoc-gen-mypy_grpc={Path(sys.executable).parent / 'protoc-gen-mypy_grpc'}",
        f"--python_out={output}",
        f"--grpc_python_out={output}",
        f"--mypy_out=quiet:{output}",
        f"--mypy_grpc_out=quiet:{output}",
        *contracts,
    ]
    if protoc.main(arguments) != 0:
        sys.exit("The contracts do not compile: correct them and run proto/generate.py again.")
    (output / PACKAGE / "__init__.py").write_text('"""Committed stubs of the protocol, version 1."""\n')


def stale(fresh: Path) -> list[str]:
    """Return the names of stubs that differ from `fresh`, or that one side lacks."""
    names = {path.name for base in (fresh, HERE) for path in (base / PACKAGE).glob("*.py*") if path.is_file()}
    return sorted(name for name in names if _read(fresh / PACKAGE / name) != _read(HERE / PACKAGE / name))


def _read(path: Path) -> bytes | None:
    return path.read_bytes() if path.exists() else None


def main() -> None:
    """Run from the command line."""
    if "--check" not in sys.argv[1:]:
        generate(HERE)
        return
    with tempfile.TemporaryDirectory() as folder:
        generate(Path(folder))
        if names := stale(Path(folder)):
            sys.exit(f"Stubs are stale: {', '.join(names)}. Run: python proto/generate.py")


if __name__ == "__main__":
    main()
