"""Line protocol: lines of every kind, good and bad, and the door that takes them as InfluxDB does."""

from __future__ import annotations

import base64
import gzip
from datetime import timedelta
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.ingest.line_protocol import Point, Text, points
from db.engine import Pool
from tests.api.caller import Caller
from tests.world import World

GOOD: list[tuple[str, str, dict[str, str], list[tuple[str, Any]], int | None]] = [
    ("m f=1", "m", {}, [("f", 1.0)], None),
    ("m f=1 7", "m", {}, [("f", 1.0)], 7),
    ("m,a=b f=1 -7", "m", {"a": "b"}, [("f", 1.0)], -7),
    ("m,a=b,c=d f=1,g=2 7", "m", {"a": "b", "c": "d"}, [("f", 1.0), ("g", 2.0)], 7),
    ("  m   f=1   7  ", "m", {}, [("f", 1.0)], 7),
    ("m f=1 7\r", "m", {}, [("f", 1.0)], 7),
    ("m f=1\r", "m", {}, [("f", 1.0)], None),
    ('m f="s"\r', "m", {}, [("f", Text("s"))], None),
    ("m f=-1.5", "m", {}, [("f", -1.5)], None),
    ("m f=+.5", "m", {}, [("f", 0.5)], None),
    ("m f=1.", "m", {}, [("f", 1.0)], None),
    ("m f=1e3", "m", {}, [("f", 1000.0)], None),
    ("m f=-1.5E-3", "m", {}, [("f", -0.0015)], None),
    ("m f=1e999", "m", {}, [("f", float("inf"))], None),
    ("m f=3i", "m", {}, [("f", 3.0)], None),
    ("m f=-9223372036854775808i", "m", {}, [("f", -(2.0**63))], None),
    ("m f=18446744073709551615u", "m", {}, [("f", 2.0**64)], None),
    ("m f=t,g=TRUE,h=f,i=False", "m", {}, [("f", 1.0), ("g", 1.0), ("h", 0.0), ("i", 0.0)], None),
    ("m f=NaN,g=-inf", "m", {}, [("f", None), ("g", None)], None),
    ('m f=""', "m", {}, [("f", Text(""))], None),
    ('m f="a b,c=d \\"e\\" \\\\ \\n",g=1 7', "m", {}, [("f", Text('a b,c=d "e" \\ \\n')), ("g", 1.0)], 7),
    ('m f="one\ntwo",g=2 7', "m", {}, [("f", Text("one\ntwo")), ("g", 2.0)], 7),
    ('m f="one\\\ntwo\n\n",g="x\ny"', "m", {}, [("f", Text("one\\\ntwo\n\n")), ("g", Text("x\ny"))], None),
    ("my\\ m\\,1=2 f=1", "my m,1=2", {}, [("f", 1.0)], None),
    ("m,a\\ b=c\\,d\\=e f\\ g=1", "m", {"a b": "c,d=e"}, [("f g", 1.0)], None),
    ('m,a=b"c f"=1', "m", {"a": 'b"c'}, [('f"', 1.0)], None),
    ("m\\x,a\\b=c\\d f\\e=1", "m\\x", {"a\\b": "c\\d"}, [("f\\e", 1.0)], None),
    ("м,этаж=пятый °C=21.5", "м", {"этаж": "пятый"}, [("°C", 21.5)], None),
    ("°C,domain=sensor,entity_id=k value=1", "°C", {"domain": "sensor", "entity_id": "k"}, [("value", 1.0)], None),
]
BAD = [
    "m", "m f", "m f=", "m =1", " f=1", ",a=b f=1", "m, f=1", "m,a f=1", "m,a= f=1", "m,=b f=1", "m,a=b,f=1",
    "m f=1,", "m f=1,,g=2", "m f=1 7 8", "m f=1 x", "m f=1 1.5", "m f=1 99999999999999999999", "m f=1g", "m f=1ii",
    "m f=-1u", "m f=9223372036854775808i", "m f=18446744073709551616u", "m f=0x10", "m f=--1", "m f=yes", "m f=e5",
    "m f=1_000", "m f='s'", 'm f="s"x', 'm f="s" x', "m f=1\t7", "m\tf=1", 'm f="never ends', 'm f="ends\\"', "\0",
    '{"sensor": "t", "value": 1}', "<html>", "m f=1;g=2", "m f=" + "9" * 400 + "i", "m\\ f=1", "m a=b=c",
]  # fmt: skip


@pytest.mark.parametrize(("line", "measurement", "tags", "fields", "time"), GOOD)
def test_good_lines(
    line: str, measurement: str, tags: dict[str, str], fields: list[tuple[str, Any]], time: int | None
) -> None:
    assert list(points(line.encode())) == [Point(1, measurement, tags, fields, time)]


@pytest.mark.parametrize("line", BAD)
def test_bad_lines_harm_no_other(line: str) -> None:
    found = list(points(f"a f=1\n{line}\nb f=2".encode()))
    assert found == [Point(1, "a", {}, [("f", 1.0)], None), 2, Point(3, "b", {}, [("f", 2.0)], None)]


