"""Tags, policies, contributor insights and time to live, read and set by hand.

moto has no contributor insights and one page of tags: replies after AWS's documentation stand in for them.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from ddbmodel import (
    Attr,
    Backups,
    ContributorInsights,
    ExpressionError,
    GlobalIndex,
    InsightsState,
    Mapper,
    Model,
    NoRecoveryPoint,
    PlanRefused,
    ResourcePolicies,
    ServiceError,
    Table,
    TableNotFound,
    Tags,
    TimeToLive,
    TimeToLiveState,
    partition_key,
    ttl,
)
from tests.unit.admin.dumping import Before
from tests.unit.admin.recorded import TABLE_ARN, Recorded

DOCUMENT = {"Version": "2012-10-17", "Statement": []}


class Session(Model, table="sessions"):
    session_id: Attr[str] = partition_key()
    user: Attr[str]
    expires: Attr[datetime | None] = ttl(default=None, attribute="exp")

    by_user = GlobalIndex(partition_key="user")


class Bare(Model, table="bare"):
    key: Attr[str] = partition_key()


@pytest.fixture
async def sent(mapper: Mapper) -> list[str]:
    """The operations that are sent after a table was made, in order; time to live is off."""
    names: list[str] = []
    await mapper.create_table(Session)
    await TimeToLive(mapper).disable(Session)
    mapper.add_hook(Before(lambda request: names.append(request.name)))
    return names


async def test_tags_are_set_and_removed_one_by_one(mapper: Mapper, sent: list[str]) -> None:
    """Others stay; one that is not there is removed without an error."""
    tags = Tags(mapper)
    assert await tags.read(Session) == {}
    await tags.set("sessions", {"team": "shop", "stage": "live"})
    await tags.set(Session, {"team": "web"})
    assert await tags.read(Session) == {"team": "web", "stage": "live"}
    await tags.remove(Session, "stage", "nothing")
    assert await tags.read(Session) == {"team": "web"}
    with pytest.raises(TableNotFound):
        await tags.read("nothing")


async def test_all_pages_of_tags_are_read() -> None:
    """The service gives a token as long as there are more."""
    page = {"Tags": [{"Key": "a", "Value": "1"}], "NextToken": "more"}
    described = {
        "Table": {
            "TableName": "orders",
            "TableStatus": "ACTIVE",
            "TableArn": TABLE_ARN,
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
            "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
        }
    }
    service = Recorded(
        DescribeTable=[described], ListTagsOfResource=[page, {"Tags": [{"Key": "b", "Value": "2"}]}]
    )
    assert await Tags(service).read("orders") == {"a": "1", "b": "2"}
    assert service.named("ListTagsOfResource") == [
        {"ResourceArn": TABLE_ARN},
        {"ResourceArn": TABLE_ARN, "NextToken": "more"},
    ]


@pytest.mark.parametrize(
    ("tags", "words"),
    [
        ({}, "none to set"),
        ({"": "x"}, "use 1 to 128 characters"),
        ({"k" * 129: "x"}, "this has 129"),
        ({"aws:cost": "x"}, "the service's own"),
        ({"a": "x" * 257}, "at most 256"),
        ({f"k{n}": "x" for n in range(51)}, "51 tags, at most 50"),
    ],
)
async def test_tags_that_cannot_be_are_refused(tags: dict[str, str], words: str) -> None:
    """Before anything is sent."""
    service = Recorded()
    with pytest.raises(ExpressionError, match=words):
        await Tags(service).set("orders", tags)
    if "aws:cost" in tags or not tags:
        with pytest.raises(ExpressionError):
            await Tags(service).remove("orders", *tags)
    assert service.sent == []


async def test_a_policy_is_put_by_its_revision(mapper: Mapper, sent: list[str]) -> None:
    """What somebody else has put meanwhile is not replaced, nor deleted."""
    policies = ResourcePolicies(mapper)
    assert await policies.read(Session) is None
    first = await policies.put(Session, DOCUMENT, expected=False)
    with pytest.raises(ServiceError) as refused:
        await policies.put(Session, {"Version": "2008-10-17"}, expected=False)
    assert refused.value.code == "PolicyNotFoundException"
    second = await policies.put(Session, {"Version": "2008-10-17", "Statement": []}, expected=first)
    with pytest.raises(ServiceError) as refused:
        await policies.put(Session, DOCUMENT, expected=first)
    assert refused.value.code == "PolicyNotFoundException"
    found = await policies.read("sessions")
    assert found is not None
    assert (found.document["Version"], found.revision) == ("2008-10-17", second)
    with pytest.raises(ServiceError):
        await policies.delete(Session, expected=first)
    await policies.delete(Session, expected=second)
    assert await policies.read(Session) is None


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({}, "the document is empty"),
        ({"a": object()}, "what JSON can hold"),
        ({"a": "x" * 20_480}, "at most 20,480"),
    ],
)
async def test_a_policy_that_cannot_be_is_refused(document: Any, words: str) -> None:
    """Before anything is sent."""
    service = Recorded()
    with pytest.raises(ExpressionError, match=words):
        await ResourcePolicies(service).put("orders", document)
    assert service.sent == []


async def test_insights_of_a_table_and_of_an_index() -> None:
    """Each is switched by itself, in the mode that is asked for, and has its status."""
    on = {"ContributorInsightsStatus": "ENABLING", "ContributorInsightsMode": "THROTTLED_KEYS"}
    failed = {
        "ContributorInsightsStatus": "FAILED",
        "FailureException": {"ExceptionName": "AccessDeniedException", "ExceptionDescription": "no role"},
    }
    service = Recorded(
        UpdateContributorInsights=[on, {"ContributorInsightsStatus": "DISABLING"}],
        DescribeContributorInsights=[{"ContributorInsightsStatus": "ENABLED"}, failed],
    )
    service.table_name = lambda table: "sessions"  # type: ignore[method-assign]
    insights = ContributorInsights(service)
    assert await insights.enable(Session, index="by_user", mode="THROTTLED_KEYS") == InsightsState(
        "THROTTLED_KEYS", "ENABLING"
    )
    assert await insights.disable(Session) == InsightsState(False, "DISABLING")
    assert await insights.read(Session) == InsightsState("ACCESSED_AND_THROTTLED_KEYS", "ENABLED")
    assert await insights.read("sessions", index="other") == InsightsState(False, "FAILED", "no role")
    assert service.sent == [
        (
            "UpdateContributorInsights",
            {
                "TableName": "sessions",
                "IndexName": "by_user",
                "ContributorInsightsAction": "ENABLE",
                "ContributorInsightsMode": "THROTTLED_KEYS",
            },
        ),
        ("UpdateContributorInsights", {"TableName": "sessions", "ContributorInsightsAction": "DISABLE"}),
        ("DescribeContributorInsights", {"TableName": "sessions"}),
        ("DescribeContributorInsights", {"TableName": "sessions", "IndexName": "other"}),
    ]


@pytest.mark.parametrize(
    ("options", "words"),
    [({"mode": "ALL"}, "mode= takes"), ({"index": "by_x"}, "no global index 'by_x'; it has: by_user")],
)
async def test_insights_that_cannot_be_are_refused(options: Any, words: str) -> None:
    """Before anything is sent."""
    service = Recorded()
    with pytest.raises(ExpressionError, match=words):
        await ContributorInsights(service).enable(Session, **options)
    assert service.sent == []


async def test_time_to_live_follows_the_model(mapper: Mapper, sent: list[str]) -> None:
    """By the stored name of its field; what is so already is not sent again."""
    expiry = TimeToLive(mapper)
    assert not (await expiry.read(Session)).is_on
    state = await expiry.enable(Session)
    assert (state.is_on, state.attribute) == (True, "exp")
    sent.clear()
    assert await expiry.enable(Session) == state
    with pytest.raises(PlanRefused, match="has time to live by 'exp': disable it, and enable it by 'other'"):
        await expiry.enable("sessions", attribute="other")
    assert set(sent) == {"DescribeTimeToLive"}
    assert not (await expiry.disable(Session)).is_on
    sent.clear()
    assert await expiry.disable(Session) == TimeToLiveState("DISABLED", None)
    assert sent == ["DescribeTimeToLive"]


async def test_time_to_live_deletes_only_what_could_be_restored(mapper: Mapper, sent: list[str]) -> None:
    """A table with items takes recovery, a recent backup, or being told; nothing is changed before."""
    expiry = TimeToLive(mapper)
    await mapper.put(Session(session_id="s", user="u", expires=datetime(2020, 1, 1, tzinfo=UTC)))
    sent.clear()
    with pytest.raises(NoRecoveryPoint, match="table 'sessions' has no point-in-time recovery"):
        await expiry.enable(Session)
    assert "UpdateTimeToLive" not in sent
    await Backups(mapper).create(Session, "before")
    assert (await expiry.enable(Session)).is_on
    await expiry.disable(Session)
    assert (await expiry.enable(Session, without_recovery_point=True)).is_on


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ("orders", "say attribute="),
        (Bare, r"no model of the table has a ttl\(\) field"),
        (Table("shop", "pk"), "no model of the table"),
    ],
)
async def test_time_to_live_needs_an_attribute(table: Any, words: str) -> None:
    """From a model or by hand, before anything is sent."""
    service = Recorded()
    with pytest.raises(ExpressionError, match=words):
        await TimeToLive(service).enable(table)
    assert service.sent == []
