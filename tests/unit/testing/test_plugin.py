"""The pytest plugin, in sessions of its own. No conftest names it: installing ddbmodel is enough."""

from __future__ import annotations

import pytest

TWO_ASYNC_TESTS = """
    import pytest

    urls = set()

    async def make_table(dynamodb):
        async with dynamodb.client() as client:
            before = (await client.list_tables())["TableNames"]
            await client.create_table(
                TableName="orders",
                KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
                AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
                BillingMode="PAY_PER_REQUEST",
            )
        urls.add(dynamodb.endpoint_url)
        return before

    @pytest.mark.asyncio
    async def test_one(dynamodb):
        assert await make_table(dynamodb) == []

    @pytest.mark.asyncio
    async def test_other(dynamodb, local_dynamodb, mapper):
        assert await make_table(dynamodb) == []
        assert dynamodb is local_dynamodb
        assert len(urls) == 1
        assert mapper.statistics is not None
"""

WARNINGS_ARE_ERRORS = "[pytest]\nfilterwarnings = error\n"
WITH_ASYNCIO = WARNINGS_ARE_ERRORS + "asyncio_default_fixture_loop_scope = function\n"


@pytest.mark.parametrize(
    "arguments",
    [
        pytest.param(("-o", "asyncio_mode=strict"), id="strict"),
        pytest.param(("-o", "asyncio_mode=auto", "-n", "1"), id="auto, xdist"),
    ],
)
def test_each_test_begins_without_tables(pytester: pytest.Pytester, arguments: tuple[str, ...]) -> None:
    """The tests of a session share a server and not its tables, in both modes of pytest-asyncio."""
    pytester.makeini(WITH_ASYNCIO)
    pytester.makepyfile(TWO_ASYNC_TESTS)
    pytester.runpytest_subprocess(*arguments).assert_outcomes(passed=2)


def test_a_session_that_does_not_use_it_pays_nothing(pytester: pytest.Pytester) -> None:
    """Loading the plugin imports none of the heavy packages."""
    pytester.makeini(WITH_ASYNCIO)
    pytester.makepyfile(
        """
        import sys

        def test_nothing_heavy_is_loaded(pytestconfig):
            assert pytestconfig.pluginmanager.hasplugin("ddbmodel")
            assert not {"moto", "botocore", "aiobotocore", "aioboto3"} & set(sys.modules)
        """
    )
    pytester.runpytest_subprocess().assert_outcomes(passed=1)


def test_without_pytest_asyncio_the_rest_works(pytester: pytest.Pytester) -> None:
    """The async fixture is absent where nothing could run it; the others stay."""
    pytester.makeini(WARNINGS_ARE_ERRORS)
    pytester.makepyfile(
        """
        import pytest

        def test_server(dynamodb, request):
            assert dynamodb.endpoint_url.startswith("http://127.0.0.1:")
            with pytest.raises(pytest.FixtureLookupError):
                request.getfixturevalue("mapper")
        """
    )
    pytester.runpytest_subprocess("-p", "no:asyncio").assert_outcomes(passed=1)
