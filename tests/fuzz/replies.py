"""A fuzzer of `reply_checks`, guided by what of the transport its inputs reach.

    python -m venv .fuzz && .fuzz/bin/pip install atheris -e .
    .fuzz/bin/python -m tests.fuzz.replies -max_total_time=60 [folder of finds]

It begins with the seeds. What it finds on its way is kept in the folder, if one is named; what breaks a rule
is written to a file `crash-*`, which is an argument to see it again. Its other options are libFuzzer's.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import atheris  # type: ignore[import-not-found]  # installed by hand

with atheris.instrument_imports(include=["ddbmodel.transport", "tests.fuzz.reply_checks"]):
    from tests.fuzz.reply_checks import SEEDS, check


def main() -> None:
    """Fuzz until the options say that it is enough, or something breaks."""
    with tempfile.TemporaryDirectory() as folder:
        for number, seed in enumerate(SEEDS):
            Path(folder, f"seed-{number}").write_bytes(seed)
        named = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
        # Seeds are read from every folder, finds are written to the first; a file is run alone.
        folders = [] if any(Path(name).is_file() for name in named) else [folder]
        atheris.Setup([*sys.argv, *folders], check)
        atheris.Fuzz()


if __name__ == "__main__":
    main()
