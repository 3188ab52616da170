"""People ask the graph in a browser: every example runs on the demo house, and the page asks nobody but this house.

`markoff up` builds the page beside the house, from the npm registry; where there is no way to it, the browser's part is skipped.
"""

from __future__ import annotations

import contextlib
import json
import re
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from graphql import build_schema, parse, validate

from deploy.playground import PATIENCE
from tests.api.examples import Example, examples
from tests.deploy.conftest import fresh_folder
from tests.deploy.edge import edge
from tests.stories.house import House

ROOT = Path(__file__).parents[2]
CHROMIUM = Path("/usr/bin/chromium")
PASSWORD = "ladoga-demo"
DEVICE = "mk_ladogademo_an-open-key-for-the-demo-building-only"
BUILDING = PATIENCE + 60.0
"""Seconds after which it has said whether the page could be built."""
ALL = examples()
UNACKNOWLEDGED = "{ alarms(where: {acknowledged: false}, first: 20) { nodes { id } } }"
NOTE = 'mutation ($alarm: ID!) { noteAlarm(alarm: $alarm, note: "Seen") { __typename } }'
ACKNOWLEDGE = "mutation ($alarm: ID!) { acknowledgeAlarm(alarm: $alarm) { __typename } }"


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    """The demo house, which builds its page meanwhile."""
    with fresh_folder() as folder, House.up(folder, settings={"MARKOFF_PLAYGROUND_ENABLED": "true"}) as house:
        yield house


@pytest.fixture(scope="module")
def tokens(house: House) -> dict[str, str]:
    """Tokens of the people of the house, by login."""
    text = "mutation ($login: String!, $password: String!) { signIn(login: $login, password: $password) { ... on SignedIn { token } } }"
    logins = {one.who for one in ALL} | {"dispatcher"}
    return {one: asked(house, "", text, {"login": one, "password": PASSWORD})["signIn"]["token"] for one in logins}


def asked(house: House, token: str, text: str, variables: dict[str, Any] | None = None) -> dict[str, Any]:
    """An operation's data; no errors are tolerated."""
    answer = httpx.post(
        f"{house.api}/graphql",
        json={"query": text, "variables": variables or {}},
        headers={"authorization": f"Bearer {token}"} if token else {},
        timeout=60,
    ).json()
    assert "errors" not in answer, answer["errors"]
    return dict(answer["data"])


def unacknowledged(house: House, token: str) -> str:
    """An alarm that nobody has acknowledged; there are but a few."""
    alarm: str = asked(house, token, UNACKNOWLEDGED)["alarms"]["nodes"][0]["id"]
    return alarm


def change(house: House, token: str, mutation: str, alarm: str) -> None:
    """Make a change of an alarm that others hear of."""
    (done,) = asked(house, token, mutation, {"alarm": alarm}).values()
    assert done["__typename"] == "Alarm"


def report(house: House) -> None:
    """A reading of the second floor."""
    line = json.dumps({"sensor": "co2-201", "at": datetime.now(UTC).isoformat(), "value": 500 + time.time() % 100})
    httpx.post(f"{house.api}/ingest", content=line, headers={"authorization": f"Bearer {DEVICE}"}, timeout=30)


@contextmanager
def reporting(house: House) -> Iterator[None]:
    """Readings come all the time."""
    over = threading.Event()

    def go_on() -> None:
        while not over.wait(0.5):
            report(house)

    thread = threading.Thread(target=go_on)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()


@pytest.mark.parametrize("example", ALL, ids=lambda one: one.name)
def test_examples_keep_to_the_contract(example: Example) -> None:
    contract = build_schema((ROOT / "schema.graphql").read_text(encoding="utf-8"))
    assert validate(contract, parse(example.text)) == []
    assert re.search("[а-яё]", example.ru)
    assert not re.search("[а-яё]", example.en.replace("онега", ""))