def test_comments_and_empty_lines_are_counted_and_passed_over() -> None:
    found = list(points(b"# a f=1\n\n  \n \t# b\n\r\na f=1\n\xff f=1\n"))
    assert found == [Point(6, "a", {}, [("f", 1.0)], None), 7]


@given(st.text(alphabet='ab1i,= \\"#\n\r\t.-é\0') | st.text())
def test_garbage_is_told_by_line_or_read_but_never_breaks(text: str) -> None:
    numbers = [found if isinstance(found, int) else found.line for found in points(text.encode(errors="ignore"))]
    assert numbers == sorted(set(numbers))


@given(st.text(min_size=1, alphabet='ab,= "é').filter(lambda text: not text.startswith(" ")), st.text())
def test_what_is_escaped_comes_back(name: str, text: str) -> None:
    escaped = name.replace(",", "\\,").replace("=", "\\=").replace(" ", "\\ ")
    measured = name.replace(",", "\\,").replace(" ", "\\ ")
    quoted = text.replace("\\", "\\\\").replace('"', '\\"')
    if text.count("\n") > 60 or measured.startswith("#"):
        return
    line = f'{measured},{escaped}={escaped} {escaped}="{quoted}",v=1i 5'
    assert list(points(line.encode())) == [Point(1, name, {name: name}, [(name, Text(text)), ("v", 1.0)], 5)]


class Telegraf:
    """A client that writes line protocol with a device's key."""

    def __init__(self, caller: Caller, token: str) -> None:
        self.http = caller.http
        self.headers = {"Authorization": f"Token {token}"}

    async def write(self, body: str | bytes, path: str = "/api/v2/write?bucket=b&org=o&precision=s") -> httpx.Response:
        return await self.http.post(path, content=body, headers=self.headers)


@pytest.fixture
def telegraf(caller: Caller, world: World) -> Telegraf:
    return Telegraf(caller, world.secret["device"])


async def newest(pool: Pool, sensor: int) -> tuple[Any, float]:
    row = await pool.fetchrow("SELECT at, value FROM telemetry.sensor_state WHERE sensor_id = $1", sensor)
    assert row is not None
    return row["at"], row["value"]


async def test_a_tag_names_the_sensor(telegraf: Telegraf, pool: Pool, world: World) -> None:
    seconds = int(world.now.timestamp())
    answer = await telegraf.write(
        f"air,sensor=h-101 value=40i {seconds + 1}\nair,sensor=alpha/t-101 value=21 {seconds + 2}\n"
    )
    assert (answer.status_code, answer.content) == (204, b"")
    assert await newest(pool, world.sensor["alpha/h-101"]) == (world.now + timedelta(seconds=1), 40.0)
    assert await newest(pool, world.sensor["alpha/t-101"]) == (world.now + timedelta(seconds=2), 21.0)


@pytest.mark.parametrize(
    ("precision", "unit"), [("ns", 1e9), ("us", 1e6), ("ms", 1e3), ("s", 1), ("", 1e9), ("n", 1e9), ("u", 1e6)]
)
async def test_precisions(telegraf: Telegraf, pool: Pool, world: World, precision: str, unit: float) -> None:
    at = world.now + timedelta(seconds=5)
    path = "/api/v2/write" + (f"?precision={precision}" if precision else "")
    assert (await telegraf.write(f"m,sensor=h-101 value=1 {int(at.timestamp() * unit)}", path)).status_code == 204
    assert await newest(pool, world.sensor["alpha/h-101"]) == (at, 1.0)


async def test_without_a_time_it_is_the_houses_now(telegraf: Telegraf, pool: Pool, world: World) -> None:
    assert (await telegraf.write("m,sensor=h-101 value=1\nm,sensor=h-101 value=2")).status_code == 204
    at, value = await newest(pool, world.sensor["alpha/h-101"])
    assert (at, value) == (world.now + timedelta(microseconds=1), 2.0)


async def test_devices_are_known_by_what_they_are_called_elsewhere(
    telegraf: Telegraf, pool: Pool, world: World
) -> None:
    names = {
        "co2-101": "cpu/cpu0/gw/usage",
        "t-101": "kitchen/value",
        "h-101": "weather/humidity",
        "leak-103": "mains/volts",
    }
    for code, name in names.items():
        await pool.execute(
            "UPDATE telemetry.sensor SET external_id = $2 WHERE id = $1", world.sensor[f"alpha/{code}"], name
        )
    at = int(world.now.timestamp()) + 1
    body = 'cpu,host=gw,cpu=cpu0 usage=1\n°C,domain=d,entity_id=kitchen value=2,n_str="x"\n,\n'
    body += "a,sensor=weather humidity=3,pressure=4\nmains volts=5\n"
    body = body.replace("\n", f" {at}\n").replace(f", {at}", ",")
    answer = await telegraf.write(body)
    assert answer.status_code == 400
    told = answer.json()
    assert (told["code"], told["line"]) == ("invalid", 3)
    assert told["message"].startswith("partial write: dropped=2: line 3: MALFORMED: ")
    assert "line 4: UNKNOWN_SENSOR: The sensor weather/pressure is unknown" in told["message"]
    assert [(await newest(pool, world.sensor[f"alpha/{code}"]))[1] for code in names] == [1.0, 2.0, 3.0, 5.0]


