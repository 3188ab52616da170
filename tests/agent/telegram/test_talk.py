"""Talking with the house in Telegram: questions, changes by buttons, choices, pictures, voice, strangers, groups."""

from __future__ import annotations

import pytest

ALARMS = '{if r1 empty}Тревог нет.{else}{for a in r1.nodes sep ", "}{a.title}: {a.value}{end}{end}'
DONE = "{if r1 done}Подтверждена: {r1.title}{end}{if r1 declined}Тревога не подтверждена.{end}"
GROUP = -1001


async def test_a_question_is_answered(bot, cloud, call):
    await bot(call(("alarms", {"active": True})), ALARMS)
    cloud.says(5, "Какие тревоги?")
    shown = await cloud.told(5)
    assert shown.plain == "Душно в 101: 913\u00a0ppm, Душно в 201: 640,25\u00a0ppm"


async def test_a_stranger_is_told_so_in_both_languages_and_nothing_else(bot, cloud, building):
    await bot()
    cloud.says(77, "Какие тревоги?", language="en")
    shown = await cloud.told(77)
    assert shown.plain.startswith("Hello!")
    assert "Здравствуйте!" in shown.plain
    assert building.requests == []


@pytest.mark.parametrize(
    ("label", "acknowledged", "last"),
    [("Да", True, "Подтверждена: Душно в 101"), ("Нет", False, "Тревога не подтверждена.")],
)
async def test_a_change_waits_for_a_tap(bot, cloud, call, building, label, acknowledged, last):
    await bot(call(("acknowledgeAlarm", {"alarm": "alarm_1"})), DONE)
    cloud.says(5, "Подтверди тревогу")
    asked = await cloud.told(5)
    assert "• тревога «Душно в 101»: состояние: активна → подтверждена" in asked.plain
    assert asked.labels() == ["✅ Да", "✖️ Нет"]
    before = asked.buttons()
    cloud.presses(asked, label)
    cloud.taps(asked, before[0])
    shown = await cloud.told(5, 2)
    assert shown.plain == last
    assert label in asked.plain.splitlines()[-1]
    assert asked.buttons() == []
    assert building.alarms[0]["acknowledged"] is acknowledged
    assert (await cloud.answered(2))[1].startswith("Этот вопрос уже решён")


async def test_a_choice_is_made_by_a_button(bot, cloud, call):
    await bot(call(("search", {"text": "альфа"})), call(("tenant", {"id": "tenant_1"})), "Это {r2.name}.")
    cloud.says(5, "Что снимает Альфа?")
    asked = await cloud.told(5)
    assert asked.labels() == ["Альфа", "Альфа Плюс", "✖️ Ничего из этого"]
    cloud.presses(asked, "Плюс")
    assert (await cloud.told(5, 2)).plain == "Это Альфа Плюс."
    assert asked.plain.endswith("☑️ Альфа Плюс")
