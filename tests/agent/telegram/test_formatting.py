"""What Telegram takes: escapes, marks, pieces, buttons that fit, the order of updates, settings."""

from __future__ import annotations

import asyncio
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError
from telegram import Update

from agent.channels.telegram import buttons, formatting
from agent.channels.telegram.commands import NAMES, menu
from agent.channels.telegram.order import Order
from agent.channels.telegram.phrases import SENTENCES
from agent.channels.telegram.settings import TelegramSettings
from tests.agent.telegram.botapi import TAG, TOKEN

SECRET = {"token": TOKEN, "agent_key": "k"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ООО «Ромашка & <Ко>»", "ООО «Ромашка &amp; &lt;Ко&gt;»"),
        ("**Важно**: a_b_c и 2*3*4", "<b>Важно</b>: a_b_c и 2*3*4"),
        ("# Итог #\n- раз\n* два", "<b>Итог</b>\n• раз\n• два"),
        ("`a<b` и ```py\nx = '**'\n```", "<code>a&lt;b</code> и <pre>x = '**'\n</pre>"),
        ("** не жирно ** и __init__", "** не жирно ** и <b>init</b>"),
        ("21.5 °C – норма. (v1.2) [x] !", "21.5 °C – норма. (v1.2) [x] !"),
    ],
)
def test_marks_and_escapes(text: str, shown: str) -> None:
    assert formatting.html(text) == shown


@given(st.text(alphabet=st.sampled_from("аб<>&*_`#- \n.😀"), max_size=300))
def test_whatever_is_written_telegram_can_read_it(text: str) -> None:
    shown = formatting.html(text)
    assert not re.search(r"[<>]", TAG.sub("", shown))
    assert not re.search(r"&(?!lt;|gt;|amp;)", shown)
    opened: list[str] = []
    for mark in TAG.finditer(shown):
        if mark.group().startswith("</"):
            assert opened.pop() == mark.group(1)
        else:
            opened.append(mark.group(1))
    assert opened == []


@given(st.text(alphabet=st.sampled_from("аб.😀 \n"), max_size=600), st.integers(20, 90))
def test_pieces_fit_and_lose_nothing(text: str, most: int) -> None:
    found = formatting.pieces(text, most)
    assert all(formatting.units(piece) <= most for piece in found)
    assert re.sub(r"\s", "", "".join(found)) == re.sub(r"\s", "", text)


def test_pieces_are_cut_at_paragraphs_and_code_goes_on() -> None:
    text = "Первый абзац здесь.\n\nВторой абзац здесь."
    assert formatting.pieces(text, 30) == ["Первый абзац здесь.", "Второй абзац здесь."]
    parts = formatting.pieces("```\n" + "строка\n" * 20 + "```", 60)
    assert all(part.count("```") == 2 for part in parts)


@given(st.lists(st.text(min_size=1, max_size=90), min_size=1, max_size=100), st.integers(1, 2**52))
def test_buttons_fit_and_say_whose_they_are(choices: list[str], user: int) -> None:
    waiting = {"kind": "choice", "question": "?", "choices": choices}
    rows = buttons.keyboard(waiting, user, "ru").inline_keyboard
    assert all(len(str(one.callback_data).encode()) <= 64 for row in rows for one in row)
    tap = buttons.read(str(rows[0][0].callback_data))
    assert tap == buttons.Tap("0", user, buttons.mark(waiting))


def test_menus_and_sentences_are_in_both_languages() -> None:
    assert all(len(each) == 2 and all(each) for each in SENTENCES.values())
    assert [one.command for one in menu("ru")] == [one.command for one in menu("en")] == list(NAMES)
    parts = {key: [set(re.findall(r"\{(\w+)\}", text)) for text in each] for key, each in SENTENCES.items()}
    assert [key for key, (ru, en) in parts.items() if ru != en] == []


@settings(max_examples=20, deadline=None)
@given(st.permutations(range(5)), st.lists(st.integers(0, 4), max_size=4))
async def test_updates_of_one_moment_are_put_in_order(order: list[int], twice: list[int]) -> None:
    inbox: asyncio.Queue[object] = asyncio.Queue()
    outbox: asyncio.Queue[object] = asyncio.Queue()
    for number in [*order, *twice]:
        inbox.put_nowait(Update(number))
    task = asyncio.create_task(Order(inbox, outbox).run())
    found = [await outbox.get() for _ in order]
    assert [one.update_id for one in found if isinstance(one, Update)] == sorted(order)
    assert outbox.empty()
    task.cancel()


async def test_all_that_follows_a_gap_comes_at_once() -> None:
    inbox: asyncio.Queue[object] = asyncio.Queue()
    outbox: asyncio.Queue[Update] = asyncio.Queue()
    task = asyncio.create_task(Order(inbox, outbox).run())
    inbox.put_nowait(Update(1))
    assert (await outbox.get()).update_id == 1
    for number in (5, 4, 3):
        inbox.put_nowait(Update(number))
    assert (await outbox.get()).update_id == 3
    assert [outbox.get_nowait().update_id for _ in range(outbox.qsize())] == [4, 5]
    task.cancel()


@pytest.mark.parametrize(
    "wrong",
    [{"token": "abc"}, {"webhook_url": "https://x/y"}, {"webhook_url": "https://x", "webhook_secret": "ключ"}, {"webhook_url": "ftp://x", "webhook_secret": "a"}],
)  # fmt: skip
def test_settings_that_cannot_work_are_refused(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        TelegramSettings(**{**SECRET, **wrong})