async def test_what_is_not_taken_is_told_by_line(telegraf: Telegraf, world: World) -> None:
    seconds = int(world.now.timestamp())
    lines = [
        f"m,sensor=h-101 value=1 {seconds}",
        f"m,sensor=h-101 value=2 {seconds}",
        f"m,sensor=h-101 value=NaN {seconds + 1}",
        f"m,sensor=h-101 value=1 {seconds * 1000}",
        "m,sensor=h-101 value=1 -9223372036854775808",
        f"m,sensor=beta/t-1 value=1 {seconds}",
        f'm,sensor=h-101 value="on" {seconds}',
        "garbage",
    ]
    answer = await telegraf.write("\n".join(lines))
    told = [
        part.split(": ")[:2] for part in answer.json()["message"].removeprefix("partial write: dropped=7: ").split("; ")
    ]
    assert told == [
        ["line 2", "CONFLICT"],
        ["line 3", "NOT_A_NUMBER"],
        ["line 4", "IN_THE_FUTURE"],
        ["line 5", "TOO_OLD"],
        ["line 6", "NOT_ALLOWED"],
        ["line 7", "NOT_A_NUMBER"],
        ["line 8", "MALFORMED"],
    ]
    many = await telegraf.write("x\n" * 30)
    assert many.json()["message"].endswith("and 10 more")


async def test_version_one_is_spoken_too(caller: Caller, world: World) -> None:
    key = world.secret["device"]
    basic = "Basic " + base64.b64encode(f"telegraf:{key}".encode()).decode()
    line = b"m,sensor=h-101 value=1"
    ways: list[tuple[str, dict[str, str]]] = [
        ("/write?db=house", {"Authorization": basic}),
        ("/write?db=house", {"Authorization": f"Token user:{key}"}),
        ("/write?db=house", {"Authorization": f"Bearer {key}"}),
        (f"/write?db=house&u=x&p={key}", {}),
    ]
    for path, headers in ways:
        answer = await caller.http.post(
            path, content=gzip.compress(line), headers={**headers, "Content-Encoding": "gzip"}
        )
        assert answer.status_code in (204, 400), answer.text  # the second one comes at the same moment of the house
    assert (await caller.http.get("/ping")).headers["X-Influxdb-Version"]
    assert (await caller.http.head("/ping")).status_code == 204
    assert (await caller.http.post("/query?q=CREATE+DATABASE+house")).json() == {"results": [{"statement_id": 0}]}
    assert (await caller.http.post("/write", content=b"", headers={"Authorization": basic})).status_code == 204


@pytest.mark.parametrize(
    ("headers", "query", "body", "status", "code", "fault"),
    [
        ({}, "", b"m f=1", 401, "unauthorized", "NOT_SIGNED_IN"),
        ({"Authorization": "Token mk_x_y"}, "", b"m f=1", 401, "unauthorized", "BAD_TOKEN"),
        ({"Authorization": "Basic §"}, "", b"m f=1", 401, "unauthorized", "BAD_TOKEN"),
        (None, "?precision=week", b"m f=1", 400, "invalid", "BAD_PRECISION"),
        (None, "", b" " * (8 << 20) + b" ", 413, "request too large", "BODY_TOO_LARGE"),
        (None, "", b"m " + b"f=1," * 100_001 + b"f=1", 413, "request too large", "TOO_MANY_LINES"),
        (None, "", b"x\n" * 100_001, 413, "request too large", "TOO_MANY_LINES"),
    ],
)
async def test_refusals_are_influxdbs(
    telegraf: Telegraf, headers: dict[str, str] | None, query: str, body: bytes, status: int, code: str, fault: str
) -> None:
    sent = telegraf.headers if headers is None else {k: v.encode("latin-1") for k, v in headers.items()}
    answer = await telegraf.http.post("/api/v2/write" + query, content=body, headers=sent)
    told = answer.json()
    assert (answer.status_code, told["code"], told["fault"]) == (status, code, fault)
    assert told["message"] == told["error"]


async def test_a_bucket_may_be_a_building(caller: Caller, world: World) -> None:
    admin = Telegraf(caller, caller.as_user(world.user["admin"]).token or "")
    line = "m,sensor=t-1 value=1"
    assert "AMBIGUOUS_SENSOR" in (await admin.write(line, "/api/v2/write?bucket=any")).json()["message"]
    assert (await admin.write(line.replace("1", "1", 1), "/write?db=alpha")).status_code in (204, 400)
    assert (await admin.write("m,sensor=power value=1", "/api/v2/write?bucket=beta")).status_code == 204
