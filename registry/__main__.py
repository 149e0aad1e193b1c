"""`maglia-registry`: the accreditation office's server."""

from __future__ import annotations

from registry.commands import app


def main() -> None:
    """Run the command line."""
    app(prog_name="maglia-registry")


if __name__ == "__main__":
    main()
