"""POST /ingest: lines of JSON in, a report out."""

from __future__ import annotations

import gzip
from datetime import datetime
from types import SimpleNamespace
from typing import Any

import httpx
import pytest

from api.ingest import allowance
from db.engine import Pool
from tests.api.caller import Caller
from tests.api.waiting import until
from tests.world import World

AT = "2026-11-16T12:01:00+03:00"


class Device:
    def __init__(self, caller: Caller, token: str | None) -> None:
        self.caller = caller.with_token(token)

    async def post(self, body: str | bytes, where: str = "", encoding: str = "identity") -> httpx.Response:
        headers = {**self.caller.headers, "Content-Encoding": encoding}
        return await self.caller.http.post("/ingest" + where, content=body, headers=headers)

    async def report(self, body: str | bytes, where: str = "") -> dict[str, Any]:
        answer = await self.post(body, where)
        assert answer.status_code == 200, answer.text
        report: dict[str, Any] = answer.json()
        return report


@pytest.fixture
def device(caller: Caller, world: World) -> Device:
    return Device(caller, world.secret["device"])


def reasons(report: dict[str, Any]) -> list[tuple[int, str, str]]:
    return [(one["index"], one["sensor"], one["code"]) for one in report["refused"]]


async def test_lines_are_stored(device: Device, pool: Pool, world: World) -> None:
    body = f'{{"sensor": "t-101", "at": "{AT}", "value": 25}}\n\n{{"value":26.5,"at":"2026-11-16T09:02:00Z","sensor":"alpha/t-101"}}\n'
    assert await device.report(body) == {"accepted": 2, "duplicates": 0, "refused": []}
    assert await device.report(body) == {"accepted": 0, "duplicates": 2, "refused": []}
    row = await pool.fetchrow(
        "SELECT value FROM telemetry.sensor_state WHERE sensor_id = $1", world.sensor["alpha/t-101"]
    )
    assert row is not None
    assert row["value"] == 26.5


async def test_what_cannot_be_taken_is_told_by_line(device: Device) -> None:
    lines = [
        f'{{"sensor": "t-101", "at": "{AT}", "value": 25}}',
        "nonsense",
        '{"sensor": "t-101", "at": "yesterday", "value": 25}',
        '{"sensor": "t-101", "at": "2026-11-16T12:02:00", "value": 25}',
        f'{{"sensor": 7, "at": "{AT}", "value": 25}}',
        f'{{"sensor": "t-101", "at": "{AT}"}}',
        f'{{"sensor": "nobody", "at": "{AT}", "value": 1}}',
        f'{{"sensor": "beta/t-1", "at": "{AT}", "value": 1}}',
        f'{{"sensor": "t-101", "at": "{AT}", "value": 26}}',
        f'{{"sensor": "h-101", "at": "{AT}", "value": "41"}}',
        f'{{"sensor": "h-101", "at": "{AT}", "value": true}}',
        f'{{"sensor": "h-101", "at": "{AT}", "value": {10**400}}}',
        f'{{"sensor": "h-101", "at": "{AT}", "value": 41}}, {{"sensor": "h-101", "at": "{AT}", "value": 42}}',
        "[]",
    ]
    report = await device.report("\n".join(lines))
    assert report["accepted"] == 1
    assert [(index, code) for index, _, code in reasons(report)] == [
        (1, "MALFORMED"),
        (2, "MALFORMED"),
        (3, "MALFORMED"),
        (4, "MALFORMED"),
        (5, "MALFORMED"),
        (6, "UNKNOWN_SENSOR"),
        (7, "NOT_ALLOWED"),
        (8, "CONFLICT"),
        (9, "NOT_A_NUMBER"),
        (10, "NOT_A_NUMBER"),
        (11, "MALFORMED"),
        (12, "MALFORMED"),
        (13, "MALFORMED"),
    ]
    assert "nobody" in report["refused"][5]["message"]


async def test_a_building_may_be_named(device: Device, caller: Caller, world: World) -> None:
    line = f'{{"sensor": "t-1", "at": "{AT}", "value": 25}}'
    admin = Device(caller, caller.as_user(world.user["admin"]).token)
    assert reasons(await admin.report(line)) == [(0, "t-1", "AMBIGUOUS_SENSOR")]
    assert (await admin.report(line, "?building=beta"))["accepted"] == 1
    assert (await admin.report(line, f"?building=building_{world.building['alpha']}"))["accepted"] == 1
    assert (await device.post(line, "?building=beta")).status_code == 403
    assert (await device.post(line, "?building=nowhere")).status_code == 403
    assert (await device.post(line, "?building=room_1")).json()["errors"][0]["extensions"]["code"] == "WRONG_KIND_OF_ID"


