"""How does the program start?  The version is said before anything is imported."""

from __future__ import annotations

import sys

from autofix import __version__


def main() -> None:
    """The console script and `python -m autofix`."""
    if sys.argv[1:] == ["--version"]:
        print(f"autofix {__version__}")
        return
    from autofix.cli import main as run

    run()


if __name__ == "__main__":
    main()