@pytest.mark.parametrize("example", [one for one in ALL if not one.follows], ids=lambda one: one.name)
def test_examples_run_on_the_demo_house(house: House, tokens: dict[str, str], example: Example) -> None:
    data = asked(house, tokens[example.who], example.text, example.variables)
    assert all(data.values()), data
    told = json.dumps(data, ensure_ascii=False)
    assert '"message"' not in told, "an example is refused"
    assert '"nodes": []' not in told, "an example finds nothing"


@pytest.mark.parametrize("example", [one for one in ALL if one.follows], ids=lambda one: one.name)
def test_examples_that_follow_hear_of_a_change(house: House, tokens: dict[str, str], example: Example) -> None:
    headers = {"authorization": f"Bearer {tokens[example.who]}", "accept": "text/event-stream"}
    body = {"query": example.text, "variables": example.variables}
    with httpx.stream("POST", f"{house.api}/graphql", json=body, headers=headers, timeout=60) as stream:
        lines = stream.iter_lines()
        assert next(lines) == "retry: 1000"
        if "alarmChanged" in example.text:
            change(house, tokens["dispatcher"], NOTE, unacknowledged(house, tokens["dispatcher"]))
        with reporting(house) if "readingArrived" in example.text else contextlib.nullcontext():
            data = next(line for line in lines if line.startswith("data: "))
        told = json.loads(data.removeprefix("data: "))
    assert "errors" not in told
    assert next(iter(told["data"].values()))["cursor"]


def test_the_guide_shows_the_examples() -> None:
    page = (ROOT / "docs" / "guide.md").read_text(encoding="utf-8")
    missing = [one.name for one in ALL if one.text not in page or one.en not in page]
    assert missing == []


# -- the browser


@pytest.fixture(scope="module")
def built(house: House) -> House:
    """The house, when its page is built."""
    if not CHROMIUM.exists():
        pytest.skip("there is no Chromium here (apt-get install chromium)")
    until = time.monotonic() + BUILDING
    while not (house.data / "playground" / "built.json").exists():
        if "could not be built" in house.log.read_text():
            pytest.skip((house.data / "logs" / "playground.log").read_text()[-500:])
        assert time.monotonic() < until, house.log.read_text()
        time.sleep(0.25)
    return house


class Seen:
    """What the page did that a person does not see."""

    def __init__(self, page: Any, address: str) -> None:
        self.elsewhere: list[str] = []
        self.complaints: list[str] = []
        ours = (address, address.replace("http", "ws", 1), "data:", "blob:")
        page.on("request", lambda request: request.url.startswith(ours) or self.elsewhere.append(request.url))
        page.on("requestfailed", lambda request: self.complaints.append(f"{request.url} {request.failure}"))
        page.on("websocket", lambda socket: socket.url.startswith(ours) or self.elsewhere.append(socket.url))
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on(
            "console",
            lambda said: said.type in ("error", "warning") and self.complaints.append(said.text),
        )


