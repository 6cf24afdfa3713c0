"""The tags of a table: for costs, and for policies that ask for them."""

from __future__ import annotations

from collections.abc import Mapping

from ddbmodel import limits
from ddbmodel.admin.naming import table_arn
from ddbmodel.admin.service import Service, TableRef
from ddbmodel.errors import ExpressionError
from ddbmodel.operations import ListTagsOfResource, TagResource, TagsPage, UntagResource

_OF_THE_SERVICE = "aws:"


class Tags:
    """Reads and changes the tags of tables, one by one, and leaves the others alone.

        await Tags(mapper).set(Order, {"team": "shop"})

    Every method may raise `TableNotFound` and `ServiceError`. A change is seen a moment later: reading is
    eventually consistent. Where tags are declared (`TableSettings(tags=...)`), a plan shows what differs.

    Args:
        mapper: the way to the tables.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Tagging.Operations.html
    """

    def __init__(self, mapper: Service) -> None:
        self._service = mapper

    async def read(self, table: TableRef) -> dict[str, str]:
        """Give all tags of a table, those of the service (`aws:...`) included."""
        return await read_tags(self._service, await table_arn(self._service, table))

    async def set(self, table: TableRef, tags: Mapping[str, str]) -> None:
        """Add tags, or change their values.

        Raises:
            ExpressionError: there is none, or a key or value is not possible; nothing was sent.
        """
        _check_keys(tags)
        for key, value in tags.items():
            if len(value) > limits.TAG_VALUE_LENGTH_MAX:
                raise ExpressionError(
                    f"tag {key!r}: the value has {len(value)} characters, at most "
                    f"{limits.TAG_VALUE_LENGTH_MAX} are possible"
                )
        if len(tags) > limits.TAGS_PER_TABLE:
            raise ExpressionError(f"{len(tags)} tags, at most {limits.TAGS_PER_TABLE} are possible")
        await self._service.send(TagResource(await table_arn(self._service, table), dict(tags)))

    async def remove(self, table: TableRef, *keys: str) -> None:
        """Remove tags, by key; those that are not there are no error.

        Raises:
            ExpressionError: there is no key, or one is not possible; nothing was sent.
        """
        _check_keys(dict.fromkeys(keys, ""))
        await self._service.send(UntagResource(await table_arn(self._service, table), keys))


async def read_tags(service: Service, arn: str) -> dict[str, str]:
    """Give all tags of a table, page by page."""
    tags: dict[str, str] = {}
    after: str | None = None
    while True:
        page = TagsPage.from_wire(await service.send(ListTagsOfResource(arn, after)))
        tags |= page.tags
        after = page.next
        if after is None:
            return tags


def _check_keys(tags: Mapping[str, str]) -> None:
    if not tags:
        raise ExpressionError("tags: there is none to set or to remove")
    for key in tags:
        if not 1 <= len(key) <= limits.TAG_KEY_LENGTH_MAX:
            raise ExpressionError(
                f"tag {key!r}: use 1 to {limits.TAG_KEY_LENGTH_MAX} characters, this has {len(key)}"
            )
        if key.startswith(_OF_THE_SERVICE):
            raise ExpressionError(f"tag {key!r}: keys that begin with 'aws:' are the service's own")
