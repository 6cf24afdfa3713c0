"""conformance: one suite that every engine must pass.

Belongs here: what must hold on any DynamoDB, shown through the `mapper` fixture; `quirks`, the one list of
what engines get wrong.

Does not belong here: how engines are started (`tests/engines`), and what needs no engine (`tests/unit`).
"""
