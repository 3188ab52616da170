"""Commands, links, groups, pictures, voice notes, and what is neither words nor voice."""

from __future__ import annotations

import pytest

from tests.agent.telegram.botapi import Mood

GROUP = -1001
PNG = b"\x89PNG\r\n\x1a\n" + bytes(100)


async def test_a_code_links_a_chat(bot, cloud, building):
    building.codes = {"ABCDE": "clara"}
    await bot("Здравствуйте!")
    cloud.says(9, "/start")
    assert "пока не знаю" in (await cloud.told(9)).plain
    cloud.says(9, "/start WRONG")
    assert "Этот код не подходит" in (await cloud.told(9, 2)).plain
    cloud.says(GROUP, "/start@markoff_test_bot ABCDE", user=9)
    assert "личный чат" in (await cloud.told(GROUP)).plain
    cloud.says(9, "/start ABCDE")
    told = await cloud.told(9, 3)
    assert told.plain.startswith("Здравствуйте, Clara!")
    assert "/now – Что важного сейчас" in told.plain
    assert building.links["telegram:9"] == "clara"
    assert cloud.menus["chat 9"][0] == "Что важного сейчас"
    cloud.says(9, "Привет")
    assert (await cloud.told(9, 4)).plain == "Здравствуйте!"
    cloud.says(9, "/start")
    assert (await cloud.told(9, 5)).plain.startswith("Здравствуйте, Clara!")


async def test_menus_are_in_both_languages(bot, cloud):
    await bot()
    assert set(cloud.menus) == {"", "ru"}
    assert cloud.menus[""][0] == "What matters now"
    assert cloud.menus["ru"][-1] == "Что я умею"


async def test_commands(bot, cloud, call):
    await bot(call(("alarms", {"active": True})), "{r1.total}", call(("floors", {})), "{r1.total}")
    cloud.says(5, "/alarms")
    assert (await cloud.told(5)).plain == "2"
    cloud.says(5, "/help")
    assert "/plan – План этажа" in (await cloud.told(5, 2)).plain
    cloud.says(5, "/lang")
    asked = await cloud.told(5, 3)
    cloud.presses(asked, "English")
    await cloud.until(lambda: asked.plain.startswith("I will speak English"))
    assert cloud.menus["chat 5"][0] == "What matters now"
    cloud.says(5, "/help")
    assert "/plan – Plan of a floor" in (await cloud.told(5, 4)).plain
    cloud.says(5, "/fly")
    assert "no such command" in (await cloud.told(5, 5)).plain
    cloud.says(5, "/lang ru")
    assert "по-русски" in (await cloud.told(5, 6)).plain


async def test_a_floor_is_chosen_by_a_button(bot, cloud):
    await bot()
    cloud.says(5, "/plan")
    asked = await cloud.told(5)
    assert asked.labels() == ["1 этаж", "2 этаж"]
    assert asked.buttons() == ["p:floor_1", "p:floor_2"]


async def test_a_group_is_answered_only_when_it_names_the_bot(bot, cloud):
    await bot("Так", "Иначе", "Хорошо")
    cloud.says(GROUP, "Какие тревоги?", user=5)
    cloud.says(GROUP, "/alarms", user=5)
    cloud.sends(GROUP, user=5, sticker=None, text="просто так")
    asked = cloud.says(GROUP, "@markoff_test_bot, привет", user=5)["message"]
    shown = await cloud.told(GROUP)
    assert shown.plain == "Так"
    assert shown.given["reply_parameters"]["message_id"] == asked["message_id"]
    ours = {
        "message_id": shown.number,
        "date": 0,
        "chat": asked["chat"],
        "from": {"id": 7000, "is_bot": True, "first_name": "M", "username": "markoff_test_bot"},
    }
    cloud.says(GROUP, "а ещё?", user=6, reply_to_message=ours)
    assert (await cloud.told(GROUP, 2)).plain == "Иначе"
    cloud.says(GROUP, "@markoff_test_bot привет", user=77)
    assert "пока не знаю" in (await cloud.told(GROUP, 3)).plain
    assert len(cloud.chat(GROUP)) == 3


async def test_a_question_in_a_group_is_for_who_asked(bot, cloud, call, building):
    await bot(call(("acknowledgeAlarm", {"alarm": "alarm_1"})), "{if r1 done}Есть.{end}")
    cloud.says(GROUP, "@markoff_test_bot подтверди", user=5)
    asked = await cloud.told(GROUP)
    cloud.presses(asked, "Да", user=6)
    assert await cloud.answered() == ["Это вопрос не к вам."]
    assert not building.alarms[0]["acknowledged"]
    cloud.presses(asked, "Да", user=5)
    assert (await cloud.told(GROUP, 2)).plain == "Есть."


