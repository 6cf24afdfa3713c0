"""benchmarks: what is measured or simulated, and not asserted.

Belongs here: programs that print a table, run by hand: `python -m tests.benchmarks.ingest_simulation`. Does not
belong here: anything that a test depends on.
"""
