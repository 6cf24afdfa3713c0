"""Classes of the standard library and of Pydantic."""

from __future__ import annotations

import enum
import re
from decimal import Decimal
from fractions import Fraction
from ipaddress import (
    IPv4Address,
    IPv4Interface,
    IPv4Network,
    IPv6Address,
    IPv6Interface,
    IPv6Network,
    ip_network,
)
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from typing import Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from pydantic import (
    AnyUrl,
    HttpUrl,
    InstanceOf,
    IPvAnyAddress,
    IPvAnyInterface,
    IPvAnyNetwork,
    MongoDsn,
    PostgresDsn,
    Secret,
    SecretBytes,
    SecretStr,
)

from tests.strategies import scalars
from tests.strategies.row import Row, of_type


class Colour(enum.Enum):
    RED = "red"
    ODD = ""


class Priority(enum.IntEnum):
    LOW = 1
    HIGH = 10


class Fruit(enum.StrEnum):
    APPLE = "apple"
    PEAR = "pear"


class Old(str, enum.Enum):  # noqa: UP042  # what was written before StrEnum
    YES = "yes"
    NO = "no"


class Permission(enum.Flag):
    READ = 1
    WRITE = 2
    RUN = 4


class Mode(enum.IntFlag):
    A = 1
    B = 2


class Mixed(enum.Enum):
    TEXT = "1"
    NUMBER = 1
    FLAG = False
    NOTHING = None
    PAIR = (1, "a")
    PRICE = Decimal("1.10")
    DATA = b"\x00"


class Lenient(enum.Enum):
    A = "a"

    @classmethod
    def _missing_(cls, value: object) -> Lenient | None:
        return cls.A if str(value).lower() == "a" else None


def rows() -> list[Row]:
    """Every class with a text, a number or members."""
    return [*_enums(), *_texts(), *_network(), *_secrets()]


def _enums() -> list[Row]:
    return [
        of_type("enum", Colour, st.sampled_from(Colour)),
        of_type("int_enum", Priority, st.sampled_from(Priority)),
        of_type("str_enum", Fruit, st.sampled_from(Fruit)),
        of_type("str_mixin_enum", Old, st.sampled_from(Old)),
        of_type("flag", Permission, st.sampled_from([Permission(n) for n in range(8)])),
        of_type("int_flag", Mode, st.sampled_from([Mode(n) for n in range(4)])),
        of_type("mixed_enum", Mixed, st.sampled_from(Mixed), optional=False),
        of_type("enum_with_missing", Lenient, st.sampled_from(Lenient)),
        of_type("literal", Literal["a", "b"], st.sampled_from(("a", "b"))),
        of_type("literal_mixed", Literal["1", 1, True, b"1", Fruit.APPLE], _mixed_literals()),
        of_type("literal_none", Literal["a", None], st.sampled_from(("a", None)), optional=False),
        of_type("literal_numbers", Literal[0, 1, -1], st.sampled_from((0, 1, -1))),
    ]


def _mixed_literals() -> st.SearchStrategy[object]:
    return st.sampled_from(("1", 1, True, b"1", Fruit.APPLE))


def _texts() -> list[Row]:
    names = st.sampled_from(("a/b", ".", "/etc/hosts", "a b/ü", "..", "/"))
    return [
        of_type("path", Path, names.map(Path)),
        of_type("pure_path", PurePath, names.map(PurePath)),
        of_type("posix_path", PurePosixPath, names.map(PurePosixPath)),
        of_type("windows_path", PureWindowsPath, st.sampled_from((r"C:\a", "b")).map(PureWindowsPath)),
        of_type("pattern", re.Pattern, st.sampled_from((r"a+", r"", r"\d{2}")).map(re.compile)),
        of_type("text_pattern", re.Pattern[str], st.sampled_from((r"a+", r"(?i)x")).map(re.compile)),
        of_type("complex", complex, st.sampled_from((1 + 2j, 0j, -0.5j))),
        of_type("fraction", Fraction, st.fractions()),
        of_type("zone", ZoneInfo, st.sampled_from(("UTC", "Europe/Berlin")).map(ZoneInfo)),
        of_type("instance_of_uuid", InstanceOf[UUID], st.uuids()),
        of_type("instance_of_decimal", InstanceOf[Decimal], scalars.decimals()),
    ]


def _network() -> list[Row]:
    v4 = st.sampled_from(("10.0.0.0/8", "192.168.1.1/32"))
    return [
        of_type(
            "any_url", AnyUrl, st.sampled_from(("ftp://user:p%40ss@host:1/x?q=1#f", "mailto:a@b.c", "x://ü"))
        ),
        of_type("http_url", HttpUrl, st.sampled_from(("https://example.com", "http://ex.com/a b?c=ü"))),
        of_type("postgres_dsn", PostgresDsn, st.just("postgres://u:p@a:1,b:2/db")),
        of_type("mongo_dsn", MongoDsn, st.just("mongodb://u:p@a:1/db")),
        of_type("ipv4", IPv4Address, st.ip_addresses(v=4)),
        of_type("ipv6", IPv6Address, st.ip_addresses(v=6)),
        of_type("ipv4_network", IPv4Network, v4.map(IPv4Network)),
        of_type("ipv6_network", IPv6Network, st.just(IPv6Network("2001:db8::/32"))),
        of_type("ipv4_interface", IPv4Interface, st.just(IPv4Interface("10.1.2.3/8"))),
        of_type("ipv6_interface", IPv6Interface, st.just(IPv6Interface("2001:db8::1/32"))),
        of_type("any_ip", IPvAnyAddress, st.ip_addresses()),
        of_type("any_ip_network", IPvAnyNetwork, v4.map(ip_network)),
        of_type("any_ip_interface", IPvAnyInterface, v4.map(IPv4Interface)),
    ]


def _secrets() -> list[Row]:
    return [
        of_type("secret_str", SecretStr, scalars.texts().map(SecretStr)),
        of_type("secret_bytes", SecretBytes, st.binary(max_size=9).map(SecretBytes)),
        of_type("secret_int", Secret[int], st.integers(0, 99).map(Secret[int])),
        of_type("secret_date", Secret[__import__("datetime").date], st.dates().map(Secret)),
        of_type("secret_optional", Secret[int | None], st.sampled_from((None, 1)), optional=False),
    ]
