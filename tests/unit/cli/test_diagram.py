"""`ddbmodel diagram`: the tables of models, drawn."""

from __future__ import annotations

import json
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from ddbmodel import Attr, Model, Table, TableIndex, field
from ddbmodel.cli.drawing import drawings_of
from ddbmodel.cli.html_page import html_of
from ddbmodel.cli.mermaid import mermaid_of
from ddbmodel.cli.svg import svg_of
from ddbmodel.model import Key
from tests.unit.cli.running import run

MODEL = "tests.unit.cli.bills:Bill"
NASTY = '<b>&"x"</b>`|'

shop = Table("shop", partition_key="pk", sort_key="sk", indexes=[TableIndex("gsi1", "gsi1pk", "gsi1sk")])


class Customer(Model, table=shop, entity=NASTY):
    customer_id: Attr[str]
    email: Attr[str] = field(unique=True)
    primary = Key(partition="CUSTOMER#{customer_id}", sort="PROFILE")


class Order(Model, table=shop, entity="order"):
    customer_id: Attr[str]
    order_id: Attr[str]
    status: Attr[str | None] = field(default=None, attribute="s")
    primary = Key(partition="CUSTOMER#{customer_id}", sort="ORDER#{order_id}")
    by_status = Key("gsi1", partition="STATUS#{status}", sort="{order_id}")


def test_what_is_drawn() -> None:
    """A shared table comes once, with its key, indexes and entities, and what each can be read by."""
    (table,) = drawings_of([Customer, Order])
    assert [(key.name, key.text) for key in table.keys] == [
        ("primary key", "pk (S) / sk (S)"),
        ("gsi1", "gsi1pk (S) / gsi1sk (S), global, ALL"),
    ]
    customer, order = table.entities
    assert customer.patterns == ("one by customer_id",)
    assert [(key.name, key.text) for key in order.keys] == [
        ("primary key", "CUSTOMER#{customer_id} / ORDER#{order_id}"),
        ("gsi1", "STATUS#{status} / {order_id}"),
    ]
    assert order.patterns == (
        "one by customer_id and order_id",
        "many by customer_id, in order of order_id",
        "many by status, in order of order_id, through gsi1",
    )
    assert [(one.name, one.type, one.marks) for one in order.fields][-1] == (
        "status",
        "str | None",
        ("stored as s",),
    )
    assert customer.fields[1].marks == ("unique",)


def test_svg_holds_every_text_inside_of_its_card() -> None:
    """The drawing is XML with every name in it as text, and no text reaches out of the picture."""
    root = ET.fromstring(svg_of(drawings_of([Customer, Order])))
    texts = root.findall("{http://www.w3.org/2000/svg}text")
    shown = [text.text or "" for text in texts]
    for wanted in (f"Customer ({NASTY})", "table shop", "gsi1", "STATUS#{status} / {order_id}", "email"):
        assert wanted in shown
    width, height = float(root.attrib["width"]), float(root.attrib["height"])
    for text in texts:
        assert float(text.attrib["x"]) + len(text.text or "") * 7 < width
        assert float(text.attrib["y"]) < height


def test_html_is_one_page_of_escaped_text() -> None:
    """The page refers to nothing outside of itself, and text of the models makes no element."""

    class Tags(HTMLParser):
        seen: list[str]

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.seen.append(tag)
            assert not {"src", "href"} & {name for name, _ in attrs}

    tags = Tags()
    tags.seen = []
    tags.feed(html_of(drawings_of([Customer, Order])))
    assert "b" not in tags.seen
    assert {"svg", "table", "h1"} <= set(tags.seen)


def test_mermaid_labels_hold_no_syntax() -> None:
    """Every label is quoted, and what has a meaning in one is a character code."""
    drawn = mermaid_of(drawings_of([Customer, Order]))
    assert drawn.startswith("flowchart LR\n")
    assert NASTY not in drawn
    assert "STATUS#35;#123;status#125;" in drawn
    for line in drawn.splitlines():
        assert line.count('"') in (0, 2), line
        assert re.search("[`|]", re.sub(r"-->\|.*\| ", "", line)) is None


@pytest.mark.parametrize(
    ("form", "beginning"), [("svg", "<svg"), ("mermaid", "flowchart"), ("html", "<!doctype")]
)
async def test_a_file_is_written(tmp_path: Path, form: str, beginning: str) -> None:
    """`-o` takes the file, `--format` what it is."""
    path = tmp_path / "drawing"
    ended = await run("diagram", MODEL, "--format", form, "-o", path)
    assert (ended.code, ended.output, ended.errors) == (0, "", "")
    drawn = path.read_text()
    assert drawn.startswith(beginning)
    assert "Bill, schema version 2" in drawn


async def test_it_is_printed(tmp_path: Path) -> None:
    """Without a file it goes to standard output; --json gives what would be drawn; a mistake is one line."""
    assert (await run("diagram", MODEL)).output.endswith("</svg>\n")
    (table,) = json.loads((await run("diagram", MODEL, "--json")).output)["tables"]
    assert table["entities"][0]["patterns"][0] == "one by shop and number"
    ended = await run("diagram", MODEL, "-o", tmp_path / "no" / "folder")
    assert ended.code == 2
    assert "cannot be written" in ended.errors
    assert (await run("diagram", "tests.unit.cli.bills:Nothing")).code == 2


async def test_a_shared_table_stands_for_its_models() -> None:
    """`module:table` draws every model of the table, as naming each of them does."""
    module = "tests.unit.cli.test_diagram"
    whole = await run("diagram", f"{module}:shop", "--json")
    assert whole.code == 0, whole.errors
    (table,) = json.loads(whole.output)["tables"]
    assert {entity["name"] for entity in table["entities"]} >= {"Order (order)"}
    assert len(table["entities"]) == 2