async def test_a_plan_comes_as_a_photo_under_its_words(bot, cloud, call, building):
    building.pictures["/plans/one.png"] = PNG
    plan = {
        "title": "Этаж 1",
        "address": "/plans/one.png",
        "expiresAt": "2022-10-20T13:00:00Z",
        "at": "2022-10-20T12:00:00Z",
        "width": 800,
        "height": 600,
        "legend": [],
    }
    building.plan = plan
    await bot(
        call(("floorPlan", {"floor": "floor_1"})), "{r1.title}", call(("floorPlan", {"floor": "floor_1"})), "{r1.title}"
    )
    cloud.says(5, "Покажи план")
    shown = await cloud.told(5)
    assert (shown.method, shown.plain, shown.file) == ("sendPhoto", "Этаж 1", PNG)
    cloud.moods["sendPhoto"] = [Mood(400, description="Bad Request: PHOTO_INVALID_DIMENSIONS")]
    cloud.says(5, "Ещё раз")
    shown = await cloud.told(5, 2)
    assert (shown.method, shown.file, shown.file_name) == ("sendDocument", PNG, "plan.png")
    cloud.says(5, "/plan")
    asked = await cloud.told(5, 3)
    cloud.presses(asked, "1 этаж")
    shown = await cloud.told(5, 4)
    assert (shown.method, shown.plain) == ("sendPhoto", "Этаж 1")


async def test_a_recording_that_cannot_be_heard_is_said(bot, cloud):
    await bot()
    cloud.speaks(5, b"OggS....")
    assert "Голос здесь не подключён" in (await cloud.told(5)).plain
    cloud.speaks(5, b"OggS", size=4_000_000)
    assert "слишком длинная" in (await cloud.told(5, 2)).plain
    cloud.moods["download"] = [Mood(404)]
    cloud.speaks(5, b"OggS")
    assert "Не удалось получить запись" in (await cloud.told(5, 3)).plain


@pytest.mark.parametrize(
    ("parts", "word"),
    [
        ({"sticker": {"file_id": "s", "file_unique_id": "s", "width": 1, "height": 1, "is_animated": False, "is_video": False, "type": "regular"}}, "Приятно"),
        ({"document": {"file_id": "d", "file_unique_id": "d"}}, "Файлы я не читаю"),
        ({"location": {"longitude": 1.0, "latitude": 1.0}}, "Назовите этаж"),
        ({"photo": [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}]}, "Фото я не разбираю"),
        ({"photo": [{"file_id": "p", "file_unique_id": "p", "width": 1, "height": 1}], "caption": "Что это?"}, "Ответ"),
        ({"contact": {"phone_number": "1", "first_name": "A"}}, "не понимаю"),
    ],
)  # fmt: skip
async def test_what_is_neither_words_nor_voice_gets_a_word(bot, cloud, parts, word):
    await bot("Ответ")
    cloud.sends(5, **parts)
    assert word in (await cloud.told(5)).plain


async def test_an_edited_message_is_not_answered_anew(bot, cloud):
    await bot("Так")
    said = cloud.says(5, "Привет")["message"]
    await cloud.told(5)
    cloud.edits(5, said["message_id"], "Привет!")
    assert "не перечитываю" in (await cloud.told(5, 2)).plain


async def test_long_answers_are_split_or_sent_as_a_file(bot, cloud):
    lines = "\n\n".join(f"строка {word} <&> конец" for word in ["а" * 50] * 120)
    await bot(lines, "ж" * 13_000)
    cloud.says(5, "Длинно")
    shown = await cloud.sees(5, lambda all_: len(all_) == 3)
    assert "\n\n".join(one.plain for one in shown) == lines
    cloud.says(5, "Ещё длиннее")
    file = (await cloud.sees(5, lambda all_: len(all_) == 4))[-1]
    assert (file.method, file.file.decode(), file.file_name) == ("sendDocument", "ж" * 13_000, "ответ.txt")
    assert len(file.plain) <= 1024


async def test_a_typed_yes_answers_the_question_and_takes_its_buttons(bot, cloud, call, building):
    await bot(call(("acknowledgeAlarm", {"alarm": "alarm_1"})), "{if r1 done}Есть.{end}")
    cloud.says(5, "Подтверди тревогу")
    asked = await cloud.told(5)
    cloud.says(5, "да")
    assert (await cloud.told(5, 2)).plain == "Есть."
    assert building.alarms[0]["acknowledged"]
    assert asked.buttons() == []


async def test_a_question_outlives_the_bot(bot, cloud, call, building):
    running = await bot(call(("acknowledgeAlarm", {"alarm": "alarm_1"})), "{if r1 done}Есть.{end}")
    cloud.says(5, "Подтверди тревогу")
    asked = await cloud.told(5)
    running.desk.questions.clear()
    cloud.presses(asked, "Да")
    assert (await cloud.told(5, 2)).plain == "Есть."


async def test_going_on_makes_the_old_buttons_stale(bot, cloud, call, building):
    await bot(call(("acknowledgeAlarm", {"alarm": "alarm_1"})), "Другое.")
    cloud.says(5, "Подтверди тревогу")
    asked = await cloud.told(5)
    data = asked.buttons()[0]
    cloud.says(5, "Который час?")
    assert (await cloud.told(5, 2)).plain == "Другое."
    assert asked.buttons() == []
    cloud.taps(asked, data)
    assert "устарел" in (await cloud.answered())[0]
    cloud.taps(asked, "zzz")
    assert "не работает" in (await cloud.answered(2))[1]
    assert not building.alarms[0]["acknowledged"]


async def test_who_blocks_the_bot_is_let_go(bot, cloud):
    running = await bot("Так", "Иначе")
    gone = []

    async def note(chat):
        gone.append(chat)

    running.desk.gone = note
    cloud.blocks(5)
    await cloud.until(lambda: gone == [5])
    cloud.says(5, "Привет")
    await cloud.until(lambda: gone == [5, 5])
