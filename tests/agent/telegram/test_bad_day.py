"""Telegram on a bad day: limits, failures, cut lines, updates twice or out of order, a webhook; seen by the real client."""

from __future__ import annotations

import asyncio

import httpx
import pytest

from tests.agent.telegram.botapi import Mood
from tests.ports import free_port

WAIT = Mood(429, retry_after=1, description="Too Many Requests: retry after 1")


@pytest.mark.parametrize(
    "mood",
    [WAIT, Mood(502, description="Bad Gateway"), Mood(500), Mood(cut="before")],
    ids=["429", "502", "500", "cut"],
)
async def test_an_answer_comes_once_whatever_telegram_says_first(bot, cloud, mood):
    await bot("Здравствуйте!")
    cloud.moods["sendMessage"] = [mood]
    cloud.says(5, "Привет")
    assert (await cloud.told(5)).plain == "Здравствуйте!"
    assert len(cloud.called("sendMessage")) == 2


async def test_an_answer_that_telegram_does_not_confirm_is_rather_sent_twice_than_never(bot, cloud):
    await bot("Здравствуйте!")
    cloud.moods["sendMessage"] = [Mood(cut="after")]
    cloud.says(5, "Привет")
    shown = await cloud.sees(5, lambda all_: len(all_) == 2)
    assert [one.plain for one in shown] == ["Здравствуйте!"] * 2


async def test_updates_that_cannot_be_asked_for_are_asked_for_again(bot, cloud):
    cloud.moods["getUpdates"] = [Mood(502), Mood(cut="before"), Mood(409, description="Conflict: terminated"), WAIT]
    await bot("Здравствуйте!")
    cloud.says(5, "Привет")
    assert (await cloud.told(5)).plain == "Здравствуйте!"


async def test_the_bot_waits_for_telegram_to_come_up(bot, cloud):
    cloud.moods["getMe"] = [Mood(502)]
    await bot("Здравствуйте!")
    cloud.says(5, "Привет")
    assert await cloud.told(5)


async def test_a_bot_that_has_not_reached_telegram_says_so(bot, cloud):
    port = free_port()
    cloud.moods["getMe"] = [Mood(502)] * 100
    starting = asyncio.create_task(bot(health=f"127.0.0.1:{port}"))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False) as http:
        await cloud.until(lambda: len(cloud.called("getMe")) >= 1)
        told = await http.get("/health")
        assert (told.status_code, told.json()["status"]) == (503, "waiting")
        assert "markoff_telegram_reached 0.0" in (await http.get("/metrics")).text
        cloud.moods["getMe"].clear()
        await starting
        assert (await http.get("/health")).json() == {"status": "ok"}
        assert "markoff_telegram_reached 1.0" in (await http.get("/metrics")).text


async def test_updates_delivered_twice_are_answered_once_and_in_order(bot, cloud):
    await bot(*[lambda heard: f"Так: {heard[-1].text}"] * 5)
    first, second, third = (cloud.says(5, each) for each in ("Привет", "Спасибо", "Пока"))
    cloud.take()
    cloud.again([second, first, first, third, second])
    await cloud.told(5, 3)
    cloud.again([third])
    cloud.says(5, "Ещё")
    await cloud.told(5, 4)
    assert [one.plain for one in cloud.chat(5)] == [f"Так: {each}" for each in ("Привет", "Спасибо", "Пока", "Ещё")]


async def test_a_webhook_takes_only_what_shows_the_secret(bot, cloud):
    port = free_port()
    at = {"webhook_url": f"http://127.0.0.1:{port}/hook", "webhook_secret": "s3cret", "webhook_port": port}
    await bot("Так", "Иначе", "Хорошо", **at)
    assert cloud.webhook["secret_token"] == "s3cret"
    assert cloud.webhook["allowed_updates"] == ["message", "edited_message", "callback_query", "my_chat_member"]
    one, two, three = (cloud.says(5, each) for each in ("1", "2", "3"))
    assert await cloud.post([one], secret="wrong") == [403]
    assert await cloud.post([one], secret="") == [403]
    assert await cloud.post([one, three, two, one]) == [200] * 4
    await cloud.told(5, 3)
    assert [shown.plain for shown in cloud.chat(5)] == ["Так", "Иначе", "Хорошо"]
    secret = {"X-Telegram-Bot-Api-Secret-Token": "s3cret"}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=60, trust_env=False) as http:
        assert (await http.post("/hook", content=b"{", headers=secret)).status_code == 400
        assert (await http.post("/hook", json=[1], headers=secret)).status_code == 400
        assert (await http.post("/hook", content=b"x" * 1_100_000, headers=secret)).status_code == 413
        assert (await http.post("/hook", json=one)).status_code == 403
        assert (await http.get("/hook")).status_code == 405
        assert (await http.get("/health")).json() == {"status": "ok"}


async def test_an_agent_that_is_away_is_said(bot, cloud):
    await bot(agent_url="http://127.0.0.1:9")
    cloud.says(5, "Привет")
    assert "Дом сейчас не отвечает" in (await cloud.told(5)).plain


async def test_a_house_that_is_away_is_said(bot, cloud):
    await bot(api_url="http://127.0.0.1:9")
    cloud.says(5, "Hello", language="en")
    assert "The house does not answer" in (await cloud.told(5)).plain


async def test_who_writes_too_often_is_told_once(bot, cloud):
    running = await bot(*["Да"] * 5, turns_a_minute=2)
    for _ in range(5):
        cloud.says(5, "Привет")
    cloud.says(6, "Привет")
    await cloud.told(6)
    await cloud.until(lambda: not running.application.update_processor.waiting[5])
    assert len(cloud.chat(5)) == 3
    assert "Слишком много сообщений" in cloud.chat(5)[-1].plain


async def test_a_token_that_lapsed_is_renewed(bot, cloud, building):
    await bot("Так", "Иначе")
    cloud.says(5, "Привет")
    await cloud.told(5)
    running = list(building.tokens)
    building.expired |= set(running)
    await cloud.until(lambda: True)
    cloud.says(5, "Привет")
    shown = await cloud.told(5, 2)
    assert shown.plain == "Иначе"


async def test_what_telegram_cannot_parse_is_sent_plain(bot, cloud):
    await bot("**Жирно** & <b>не</b>")
    cloud.moods["sendMessage"] = [Mood(400, description="Bad Request: can't parse entities")]
    cloud.says(5, "Привет")
    shown = await cloud.told(5)
    assert shown.text == "**Жирно** & <b>не</b>"
