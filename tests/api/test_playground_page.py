"""GET /graphql: a page for browsers, and nothing new for programs; files with addresses that never mean another file."""

from __future__ import annotations

import gzip
import json
import re
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route
from starlette.testclient import TestClient

from api.playground.page import Page, files
from api.playground.settings import PlaygroundSettings

ROOT = Path(__file__).parents[2]
WEB = ROOT / "api" / "playground" / "web"
BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A bundle of one program and one style sheet."""
    (tmp_path / "main.js").write_text("start()" * 100)
    (tmp_path / "main.js.gz").write_bytes(gzip.compress(b"start()" * 100))
    (tmp_path / "main.css").write_text("body {}")
    (tmp_path / "secret.txt").write_text("not of the bundle")
    made = {"id": "abc123", "source": "s", "files": {"main.js": 700, "main.css": 7}}
    (tmp_path / "built.json").write_text(json.dumps(made))
    return tmp_path


def client(folder: Path | None, *, enabled: bool = True) -> TestClient:
    settings = PlaygroundSettings(enabled=enabled, folder=folder)
    otherwise = PlainTextResponse("the graph")
    return TestClient(Starlette(routes=[Route("/graphql", Page(settings, otherwise)), files(settings)]))


def test_a_browser_gets_the_page_and_a_program_the_graph(folder: Path) -> None:
    asking = client(folder)
    page = asking.get("/graphql", headers=BROWSER)
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert '<script type="module"' in page.text
    assert page.headers["cache-control"] == "no-store"
    for accepted in ("application/json", "text/event-stream", "*/*"):
        assert asking.get("/graphql", headers={"accept": accepted}).text == "the graph"
    assert asking.post("/graphql", headers=BROWSER).text == "the graph"


def test_the_page_may_load_from_us_only_and_runs_nothing_written_into_it(folder: Path) -> None:
    page = client(folder).get("/graphql", headers=BROWSER)
    policy = dict(part.strip().split(" ", 1) for part in page.headers["content-security-policy"].split(";"))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["connect-src"] == policy["worker-src"] == "'self'"
    assert policy["frame-ancestors"] == policy["base-uri"] == "'none'"
    assert "unsafe" not in "".join(value for name, value in policy.items() if name != "style-src-attr")
    (nonce,) = re.findall(r'nonce="([^"]+)"', page.text)
    assert f"'nonce-{nonce}'" in policy["style-src-elem"]
    assert nonce not in client(folder).get("/graphql", headers=BROWSER).text
    assert not re.search(r"https?://", page.text)


def test_files_are_compressed_and_kept_for_ever(folder: Path) -> None:
    asking = client(folder)
    told = asking.get("/playground/abc123/main.js", headers={"accept-encoding": "gzip, deflate"})
    assert (told.status_code, told.headers["content-encoding"], told.text[:7]) == (200, "gzip", "start()")
    assert told.headers["content-type"] == "text/javascript; charset=utf-8"
    assert told.headers["cache-control"] == "public, max-age=31536000, immutable"
    plain = asking.get("/playground/abc123/main.css", headers={"accept-encoding": "identity"})
    assert "content-encoding" not in plain.headers
    assert plain.text == "body {}"


@pytest.mark.parametrize("address", ["abc123/secret.txt", "abc123/built.json", "other/main.js", "abc123/..%2fmain.js"])
def test_nothing_but_the_bundle_is_served(folder: Path, address: str) -> None:
    assert client(folder).get(f"/playground/{address}").status_code == 404


@pytest.mark.parametrize(("language", "words"), [("ru", "ещё не собрана"), ("en", "is not built")])
def test_without_a_bundle_the_page_says_how_to_get_it(tmp_path: Path, language: str, words: str) -> None:
    for folder in (None, tmp_path):
        page = client(folder).get("/graphql", headers=BROWSER | {"accept-language": language})
        assert page.status_code == 200
        assert words in page.text
        assert "markoff playground build" in page.text
        assert f'<html lang="{language}"' in page.text


def test_it_can_be_switched_off(folder: Path) -> None:
    asking = client(folder, enabled=False)
    assert asking.get("/graphql", headers=BROWSER).text == "the graph"
    assert asking.get("/playground/abc123/main.js").status_code == 404


def test_what_the_page_itself_asks_is_in_the_contract() -> None:
    contract = build_schema((ROOT / "schema.graphql").read_text(encoding="utf-8"))
    (sign_in,) = re.findall(r"`(mutation .*?)`", (WEB / "src" / "graph.js").read_text(encoding="utf-8"), re.DOTALL)
    assert validate(contract, parse(sign_in)) == []


def test_its_words_are_there_in_both_languages() -> None:
    text = (WEB / "src" / "words.js").read_text(encoding="utf-8")
    russian, english = (set(re.findall(r"^    (\w+):", part, re.MULTILINE)) for part in text.split("\n  en: {"))
    assert russian == english
    assert len(russian) > 8
