"""A plan over real HTTP: asked for in the graph, fetched by its address, as its person may see it by then."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO

import httpx
import pytest
from fastapi import FastAPI
from PIL import Image

from api.app import create
from api.plans import address
from api.settings import ApiSettings
from db.engine import Pool
from tests.api.caller import KEY, Caller
from tests.api.serving import served
from tests.api.waiting import until
from tests.world import World

pytest.importorskip("api.plans.drawing")
PLAN = """query($floor: ID!, $at: DateTime, $layers: [Layer!], $highlight: [ID!], $size: Int! = 640,
        $format: PictureFormat! = PNG, $language: Language) {
    floorPlan(floor: $floor, at: $at, layers: $layers, highlight: $highlight, size: $size, format: $format,
            language: $language) {
        title address expiresAt at width height legend { layer label colour } } }"""


@pytest.fixture
async def http(app: FastAPI) -> AsyncIterator[httpx.AsyncClient]:
    """A client of the application on a real port."""
    async with served(app) as where, httpx.AsyncClient(base_url=f"http://{where}", timeout=60) as client:
        yield client


@pytest.fixture
def manager(http: httpx.AsyncClient, world: World) -> Caller:
    return Caller(http).as_user(world.user["manager"])


async def test_a_plan_is_asked_for_and_fetched(manager: Caller, http: httpx.AsyncClient) -> None:
    told = (await manager.ask(PLAN, floor="alpha/2", layers=["ROOMS", "TENANTS"]))["floorPlan"]
    assert told["title"].startswith("БЦ «Альфа-центр» · 2 этаж · 16.11.2026")
    assert told["width"] == 640
    assert told["height"] > 0
    assert "Альфа" in [entry["label"] for entry in told["legend"]]
    picture = await http.get(told["address"])
    assert picture.status_code == 200
    assert picture.headers["content-type"] == "image/png"
    assert picture.content.startswith(b"\x89PNG")
    assert "no-cache" in picture.headers["cache-control"]
    again = await http.get(told["address"], headers={"If-None-Match": picture.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert again.headers["etag"] == picture.headers["etag"]


@pytest.mark.parametrize(
    ("ending", "mime", "begins"), [("svg", "image/svg+xml", b"<"), ("webp", "image/webp", b"RIFF")]
)
async def test_one_address_has_three_kinds_of_files(
    manager: Caller, http: httpx.AsyncClient, ending: str, mime: str, begins: bytes
) -> None:
    told = (await manager.ask(PLAN, floor="alpha/1", format=ending.upper()))["floorPlan"]
    assert told["address"].endswith(f".{ending}")
    picture = await http.get(told["address"])
    assert picture.headers["content-type"].startswith(mime)
    assert picture.content.startswith(begins)
    other = await http.get(told["address"].replace(f".{ending}", ".png"))
    assert other.content.startswith(b"\x89PNG")
    assert other.headers["etag"] != picture.headers["etag"]


async def test_what_cannot_be_drawn_is_refused_in_words(manager: Caller) -> None:
    assert (await manager.ask(PLAN, floor="alpha/9"))["floorPlan"] is None
    assert (await manager.ask(PLAN, floor="beta/0"))["floorPlan"] is None, "not theirs"
    for given, code in (
        ({"floor": "room_1"}, "WRONG_KIND_OF_ID"),
        ({"floor": "alpha/1", "size": 9000}, "BAD_PICTURE_SIZE"),
        ({"floor": "alpha/1", "highlight": ["201"]}, "NOT_ON_FLOOR"),
    ):
        faults = await manager.speaking("ru").faults(PLAN, **given)
        assert faults[0]["extensions"]["code"] == code
        assert faults[0]["message"]


async def test_a_damaged_or_expired_address_shows_nothing(
    manager: Caller, http: httpx.AsyncClient, app: FastAPI
) -> None:
    told = (await manager.ask(PLAN, floor="alpha/1"))["floorPlan"]
    id = told["address"].removeprefix("/plans/").removesuffix(".png")
    for wrong in (f"{id[:-2]}AA", id[:20], "", "ы", f"{'B' if id[0] == 'A' else 'A'}{id[1:]}"):
        refused = await http.get(f"/plans/{wrong}.png", headers={"Accept-Language": "ru"})
        assert refused.status_code == 403, wrong
        assert refused.json()["errors"][0]["extensions"]["code"] == "BAD_ADDRESS"
    assert (await http.get(f"/plans/{id}.gif")).status_code == 403
    ticket = address.read(KEY, id)
    late = address.sign(KEY, replace(ticket, expires_at=datetime.now(UTC) - timedelta(seconds=1)))
    gone = await http.get(f"/plans/{late}.png", headers={"Accept-Language": "ru"})
    assert gone.status_code == 410
    assert "истёк" in gone.json()["errors"][0]["message"]


async def test_rights_are_looked_up_again_when_the_picture_is_fetched(
    manager: Caller, http: httpx.AsyncClient, pool: Pool, world: World
) -> None:
    told = (await manager.ask(PLAN, floor="alpha/1"))["floorPlan"]
    assert (await http.get(told["address"])).status_code == 200
    await pool.execute('UPDATE security."user" SET enabled = false WHERE id = $1', world.user["manager"])
    assert await refused(http, told["address"]) == "PICTURE_HIDDEN"
    await pool.execute('UPDATE security."user" SET enabled = true WHERE id = $1', world.user["manager"])
    await pool.execute('DELETE FROM security."grant" WHERE user_id = $1', world.user["manager"])
    assert await refused(http, told["address"]) == "PICTURE_HIDDEN"


async def refused(http: httpx.AsyncClient, where: str) -> str:
    """The code with which it is refused; notices of grants need a moment."""
    codes: list[str] = []

    async def is_refused() -> bool:
        answer = await http.get(where)
        if answer.status_code == 403:
            codes.append(answer.json()["errors"][0]["extensions"]["code"])
        return bool(codes)

    await until(is_refused)
    return codes[0]


async def test_a_tenant_who_has_left_sees_the_plan_no_more(http: httpx.AsyncClient, pool: Pool, world: World) -> None:
    tenant = Caller(http).as_user(world.user["tenant"])
    told = (await tenant.ask(PLAN, floor="alpha/1", layers=["TENANTS"]))["floorPlan"]
    assert [entry["label"] for entry in told["legend"]] == ["Ромашка"]
    assert (await http.get(told["address"])).status_code == 200
    await pool.execute(
        "UPDATE business.placement SET period = daterange(lower(period), '2026-11-02') WHERE room_id = $1",
        world.room["alpha/101"],
    )
    assert (await http.get(told["address"])).status_code == 403


async def test_nobody_gets_no_plan(http: httpx.AsyncClient, world: World) -> None:
    for caller in (Caller(http), Caller(http).as_user(world.user["nobody"])):
        assert (await caller.ask(PLAN, floor="alpha/1"))["floorPlan"] is None


REPLAY = """query($alarm: ID!, $from: DateTime, $to: DateTime, $frames: Int! = 3) {
    incidentReplay(alarm: $alarm, from: $from, to: $to, frames: $frames, size: 320) {
        title address from to frames width height } }"""


async def test_a_replay_is_one_animated_picture(manager: Caller, http: httpx.AsyncClient, world: World) -> None:
    told = (await manager.ask(REPLAY, alarm=f"alarm_{world.alarm['closed']}"))["incidentReplay"]
    assert (told["frames"], told["width"]) == (3, 320)
    assert told["from"] < told["to"]
    picture = await http.get(told["address"])
    assert picture.headers["content-type"] == "image/webp"
    with Image.open(BytesIO(picture.content)) as film:
        assert (film.format, film.n_frames, film.size) == ("WEBP", 3, (told["width"], told["height"]))
    assert (await http.get(told["address"].replace(".webp", ".png"))).status_code == 403
    again = await http.get(told["address"], headers={"If-None-Match": picture.headers["etag"]})
    assert again.status_code == 304


async def test_a_replay_that_makes_no_sense_is_refused(manager: Caller, http: httpx.AsyncClient, world: World) -> None:
    alarm = f"alarm_{world.alarm['closed']}"
    for given, code in (
        ({"alarm": alarm, "frames": 1}, "BAD_FRAMES"),
        ({"alarm": alarm, "from": "2026-11-16T10:00Z", "to": "2026-11-16T09:00Z"}, "BAD_PERIOD"),
        ({"alarm": "room_1"}, "WRONG_KIND_OF_ID"),
        ({"alarm": "smoke"}, "WRONG_KIND_OF_ID"),
    ):
        assert (await manager.faults(REPLAY, **given))[0]["extensions"]["code"] == code
    stranger = Caller(http).as_user(world.user["nobody"])
    assert (await stranger.ask(REPLAY, alarm=alarm))["incidentReplay"] is None


async def test_any_process_of_the_house_shows_the_picture(
    manager: Caller, settings: ApiSettings, http: httpx.AsyncClient
) -> None:
    told = (await manager.ask(PLAN, floor="alpha/2"))["floorPlan"]
    here = await http.get(told["address"])
    other = create(settings)
    async with (
        other.router.lifespan_context(other),
        served(other) as where,
        httpx.AsyncClient(base_url=f"http://{where}", timeout=60) as there,
    ):
        picture = await there.get(told["address"])
    assert (picture.status_code, picture.headers["etag"]) == (200, here.headers["etag"])
    assert picture.content == here.content


async def test_a_picture_is_no_page_that_could_run_something(manager: Caller, http: httpx.AsyncClient) -> None:
    told = (await manager.ask(PLAN, floor="alpha/2", format="SVG"))["floorPlan"]
    headers = (await http.get(told["address"])).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "default-src 'none'" in headers["content-security-policy"]
    assert (await http.post(told["address"])).status_code == 405


async def test_a_token_is_never_a_persons_key(http: httpx.AsyncClient, manager: Caller, world: World) -> None:
    """Who is looked up by key for a picture is remembered beside who was found by token; the two never meet."""
    told = (await manager.ask(PLAN, floor="alpha/2"))["floorPlan"]
    assert (await http.get(told["address"])).status_code == 200
    key = str(world.user["manager"])
    for token in (key, f"user {key}", f"user_{key}"):
        refused = await Caller(http).with_token(token).post("{ me { roles } }")
        assert refused.status_code == 401, token
