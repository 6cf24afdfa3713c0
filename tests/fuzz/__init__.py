"""Fuzzers, run by hand: see `replies`."""
