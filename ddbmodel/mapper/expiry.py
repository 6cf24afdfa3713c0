"""Items that have expired: DynamoDB deletes them within a few days, and returns them until then.

Source: https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ttl-expired-items.html
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from ddbmodel.codec.values import Item
from ddbmodel.model import ModelPlan


def expiry_attributes(plans: Iterable[ModelPlan[Any]]) -> frozenset[str]:
    """The attributes that say when items of these models expire."""
    return frozenset(plan.roles.ttl.stored_name for plan in plans if plan.roles.ttl is not None)


def is_expired(plan: ModelPlan[Any], item: Item, now: datetime) -> bool:
    """Tell whether an item of a model has expired; one without a time of expiry never does."""
    field = plan.roles.ttl
    stored = None if field is None else item.get(field.stored_name, {}).get("N")
    if stored is None:
        return False
    try:
        return Decimal(stored) <= Decimal(int(now.timestamp()))
    except InvalidOperation:
        return False  # decoding says what is wrong with it
