"""A line of an invoice of the Online Retail data set (UCI, id 352)."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from pydantic import field_validator

from ddbmodel import Attr, Model, partition_key, sort_key

COLUMNS = {
    "invoice": "InvoiceNo",
    "article": "StockCode",
    "description": "Description",
    "quantity": "Quantity",
    "sold_at": "InvoiceDate",
    "price": "UnitPrice",
    "customer": "CustomerID",
    "country": "Country",
}


class RetailLine(Model, table="retail-lines"):
    invoice: Attr[str] = partition_key()
    line: Attr[int] = sort_key()
    article: Attr[str]
    description: Attr[str | None] = None
    quantity: Attr[int]
    sold_at: Attr[datetime]
    price: Attr[Decimal]
    customer: Attr[str | None] = None
    country: Attr[str]

    @field_validator("sold_at")
    @classmethod
    def _in_utc(cls, value: datetime) -> datetime:
        return value.replace(tzinfo=UTC)
