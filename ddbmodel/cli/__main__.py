"""`python -m ddbmodel.cli` is the program `ddbmodel`."""

from __future__ import annotations

from ddbmodel.cli.main import main

if __name__ == "__main__":
    main()
