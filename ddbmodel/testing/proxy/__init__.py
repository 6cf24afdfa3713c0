"""proxy: a server between a client and a DynamoDB, that makes things go wrong on purpose.

Belongs here: the server and its way to the engine behind (`http_server`, `http_messages`, `upstream`), what
can go wrong and when (`faults`, `schedule`, `refusals`), capacity (`capacity`, `bucket`, `meter`,
`metering`), idempotency tokens (`tokens`), what the engine says of its tables (`schemas`), replies
(`replies`, `portions`), the record of it all (`seen`), and the whole (`fault_proxy`, `exchange`).

Does not belong here: what DynamoDB refuses of a request by itself, which is `strict`'s, and any knowledge of
the mapper: it sees requests only.
"""

from __future__ import annotations
