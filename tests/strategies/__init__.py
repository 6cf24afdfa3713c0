"""strategies: what tests draw their values from, and the matrix of what must come back.

Belongs here: Hypothesis strategies for values that DynamoDB can hold (`scalars`) and for stored values (`stored`), what
"the same" means (`sameness`), what can go wrong on the way to a table (`faults`), how many examples are tried
(`effort`), and the lossless matrix (`matrix`): one row for each type and way of declaring one.
Does not belong here: tests; the matrix is run in memory by `tests/unit/model` and over HTTP by `tests/conformance`.
"""