@pytest.mark.parametrize(
    ("login", "status"), [("manager", 200), ("dispatcher", 403), ("tenant", 403), ("nobody", 403), ("admin", 200)]
)
async def test_who_may_report(caller: Caller, world: World, login: str, status: int) -> None:
    person = Device(caller, caller.as_user(world.user[login]).token)
    answer = await person.post(f'{{"sensor": "t-101", "at": "{AT}", "value": 25}}')
    assert answer.status_code == status
    if status == 403:
        assert answer.json()["errors"][0]["extensions"]["code"] == "NOT_ALLOWED"


@pytest.mark.parametrize(("token", "code"), [(None, "NOT_SIGNED_IN"), ("mk_x_y", "BAD_TOKEN")])
async def test_strangers_are_sent_away(caller: Caller, token: str | None, code: str) -> None:
    answer = await Device(caller, token).post("")
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (401, code)


async def test_a_body_has_its_limit(device: Device) -> None:
    answer = await device.post(b" " * (8 << 20) + b"\n")
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (413, "BODY_TOO_LARGE")


async def test_nothing_is_a_report_of_nothing(device: Device) -> None:
    assert await device.report("") == {"accepted": 0, "duplicates": 0, "refused": []}


async def test_gzip_is_opened(device: Device) -> None:
    line = f'{{"sensor": "t-101", "at": "{AT}", "value": 25}}\n'.encode()
    other = line.replace(b"t-101", b"h-101")
    body = gzip.compress(line) + gzip.compress(other)
    answer = await device.post(body, encoding="gzip")
    assert answer.json() == {"accepted": 2, "duplicates": 0, "refused": []}


@pytest.mark.parametrize(
    ("body", "encoding", "status", "code"),
    [
        (gzip.compress(b" " * (9 << 20), mtime=0), "gzip", 413, "BODY_TOO_LARGE"),
        (gzip.compress(b" " * (5 << 20), mtime=0) * 2, "gzip", 413, "BODY_TOO_LARGE"),
        (b"\n" * 100_001, "identity", 413, "TOO_MANY_LINES"),
        (gzip.compress(b"\n" * 100_001, mtime=0), "gzip", 413, "TOO_MANY_LINES"),
        (b"{}", "gzip", 400, "BAD_GZIP"),
        (gzip.compress(b"{}", mtime=0)[:-5], "gzip", 400, "BAD_GZIP"),
        (gzip.compress(b"{}", mtime=0) + b"more", "gzip", 400, "BAD_GZIP"),
        (b"{}", "br", 415, "BAD_ENCODING"),
    ],
)
async def test_bad_bodies_are_refused_as_a_whole(
    device: Device, body: bytes, encoding: str, status: int, code: str
) -> None:
    answer = await device.post(body, encoding=encoding)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (status, code)


async def test_readings_without_a_time_are_of_now(device: Device, pool: Pool, world: World) -> None:
    body = '{"sensor": "h-101", "value": 25}\n' * 2 + '{"sensor": "h-101", "value": 26, "at": null}\n'
    assert (await device.report(body))["accepted"] == 3
    epoch = datetime.fromisoformat(AT).timestamp() * 1000
    assert (await device.report(f'{{"sensor": "h-101", "value": 27, "at": {epoch:.0f}}}'))["accepted"] == 1
    rows = await pool.fetch(
        "SELECT at, value FROM telemetry.reading WHERE sensor_id = $1 AND at >= $2 ORDER BY at",
        world.sensor["alpha/h-101"],
        world.now,
    )
    assert [row["value"] for row in rows] == [25, 25, 26, 27]
    assert (rows[0]["at"], rows[-1]["at"]) == (world.now, datetime.fromisoformat(AT))


async def test_a_key_has_its_limit(device: Device, pool: Pool, monkeypatch: pytest.MonkeyPatch) -> None:
    """At a clock that stands: nothing is earned between two requests."""
    monkeypatch.setattr(allowance, "time", SimpleNamespace(monotonic=lambda: 0.0))
    await pool.execute("UPDATE security.api_key SET readings_per_minute = 3 WHERE kind = 'DEVICE'")
    lines = [f'{{"sensor": "t-101", "at": "2026-11-16T12:01:{n:02}+03:00", "value": 25}}' for n in range(8)]
    answers: list[httpx.Response] = []

    async def held_up() -> bool:
        """The change is heard by a notice."""
        answers.append(await device.post("\n".join(lines[:5])))
        return answers[-1].status_code == 429

    await until(held_up)
    answer = answers[-1]
    assert answer.json()["errors"][0]["extensions"] == {"code": "TOO_MANY_READINGS", "most": 3, "seconds": 60}
    assert answer.headers["retry-after"] == "60"
