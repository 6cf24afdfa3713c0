"""benchmarks: what is measured or simulated, and not asserted.

Belongs here: programs that print a table, run by hand. `python -m tests.benchmarks` measures what operations cost
(`runs`, `starting`, in processes of their own: `worker`), of ddbmodel and of others (`subjects`), beside a loop that
is written by hand (`floor`), against a server that does no work (`null_server`), with items of several `shapes`, and
writes docs/performance.md (`report`). `python -m tests.benchmarks.ingest_simulation` plays ingestion. Does not belong
here: anything that a test of ddbmodel depends on.
"""
