"""Codec: Python values <-> `AttributeValue`, numbers, and sizes in bytes.

Belongs here: how one Python value of one type is stored and read (`scalars`, `containers`, `unions`, `parts`,
`untyped`, and around these `wrappers`, `forms` and `compressed`), exact numbers (`numbers`), fixed-width
times (`times`), what a value weighs (`sizes`), the form of compressed values (`packing`, with `compression`
and `documents`), and the proof that nothing is lost (`sameness`, `trial`).
Does not belong here: Pydantic's schema of models and how it maps to codecs (room `model`), names of tables,
requests, I/O.

Every codec has the same two verbs: `encode` takes what a validated model holds, `decode` returns what
Pydantic's `model_dump()` would hold in that place, so that validating it gives the value back.
"""
