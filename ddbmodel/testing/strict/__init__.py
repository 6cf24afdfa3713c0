"""strict: what DynamoDB refuses and lenient engines accept.

Belongs here: taking a request of the protocol apart (`call`, `shapes`, `weight`), and refusing it in the
service's manner (`refusal`): values (`values`), keys (`keys`, `key_schema`), expressions (`expressions`),
counts, sizes and duplicates (`validator`).

Does not belong here: HTTP, faults and capacity, which are the proxy's, and whatever depends on what is
stored, which is the engine's. Nothing here does I/O.
"""

from __future__ import annotations
