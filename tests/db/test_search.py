"""People find things by the names they use: whatever alphabet, case, order, and with a slip of the finger."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import asyncpg
import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from db.engine import Pool, create_pool
from db.queries.search import Hit, search

TENANTS = (
    "ООО «Альфа»", "АО «Ромашка»", "Северный ветер", "ИП Кузнецов А. В.", "Nordic Trade Ltd", "ТехноСервис", "Гамма-Сервис",
    "Астория", "Лукойл", "Вектор", "Звёздочка", "Бета", "Седьмой континент", "Столовая № 5", "Yuzhny Express LLC",
)  # fmt: skip
ROOMS = {
    "412": "Переговорная «Байкал»", "413": None, "А102": "Living Room", "A-103": "Офис", "0215": None, "В205": None,
    "1.07": "Серверная", "12А": "Склад", "305": "Кабинет директора", "102": None,
}  # fmt: skip
SENSORS = {"co2-412": "CO₂ в переговорной", "T_0305.1": None, "leak-07": "Протечка у стояка"}

HOUSE = (
    "INSERT INTO physical.building (id, code, name, address, time_zone, language)"
    " VALUES (1, 'duplex', 'Дуплекс', 'ул. Ленина, 7', 'UTC', 'RU'), (2, 'north', 'Северная башня', NULL, 'UTC', 'RU')",
    "INSERT INTO physical.floor (id, building_id, level, name) VALUES"
    " (10, 1, -1, 'Подвал'), (11, 1, 1, 'Level 1'), (14, 1, 4, 'Четвёртый'), (21, 2, 1, 'Холл')",
)


async def furnish(pool: Pool) -> None:
    for statement in HOUSE:
        await pool.execute(statement)
    for number, name in ROOMS.items():
        await pool.execute(
            "INSERT INTO physical.room (building_id, floor_id, number, name, kind) VALUES (1, 14, $1, $2, 'OFFICE')",
            number,
            name,
        )
    await pool.execute(
        "INSERT INTO physical.room (building_id, floor_id, number, kind) VALUES (2, 21, '412', 'OFFICE')"
    )
    await pool.execute(
        "INSERT INTO physical.alias (room_id, name, language)"
        " SELECT id, 'Аквариум', 'RU' FROM physical.room WHERE number = '413'"
    )
    await pool.executemany("INSERT INTO business.tenant (name) VALUES ($1)", [(name,) for name in TENANTS])
    await pool.execute(
        "INSERT INTO business.lease (number, tenant_id, building_id, period)"
        " SELECT 'Д-2022/014', id, 1, '[2022-01-01,2023-01-01)' FROM business.tenant WHERE name LIKE '%Альфа%'"
    )
    for code, label in SENSORS.items():
        await pool.execute(
            "INSERT INTO telemetry.sensor (building_id, room_id, code, name, kind, unit)"
            " SELECT 1, (SELECT id FROM physical.room WHERE building_id = 1 AND number = '412'), $1, $2, 'OTHER', ''",
            code,
            label,
        )


@pytest.fixture
async def house(pool: Pool) -> Pool:
    await furnish(pool)
    return pool


async def ask(pool: Pool, query: str, *kinds: str) -> list[Hit]:
    async with pool.acquire() as connection:
        return await search(connection, query, kinds or None)


FOUND_FIRST = {
    # numbers
    "412": "412 Переговорная «Байкал»",
    "каб. 412": "412 Переговорная «Байкал»",
    "кабинет №412": "412 Переговорная «Байкал»",
    "room 0412": "412 Переговорная «Байкал»",
    "в 412-й": "412 Переговорная «Байкал»",
    "215": "0215",
    "A102": "А102 Living Room",
    "А102": "А102 Living Room",
    "а 102": "А102 Living Room",
    "a-102": "А102 Living Room",
    "А103": "A-103 Офис",
    "a103": "A-103 Офис",
    "B205": "В205",
    "в205": "В205",
    "107": "1.07 Серверная",
    "1-07": "1.07 Серверная",
    "12a": "12А Склад",
    "t0305.1": "T_0305.1",
    "CO2 412": "co2-412 CO₂ в переговорной",
    "датчик co2 в 412": "co2-412 CO₂ в переговорной",
    "Д-2022/14": "Д-2022/014",
    "договор 14": "Д-2022/014",
    "d 2022 014": "Д-2022/014",
    # numbers in words
    "четыреста двенадцатая": "412 Переговорная «Байкал»",
    "в кабинете четыреста двенадцать": "412 Переговорная «Байкал»",
    "четыре двенадцать": "412 Переговорная «Байкал»",
    "room four twelve": "412 Переговорная «Байкал»",
    "four hundred and thirteen": "413",
    "four hundred thirteen": "413",
    "а сто два": "А102 Living Room",
    "A one oh two": "А102 Living Room",
    "сто вторая": "102",
    "триста пятой": "305 Кабинет директора",
    "триста шестой": None,
    # names, aliases, cases
    "Байкал": "412 Переговорная «Байкал»",
    "переговорная байкал": "412 Переговорная «Байкал»",
    "байкал, переговорная": "412 Переговорная «Байкал»",
    "в Байкале": "412 Переговорная «Байкал»",
    "аквариум": "413",
    "в аквариуме": "413",
    "серверной": "1.07 Серверная",
    "кабинете директора": "305 Кабинет директора",
    "у Альфы": "ООО «Альфа»",
    "альфой": "ООО «Альфа»",
    'ООО "Альфа"': "ООО «Альфа»",
    "компания Альфа": "ООО «Альфа»",
    "Ромашкой": "АО «Ромашка»",
    "ромашек": "АО «Ромашка»",
    "Северном ветре": "Северный ветер",
    "северного ветра": "Северный ветер",
    "ветер северный": "Северный ветер",
    "севветер": None,
    "Кузнецова": "ИП Кузнецов А. В.",
    "ип кузнецовым": "ИП Кузнецов А. В.",
    "Лукойлу": "Лукойл",
    "в Астории": "Астория",
    "звездочки": "Звёздочка",
    "гаммы-сервис": "Гамма-Сервис",
    "столовой 5": "Столовая № 5",
    "седьмом континенте": "Седьмой континент",
    # alphabets
    "Alfa": "ООО «Альфа»",
    "Alpha LLC": "ООО «Альфа»",
    "Romashka": "АО «Ромашка»",
    "Severny Veter": "Северный ветер",
    "severnyj veter": "Северный ветер",
    "Kuznetsov": "ИП Кузнецов А. В.",
    "Zvyozdochka": "Звёздочка",
    "Lukoil": "Лукойл",
    "Vektor": "Вектор",
    "Vector": "Вектор",
    "Южный экспресс": "Yuzhny Express LLC",
    "нордик трейд": "Nordic Trade Ltd",
    "нордика": "Nordic Trade Ltd",
    "Duplex": "Дуплекс",
    # glued, split, slips
    "техно сервис": "ТехноСервис",
    "техносервис": "ТехноСервис",
    "gammaservis": "Гамма-Сервис",
    "северныйветер": "Северный ветер",
    "севеный ветер": "Северный ветер",
    "серевный ветер": "Северный ветер",
    "рамашка": "АО «Ромашка»",
    "ромшка": "АО «Ромашка»",
    "рамашкой": "АО «Ромашка»",
    "Ромaшка": "АО «Ромашка»",
    "кузницов": "ИП Кузнецов А. В.",
    "nordik trad": "Nordic Trade Ltd",
    "альа": "ООО «Альфа»",
    # beginnings
    "гамм": "Гамма-Сервис",
    "рома": "АО «Ромашка»",
    "roma": "АО «Ромашка»",
    # floors, buildings, what a thing is in
    "4 этаж": "Четвёртый",
    "четвертый этаж": "Четвёртый",
    "на четвёртом этаже": "Четвёртый",
    "fourth floor": "Четвёртый",
    "4th floor": "Четвёртый",
    "минус первый этаж": None,
    "этаж -1": "Подвал",
    "подвале": "Подвал",
    "северной башне": "Северная башня",
    "на Ленина 7": "Дуплекс",
    "412 в дуплексе": "412 Переговорная «Байкал»",
    "north 412": "412",
    "412 северная башня": "412",
    "договор Альфы 2022": "Д-2022/014",
    # nothing
    "": None,
    "  ?!  ": None,
    "999": None,
    "ромашка вектор": None,
    "4121": None,
    "411": None,
    "А104": None,
    "%": None,
    "'; drop table": None,
}  # fmt: skip


async def test_what_is_found_first(house: Pool) -> None:
    wrong = {}
    for query, label in FOUND_FIRST.items():
        hits = await ask(house, query)
        first = hits[0].label if hits else None
        if first != label:
            wrong[query] = (label, [(hit.label, hit.score) for hit in hits[:3]])
    assert wrong == {}


async def test_the_very_name_scores_one_and_less_is_less(house: Pool) -> None:
    for query in (
        "412",
        "каб. 412",
        "альфа",
        "ооо альфа",
        "Северный ветер",
        "аквариум",
        "co2-412",
        "д-2022/014",
        "0215",
    ):
        assert (await ask(house, query))[0].score == 1.0, query
    scores = [
        (await ask(house, query, "TENANT"))[0].score for query in ("ромашка", "Romashka", "ромашкой", "ромшка", "рома")
    ]
    assert scores == sorted(scores, reverse=True)
    assert len(set(scores)) == len(scores)
    for query in FOUND_FIRST:
        assert all(0 < hit.score <= 1 for hit in await ask(house, query)), query


async def test_a_number_is_never_taken_for_another(house: Pool) -> None:
    for query in ("411", "4121", "А104", "421", "0413а", "co2-413"):
        assert [hit.label for hit in await ask(house, query)] == [], query
    assert {hit.label for hit in await ask(house, "41", "ROOM")} == {"412 Переговорная «Байкал»", "413", "412"}


async def test_kinds_and_words_for_kinds_narrow(house: Pool) -> None:
    assert {hit.kind for hit in await ask(house, "412")} == {"ROOM", "SENSOR"}
    assert {hit.kind for hit in await ask(house, "412", "SENSOR")} == {"SENSOR"}
    assert (await ask(house, "датчик 412"))[0].kind == "SENSOR"
    assert await ask(house, "412", "NO_SUCH_KIND") == []


async def test_the_same_question_has_the_same_answer_and_a_limit_cuts_its_end(house: Pool) -> None:
    whole = await ask(house, "4")
    assert whole == await ask(house, "4")
    assert len(whole) > 4
    async with house.acquire() as connection:
        assert await search(connection, "4", most=3) == whole[:3]


async def labels(pool: Pool, query: str) -> list[str]:
    return [hit.label for hit in await ask(pool, query)]


async def test_the_index_follows_every_change(house: Pool) -> None:
    await house.execute("UPDATE business.tenant SET name = 'Лютик' WHERE name = 'АО «Ромашка»'")
    assert await labels(house, "ромашка") == []
    assert await labels(house, "лютика") == ["Лютик"]
    await house.execute("DELETE FROM business.tenant WHERE name = 'Лютик'")
    assert await labels(house, "лютик") == []
    await house.execute("UPDATE physical.alias SET name = 'Террариум' WHERE name = 'Аквариум'")
    assert await labels(house, "аквариум") == []
    assert await labels(house, "террариум") == ["413"]
    await house.execute("UPDATE physical.alias SET room_id = (SELECT id FROM physical.room WHERE number = '102')")
    assert await labels(house, "террариум") == ["102"]
    await house.execute("UPDATE physical.room SET number = '777' WHERE number = '102'")
    assert await labels(house, "террариум") == ["777"]
    await house.execute("DELETE FROM physical.alias")
    assert await labels(house, "террариум") == []
    await house.execute("TRUNCATE telemetry.sensor CASCADE")
    assert await labels(house, "co2-412") == []
    await house.execute("DELETE FROM business.lease")
    await house.execute("DELETE FROM physical.room")
    await house.execute("DELETE FROM physical.floor")
    await house.execute("DELETE FROM physical.building")
    await house.execute("DELETE FROM business.tenant")
    assert await house.fetchval("SELECT count(*) FROM physical.search_word") == 0


async def test_a_room_renamed_and_named_again_at_once_keeps_both_names(house: Pool, database: str) -> None:
    other = await create_pool(database, 2)
    async with house.acquire() as first, other.acquire() as second:
        renaming = first.transaction()
        await renaming.start()
        await first.execute("UPDATE physical.room SET name = 'Оранжерея' WHERE number = '413'")
        naming = asyncio.create_task(
            second.execute(
                "INSERT INTO physical.alias (room_id, name, language)"
                " SELECT id, 'Тропики', 'RU' FROM physical.room WHERE number = '413'"
            )
        )
        await asyncio.sleep(0.1)
        await renaming.commit()
        await naming
    await other.close()
    for name in ("оранжерея", "тропики", "аквариум", "413"):
        assert (await labels(house, name))[:1] == ["413 Оранжерея"], name


async def test_secrets_of_a_tenant_find_nothing(house: Pool) -> None:
    await house.execute(
        "UPDATE business.tenant SET tax_number = '7701234567', phone = '+7 999 1234567', email = 'secret@example.com',"
        " contact = 'Пётр Скрытный' WHERE name = 'Вектор'"
    )
    for query in ("7701234567", "1234567", "secret", "Скрытный"):
        assert await labels(house, query) == [], query


RUSSIAN = "абвгдежзиклмнопрстуфхцчшщэюя"
ENGLISH = "abcdefghijklmnopqrstuvwxyz"


@st.composite
def slipped(draw: st.DrawFn) -> tuple[str, str]:
    """A tenant's name and the same with one letter of a word of four or more lost, added, changed or swapped."""
    name = draw(st.sampled_from([name for name in TENANTS if not any(letter.isdigit() for letter in name)]))
    words = [word.strip("«»") for word in name.split() if len(word.strip("«»")) >= 4]
    word = draw(st.sampled_from(words))
    at = draw(st.integers(0, len(word) - 1))
    letter = draw(st.sampled_from(RUSSIAN if word[0].lower() in RUSSIAN else ENGLISH))
    change = draw(st.sampled_from(["lose", "add", "replace", "swap"]))
    slip = {
        "lose": word[:at] + word[at + 1 :],
        "add": word[:at] + letter + word[at:],
        "replace": word[:at] + letter + word[at + 1 :],
        "swap": word[:at] + word[at : at + 2][::-1] + word[at + 2 :],
    }[change]
    asked = name.replace(word, slip)
    return name, draw(st.sampled_from([asked, asked.lower(), asked.upper(), asked.title()]))


