"""Engines that somebody else runs: those that `DDBMODEL_TEST_ENDPOINTS` names, as `name=url,name=url`."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from tests.engines.engine import Engine

VARIABLE = "DDBMODEL_TEST_ENDPOINTS"


class EndpointEngine(Engine):
    """An endpoint that is up already and stays up."""

    outlives_tests = True

    def __init__(self, name: str, endpoint_url: str) -> None:
        self.name = name
        self._endpoint_url = endpoint_url

    @property
    def endpoint_url(self) -> str:
        return self._endpoint_url

    def start(self) -> None:
        """Nothing to do: it runs."""

    def stop(self) -> None:
        """Nothing to do: it is not ours."""

    def credentials(self) -> dict[str, str]:
        """AWS needs real ones, and the SDK looks them up."""
        host = urlsplit(self._endpoint_url).hostname or ""
        return {} if host.endswith(".amazonaws.com") else super().credentials()


def named_endpoints(variable: str) -> Iterable[EndpointEngine]:
    """Read the variable's value.

    Raises:
        ValueError: a part is not `name=url`.
    """
    for part in filter(None, (part.strip() for part in variable.split(","))):
        name, equals, url = part.partition("=")
        if not (name and equals and urlsplit(url).scheme in ("http", "https")):
            raise ValueError(
                f"{VARIABLE} is `name=url,name=url`, with http or https; this is neither: {part!r}"
            )
        yield EndpointEngine(name, url)