@contextmanager
def opened(address: str, expected: str | None = None) -> Iterator[Any]:
    """A fresh browser on the page; afterwards: it asked nobody else, and the browser complained of nothing unexpected."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=["--no-sandbox"], timeout=120_000)
        context = browser.new_context(viewport={"width": 1400, "height": 900}, locale="ru-RU", ignore_https_errors=True)
        context.set_default_timeout(60_000)
        page = context.new_page()
        seen = Seen(page, address)
        page.goto(f"{address}/graphql")
        page.wait_for_selector(".graphiql-query-editor .monaco-editor .view-line")
        yield page
        assert seen.elsewhere == []
        assert [one for one in seen.complaints if expected is None or expected not in one] == []
        browser.close()


@pytest.fixture
def page(request: pytest.FixtureRequest, built: House) -> Iterator[Any]:
    """The page of the house itself.

    A test to which a complaint belongs says a word of it as the parameter of this fixture: then it does, and of nothing else.
    """
    with opened(built.api, getattr(request, "param", None)) as page:
        yield page


def sign_in(page: Any, login: str) -> None:
    page.click("[data-do=sign-in]")
    page.fill("[name=login]", login)
    page.fill("[name=password]", PASSWORD)
    page.click(".bar dialog button[type=submit]")
    page.wait_for_selector("[data-do=sign-out]")


def open_example(page: Any, name: str) -> None:
    if not page.locator(".examples").count():
        page.click("[aria-label='Show Примеры · Examples']")
    page.click(f"[data-example='{name}']")
    page.wait_for_function("() => window.__MONACO !== undefined")


def response(page: Any) -> str:
    """What stands in the pane of answers, whole."""
    text = "() => window.__MONACO.editor.getModels().filter(m => m.uri.path.endsWith('response.json')).map(m => m.getValue()).join()"
    return str(page.evaluate(text))


def shows(page: Any, *words: str, patience: float = 60.0) -> str:
    """Wait until the answer holds all these words."""
    until = time.monotonic() + patience
    while not all(word in response(page) for word in words):
        assert time.monotonic() < until, response(page)
        page.wait_for_timeout(100)
    return response(page)


def test_a_person_signs_in_and_asks_in_russian_and_english(page: Any) -> None:
    assert page.text_content("[data-do=sign-in]") == "Войти"
    sign_in(page, "manager")
    open_example(page, "03-room")
    assert page.text_content(".examples .graphiql-doc-explorer-title") == "Примеры"
    page.click(".graphiql-execute-button")
    shows(page, "Альфа-Проект", "rent")
    page.click("[data-do=language]")
    assert page.text_content("[data-do=sign-out]") == "Sign out"
    assert page.text_content("[data-example='01-situation']") == "What matters right now"
    page.click("[data-do=theme]")
    page.click("[data-do=theme]")
    assert "graphiql-dark" in page.get_attribute("body", "class")
    page.click("[data-do=sign-out]")
    page.click(".graphiql-execute-button")
    shows(page, '"room": null')


def test_a_wrong_password_is_said_in_words(page: Any) -> None:
    page.click("[data-do=sign-in]")
    page.fill("[name=login]", "manager")
    page.fill("[name=password]", "wrong")
    page.click(".bar dialog button[type=submit]")
    page.wait_for_function("() => document.querySelector('.bar [role=alert]').textContent.length > 10")
    assert re.search("[а-я]", page.text_content(".bar [role=alert]"))


def test_the_explorer_shows_the_contract(page: Any) -> None:
    page.click("[aria-label='Show GraphiQL Explorer']")
    page.wait_for_selector("text=alarmStatistics")
    page.click("[aria-label='Show Documentation Explorer']")
    page.wait_for_selector("text=Mutation")


def test_a_change_appears_by_itself(page: Any, built: House, tokens: dict[str, str]) -> None:
    sign_in(page, "dispatcher")
    open_example(page, "15-follow-alarms")
    page.click(".graphiql-execute-button")
    token, until = tokens["dispatcher"], time.monotonic() + 60
    alarm = unacknowledged(built, token)
    while alarm not in (said := response(page)):
        assert time.monotonic() < until, said
        change(built, token, NOTE, alarm)  # the first one may come before the page follows
        page.wait_for_timeout(1000)
    change(built, token, ACKNOWLEDGE, alarm)
    shows(page, alarm, "ACKNOWLEDGED", "cursor")


@pytest.mark.parametrize("page", ["4403"], indirect=True)
def test_nobody_follows_without_signing_in(page: Any) -> None:
    open_example(page, "15-follow-alarms")
    page.click(".graphiql-execute-button")
    shows(page, "4403")


def test_it_works_behind_nginx_by_its_policy(built: House) -> None:
    with (
        tempfile.TemporaryDirectory(prefix="markoff-edge-") as folder,
        edge(Path(folder), [f"127.0.0.1:{built.port}"]) as nginx,
        opened(nginx.url) as page,
    ):
        sign_in(page, "manager")
        open_example(page, "03-room")
        page.click(".graphiql-execute-button")
        shows(page, "Альфа-Проект", "rent")
        open_example(page, "15-follow-alarms")
        with page.expect_websocket() as line:
            page.click(".graphiql-execute-button")
        line.value.wait_for_event("framereceived")