async def furnish_at(database: str) -> None:
    async with asyncpg.create_pool(database, min_size=1, max_size=2) as pool:
        await furnish(pool)


@pytest.fixture
def kept(database: str) -> Iterator[psycopg.Connection]:
    """A furnished house that all examples of a property share."""
    asyncio.run(furnish_at(database))
    with psycopg.connect(database) as connection:
        yield connection


@given(case=slipped())
def test_a_slip_of_the_finger_still_finds_the_name(kept: psycopg.Connection, case: tuple[str, str]) -> None:
    name, query = case
    rows = kept.execute("SELECT label FROM physical.search(%s)", (query,)).fetchall()
    assert (name,) in rows


NOUNS = {
    "Ромашка": "Ромашки Ромашке Ромашку Ромашкой Ромашками",
    "Альфа": "Альфы Альфе Альфу Альфой",
    "Вектор": "Вектора Вектору Вектором Векторе Векторы Векторов",
    "Северный ветер": "Северного|ветра Северному|ветру Северным|ветром Северном|ветре",
    "Астория": "Астории Асторию Асторией",
    "Лукойл": "Лукойла Лукойлу Лукойлом Лукойле",
    "Седьмой континент": "Седьмого|континента Седьмому|континенту Седьмым|континентом Седьмом|континенте",
    "Столовая": "Столовой Столовую",
    "Кузнецов": "Кузнецова Кузнецову Кузнецовым Кузнецове",
    "Звёздочка": "Звёздочки Звездочке Звёздочку Звездочкой",
    "Гамма-Сервис": "Гаммы-Сервис Гаммой-Сервисом Гамме-Сервисе",
}


async def test_every_case_of_a_name_finds_it(house: Pool) -> None:
    for name, forms in NOUNS.items():
        for form in forms.replace("|", "~").split():
            hits = await ask(house, "у " + form.replace("~", " "), "TENANT")
            assert hits, form
            assert name in hits[0].label, (form, hits)
            assert hits[0].score > 0.7, (form, hits)
