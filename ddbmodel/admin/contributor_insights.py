"""Contributor insights: CloudWatch reports which keys of a table or index are used most."""

from __future__ import annotations

from typing import get_args

from ddbmodel.admin.naming import check_global_index
from ddbmodel.admin.service import Service, TableRef
from ddbmodel.errors import ExpressionError
from ddbmodel.operations import DescribeContributorInsights, InsightsState, UpdateContributorInsights
from ddbmodel.schema.settings import Insights


class ContributorInsights:
    """Reads and switches the reports of which keys are used most, for a table or one of its global indexes.

        await ContributorInsights(mapper).enable(Order, index="by_status", mode="THROTTLED_KEYS")

    Every method may raise `TableNotFound` and `ServiceError`. A switch takes a while; `read` gives its
    status. Where it is declared (`TableSettings(contributor_insights=...)`), a plan shows what differs; that
    is of the table, and indexes are switched here.

    Args:
        mapper: the way to the tables.

    Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/contributorinsights.html
    """

    def __init__(self, mapper: Service) -> None:
        self._service = mapper

    async def read(self, table: TableRef, *, index: str | None = None) -> InsightsState:
        """Give what is reported, the status of that, and why it failed if it did.

        Raises:
            ExpressionError: the models declare no such index; nothing was sent.
        """
        request = DescribeContributorInsights(self._named(table, index), index)
        return InsightsState.from_wire(await self._service.send(request))

    async def enable(
        self,
        table: TableRef,
        *,
        mode: Insights = "ACCESSED_AND_THROTTLED_KEYS",
        index: str | None = None,
    ) -> InsightsState:
        """Report keys from now on.

        Args:
            table: a model, a shared table, or the name of a table.
            mode: the keys that are used and throttled most, or only (and cheaper) `THROTTLED_KEYS`.
            index: a global index of the table; None is the table itself.

        Raises:
            ExpressionError: there is no such mode, or the models declare no such index; nothing was sent.

        Cost: CloudWatch charges for each rule and event. Keys are shown in CloudWatch in plain text.
        """
        if mode not in get_args(Insights):
            raise ExpressionError(f"contributor insights: mode= takes {' or '.join(get_args(Insights))}")
        return await self._update(table, index, mode)

    async def disable(self, table: TableRef, *, index: str | None = None) -> InsightsState:
        """Report no keys any more.

        Raises:
            ExpressionError: the models declare no such index; nothing was sent.
        """
        return await self._update(table, index, None)

    async def _update(self, table: TableRef, index: str | None, mode: Insights | None) -> InsightsState:
        request = UpdateContributorInsights(self._named(table, index), mode or False, index)
        return InsightsState.from_wire(await self._service.send(request))

    def _named(self, table: TableRef, index: str | None) -> str:
        if index is not None:
            check_global_index(table, index)
        return self._service.table_name(table)
