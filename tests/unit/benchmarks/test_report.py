"""What is made of measurements: ratios, the page's tables, and its plot."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.benchmarks import report
from tests.benchmarks.report import Report, write_page
from tests.benchmarks.runs import Cell, Outcome, Ratio, lines

GET = Outcome(
    Cell("get", "order"),
    {"aioboto3": [2.0, 4.0, 2.0], "dynamoxy": [1.0, 1.0, 1.0], "ddbmodel-client": [1.0, 1.0, 0.5]},
    {"pydynox": "No module named 'pydynox'"},
)
FOUND = Report(
    setting={"rounds": "3"},
    operations=[GET],
    starts=[Outcome(Cell("import", "small"), {"import ddbmodel": [1.0], "import pydantic": [2.0]})],
    pages=[
        Outcome(Cell("page_1", "order"), {"ddbmodel-client": [2.0]}),
        Outcome(Cell("page_10", "order"), {"ddbmodel-client": [11.0]}),
        Outcome(Cell("query", "order"), {"ddbmodel-client": [56.0]}),
    ],
    tasks=[
        Outcome(Cell("get", "order", concurrency=1), {"ddbmodel-client": [2.0]}),
        Outcome(Cell("get", "order", concurrency=1000), {"ddbmodel-client": [3.0]}),
    ],
    memory={
        "ddbmodel-client, get": {
            "resident": [100, 100, 100, 100, 110, 110, 110, 110, 110, 110],
            "count": 1000,
        }
    },
)


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The page as it is in the documentation, to be renewed elsewhere."""
    copy = tmp_path / "performance.md"
    copy.write_text(report.PAGE.read_text())
    monkeypatch.setattr(report, "PAGE", copy)
    monkeypatch.setattr(report, "PLOT", tmp_path / "performance.svg")
    return copy


def test_a_ratio_is_taken_round_by_round() -> None:
    """What slows a whole round down changes no ratio; the least and the most tell the spread."""
    assert GET.ratio("dynamoxy", "aioboto3") == Ratio(0.5, 0.25, 0.5)
    assert str(GET.ratio("ddbmodel-client", "aioboto3")) == "0.25 (0.25–0.50)"
    assert GET.ratio("pydynox", "aioboto3") is None


def test_the_best_is_the_one_that_takes_least() -> None:
    """Those without a result take no part."""
    assert GET.best(["aioboto3", "pydynox", "dynamoxy"]) == "dynamoxy"
    assert GET.best(["pydynox"]) is None


def test_who_is_missing_is_told() -> None:
    """A subject that could not be measured is not left out in silence."""
    assert "    pydynox          No module named 'pydynox'" in list(lines(GET, "aioboto3"))


@pytest.mark.parametrize(
    "row",
    [
        "| operation | ddbmodel-client | dynamoxy | ddbmodel-client / best peer |",
        "| get | 0.25 (0.25–0.50) | 0.50 (0.25–0.50) | 1.00 (0.50–1.00) dynamoxy |",
        "| `import ddbmodel` | `import pydantic` | 0.50 (0.50–0.50) |",
        "| ddbmodel-client | 1.00 | 0.50 |",
        "| ddbmodel-client | 1.00 | 1.50 |",
        "| ddbmodel-client, get | 1,000 | +10.0 % | +0.0 % |",
        "- rounds: 3",
    ],
)
def test_the_page_holds_what_was_found(page: Path, row: str) -> None:
    """Each part of what was found has its place on the page."""
    write_page(FOUND)
    assert row in page.read_text().splitlines()


def test_renewing_the_page_leaves_the_rest_of_it(page: Path) -> None:
    """What is written by hand stays, however often the page is renewed."""
    write_page(FOUND)
    once = page.read_text()
    write_page(FOUND)
    assert page.read_text() == once
    assert once.startswith("# Performance\n")
    assert "## How to repeat it" in once


def test_the_plot_is_drawn(page: Path) -> None:
    """The plot is valid SVG, with a bar for each subject."""
    write_page(FOUND)
    drawing = ET.fromstring(report.PLOT.read_text())
    texts = [text.text for text in drawing.iter("{http://www.w3.org/2000/svg}text")]
    assert {"get", "aioboto3", "dynamoxy", "ddbmodel-client"} <= set(texts)


def test_what_was_found_is_kept(tmp_path: Path) -> None:
    """What was saved is loaded as it was."""
    FOUND.save(tmp_path / "found.json")
    assert Report.load(tmp_path / "found.json") == FOUND
