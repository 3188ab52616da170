"""Replies are filled in from results, and rejected when they say more than the results do."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from agent import plain
from agent.contract import contract
from agent.proof import Rejected, names_in, prove
from agent.render import Setting, duration, number, zone_of
from agent.results import Outcome, Result
from agent.template import BadTemplate, parse
from agent.tools import build

BOX = build(contract())
NOW = datetime(2022, 10, 20, 12, 15, tzinfo=UTC)
RU = Setting("ru", zone_of("Europe/Moscow"), NOW, {"building_2": zone_of("Europe/Amsterdam")})
EN = Setting("en", zone_of("Europe/Moscow"), NOW, RU.zones)


def result(
    n: int,
    tool: str,
    value: dict[str, Any],
    arguments: dict[str, Any] | None = None,
    outcome: Outcome = Outcome.READ,
    **more: Any,
) -> Result:
    return Result(n, tool, BOX.tools.get(tool), f"c{n}", arguments or {}, value, outcome, **more)


def sensor(room: str, value: float | None, kind: str = "CO2", unit: str = "ppm", **more: Any) -> dict[str, Any]:
    return {
        "id": f"sensor_{room}", "code": f"co2-{room}", "kind": kind, "unit": unit, "value": value, "at": "2022-10-20T11:15:00+00:00",
        "status": "OK", "room": {"id": f"room_{room}", "number": room}, "interval": 900, **more,
    }  # fmt: skip


SENSORS = result(
    1,
    "sensors",
    {"nodes": [sensor("A102", 1234.5), sensor("B7", None)], "hasMore": False, "total": 2},
    {"kind": ["CO2"], "level": 2},
)
MORE = result(1, "sensors", {"nodes": [sensor("A102", 913.0)], "hasMore": True, "total": 40})
CUT = result(
    1,
    "readings",
    {"nodes": [{"at": "2022-10-20T11:15:00+00:00", "value": 2.0, "unit": "°C"}], "hasMore": True, "total": None},
)
NOTHING = result(1, "alarms", {"nodes": [], "hasMore": False, "total": 0})
NULL = result(1, "room", {})
ALARM = {
    "id": "alarm_1", "title": "Душно в A102", "state": "ACTIVE", "active": True, "acknowledged": False, "priority": "CRITICAL", "value": 0.0,
    "unit": "ppm", "raisedAt": "2022-10-20T11:15:00+00:00", "returnedAt": None, "occurrences": 3,
}  # fmt: skip
ALARMS = result(1, "alarms", {"nodes": [ALARM], "hasMore": False, "total": 1})
DONE = result(1, "acknowledgeAlarm", {"__typename": "Alarm", **ALARM}, {"alarm": "alarm_1"}, Outcome.DONE)
REFUSED = result(
    1, "acknowledgeAlarm", {"__typename": "AlarmClosed", "code": "C", "message": "Тревога закрыта"}, {}, Outcome.REFUSED
)
DECLINED = result(1, "acknowledgeAlarm", {"message": "…"}, {}, Outcome.DECLINED)
FAILED = result(1, "alarms", {"error": {"code": "X", "message": "Граф не ответил"}}, {}, Outcome.FAILED)


def text(reply: str, *results: Result, setting: Setting = RU, names: Any = ()) -> str:
    return prove(reply, results, contract(), setting, names).text


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        ("CO2: {r1.nodes[0].value}", "CO2: 1234,5\u00a0ppm"),
        ("{r1.nodes[-1].room.number}", "B7"),
        ("{r1.nodes[0].room}", "A102"),
        ("{r1.nodes[0].at}", "20 октября 2022, 14:15"),
        ("{r1.nodes[0].at | time}, {r1.nodes[0].at | date}", "14:15, 20 октября 2022"),
        ("{r1.nodes[0].at | ago}; {r1.nodes[0].at | since}", "1\u00a0ч назад; 1\u00a0ч"),
        ("{r1.nodes[0].kind}, {r1.nodes[0].status}", "CO₂, исправен"),
        ("{r1.nodes[0].interval}", "15\u00a0мин"),
        ("{r1.nodes[1].value}", "нет данных"),
        ('{r1.nodes[1].value | or "нет показаний"}', "нет показаний"),
        ("{r1.nodes[*].room.number}", "A102, B7"),
        ("{r1.nodes[*].value | max}", "1234,5\u00a0ppm"),
        ("{r1.nodes[*].value | mean | round 0}", "1234\u00a0ppm"),
        ("{r1.nodes | count}", "2"),
        ('{r1.total | plural "датчик" "датчика" "датчиков"}', "2 датчика"),
        ('Датчик{r1.total | form "" "а" "ов"}', "Датчика"),
        ("{r1.nodes[0].value | bare}", "1234,5"),
        ("{r1.nodes[0].kind | cap}", "CO₂"),
        ("На этаже {a1.level}: {a1.kind}, {r1.total}", "На этаже 2: CO₂, 2"),
        ("Сейчас {now | time}, {r1.total}", "Сейчас 15:15, 2"),
        ("{if r1.nodes[0].value > 1000}Душно{else}Свежо{end}", "Душно"),
        ("{if r1.nodes[0].kind == CO2}Воздух{end}", "Воздух"),
        ("{if not r1 empty}Есть: {r1.total}{end}", "Есть: 2"),
        ("{for s in r1.nodes sep \"; \"}{s.room.number}{if not s.value}: нет данных{end}{end}", "A102; B7: нет данных"),
        ("Список:\n{for s in r1.nodes}\n• {s.room.number}\n{end}\nКонец: {r1.total}", "Список:\n• A102\n• B7\nКонец: 2"),
        ("{for s in r1.nodes limit 1 sep \", \"}{s.room.number}{end}", "A102, … и ещё 1"),
        ("{if r1 complete}Это все датчики: {r1.nodes[*].code}{end}", "Это все датчики: co2-A102, co2-B7"),
    ],
)  # fmt: skip
def test_references_are_filled_in(reply, said):
    assert text(reply, SENSORS) == said


def test_english_has_its_own_numbers_units_and_words():
    reply = '{r1.nodes[0].value}, {r1.nodes[0].at}, {r1.nodes[0].status}, {r1.total | plural "sensor" "sensors"}'
    assert text(reply, SENSORS, setting=EN) == "1234.5\u00a0ppm, 20 October 2022, 14:15, working, 2 sensors"


def test_times_are_those_of_the_building_that_a_thing_stands_in():
    there = result(1, "sensor", sensor("1", 1.0, building={"id": "building_2", "name": "West"}))
    assert text("{r1.at}", there) == "20 октября 2022, 13:15"


def test_units_may_stand_in_another_field():
    lease = result(
        1, "lease", {"id": "lease_1", "number": "7", "rent": "150000.50", "currency": "RUB", "end": "2023-01-31"}
    )
    assert text("{r1.rent}, {r1.end}", lease) == "150\u00a0000,5\u00a0₽, 31 января 2023"


def test_a_list_that_is_not_whole_says_so_itself():
    assert text("{for s in r1.nodes}{s.room.number}\n{end}", MORE) == "A102\n… и ещё 39"
    assert text('{for s in r1.nodes sep ", "}{s.value}{end}', CUT) == "2\u00a0°C, … это не всё"
    assert text("{r1.nodes[*].value}", CUT) == "2\u00a0°C, … это не всё"


@pytest.mark.parametrize(
    "reply",
    [
        "Там 1234 ppm: {r1.nodes[0].value}", "Там двое: {r1.total}", "На пятом этаже: {r1.total}", "Twenty: {r1.total}", "three: {r1.total}",
        "В A102: {r1.nodes[0].value}", "Датчик co2-B7: {r1.total}", "Душно везде.", "Проверяю, минутку.", "Тревог нет. {r1.total}",
        "Ничего не найдено: {r1.total}", "There is nothing here {r1.total}", "Готово! {r1.total}", "Тревога подтверждена {r1.total}", "I have closed it {r1.total}",
        "{r2.total}", "{r1.nodes[7].value}", "{r1.nodes[0].colour}", "{r1.nodes[0].x}", "{x.value}", "{r1.nodes[0].value", "{for s in r1.total}a{end}", "{r1.nodes[0].kind | plural \"а\" \"б\"}",
        "{r1.nodes[0].value | shout}", "{if r1 done}Готово{end}", "{if r1 empty}Тревог нет{end}", "", "{r1.nodes[0].value | time}",
    ],
)  # fmt: skip
def test_what_the_results_do_not_say_is_rejected(reply):
    with pytest.raises(Rejected) as told:
        text(reply, SENSORS, names=names_in([SENSORS.value], contract()))
    assert str(told.value)


@pytest.mark.parametrize(
    "reply",
    [
        "{r1.nodes | count}",
        "{r1.nodes[*].value | max}",
        "Все датчики: {r1.nodes[*].code}",
        "{if r1 complete}x{end}",
        "All: {r1.nodes[0].code}",
    ],
)
def test_a_part_is_not_taken_for_the_whole(reply):
    if "count" in reply:
        assert text(reply, MORE) == "40"
    with pytest.raises(Rejected):
        text(reply, CUT)


@pytest.mark.parametrize("reply", ["Тревог нет.", "{if r1 empty}Ничего не горит.{end}", "No alarms at all"])
def test_nothing_may_be_said_when_the_graph_says_so(reply):
    if "all" not in reply:
        assert text(reply, NOTHING)
    for other in (ALARMS, MORE, CUT, FAILED if "{" in reply else ALARMS):
        with pytest.raises(Rejected):
            text(reply, other)


def test_a_later_page_that_is_empty_does_not_mean_that_there_is_nothing():
    with pytest.raises(Rejected):
        text(
            "Тревог нет.",
            result(1, "alarms", {"nodes": [], "hasMore": False, "total": 3, "hasEarlier": True}, whole=False),
        )


@pytest.mark.parametrize(
    ("reply", "of", "said"),
    [
        ("{if r1 done}Готово, подтверждена: {r1.title}{end}", DONE, "Готово, подтверждена: Душно в A102"),
        ("Подтвердила: {r1.title}", DONE, "Подтвердила: Душно в A102"),
        ("{if r1 refused}{r1.message}{end}", REFUSED, "Тревога закрыта"),
        ("{if r1 declined}Хорошо, не подтверждаю.{end}", DECLINED, "Хорошо, не подтверждаю."),
        ("{if r1 failed}{r1.error.message}{end}", FAILED, "Граф не ответил"),
        ("{if r1.nodes[0].active}Активна: {r1.nodes[0].title}{end}", ALARMS, "Активна: Душно в A102"),
        ("{if r1.nodes[0].acknowledged}Подтверждена{else}Не подтверждена{end}", ALARMS, "Не подтверждена"),
        ("{if r1.nodes[0].returnedAt}{r1.nodes[0].returnedAt}{else}Ещё нет{end}", ALARMS, "Ещё нет"),
        ("{r1.nodes[0].value}, {r1.nodes[0].occurrences}", ALARMS, "0\u00a0ppm, 3"),
        ("Такой комнаты нет.", NULL, "Такой комнаты нет."),
    ],
)
def test_claims_are_backed_by_outcomes(reply, of, said):
    assert text(reply, of) == said


@pytest.mark.parametrize("of", [REFUSED, DECLINED, FAILED, ALARMS])
@pytest.mark.parametrize(
    "reply", ["Готово.", "Тревога подтверждена.", "Done!", "{if r1 done}Готово{end}", "I acknowledged it."]
)
def test_done_is_not_said_of_what_was_not_done(of, reply):
    with pytest.raises(Rejected):
        text(reply, of)


def test_small_talk_needs_no_proof_but_may_hold_no_fact():
    assert text("Здравствуйте! Чем помочь?") == "Здравствуйте! Чем помочь?"
    for fact in ("В здании 5 тревог.", "Пять тревог.", "Всё спокойно.", "Тревог нет.", "Готово."):
        with pytest.raises(Rejected):
            text(fact)


@pytest.mark.parametrize(
    "reply",
    [
        "Кабинет свободен.",
        "Там душно.",
        "Сейчас в здании спокойно.",
        "The room is vacant.",
        "Снимает её Альфа.",
        "Это «Ромашка».",
        "It is Alfa.",
    ],
)
def test_a_model_that_cites_nothing_may_not_even_seem_to_assert(reply):
    with pytest.raises(Rejected):
        prove(reply, [], contract(), RU, strict=True)


@pytest.mark.parametrize(
    "reply",
    [
        "Здравствуйте! Чем помочь?",
        "Какая комната, свободная или занятая?",
        "Этого я не умею.",
        "I can tell you about the building.",
        "Уточните, пожалуйста, о каком этаже речь.",
    ],
)
def test_a_model_may_greet_ask_and_decline(reply):
    assert prove(reply, [], contract(), RU, strict=True).text == reply


def test_names_are_forbidden_as_words_but_kinds_of_things_are_not():
    names = names_in([{"name": "Альфа", "kind": "x"}, {"nodes": [{"number": "A102"}, {"name": "коридор"}]}], contract())
    assert {"Альфа", "A102"} <= names
    assert "коридор" not in names


def test_what_the_graph_holds_is_said_as_it_is_and_never_read_as_a_template():
    evil = result(1, "tenant", {"id": "tenant_1", "name": "{r1.id} {if x}\u202e\n<b>*Готово*</b>"})
    assert text("Арендатор: {r1.name}", evil) == "Арендатор: {r1.id} {if x} <b>*Готово*</b>"


def test_each_reference_comes_with_its_proof():
    proven = prove("{r1.nodes[0].value}, {r1.nodes[*].code}{if r1 complete}.{end}", [SENSORS], contract(), RU)
    assert [(p.reference, p.value, p.text) for p in proven.proofs] == [
        ("r1.nodes[0].value", 1234.5, "1234,5\u00a0ppm"),
        ("r1.nodes[*].code", ["co2-A102", "co2-B7"], "co2-A102, co2-B7"),
        ("r1 complete", True, ""),
    ]
    assert {p.tool for p in proven.proofs} == {"sensors"}
    assert proven.proofs[0].arguments == {"kind": ["CO2"], "level": 2}


ALL = [SENSORS, MORE, CUT, NOTHING, NULL, ALARMS, DONE, REFUSED, DECLINED, FAILED]


@pytest.mark.parametrize("of", ALL, ids=range(len(ALL)))
@pytest.mark.parametrize("setting", [RU, EN], ids=["ru", "en"])
def test_a_plain_rendering_is_always_proven(of, setting):
    reply = plain.reply([of], setting.language)
    assert text(reply, of, setting=setting, names=names_in([of.value], contract()))


@given(
    st.text(alphabet='{}[]|."r1 nodesforif endelse*', max_size=40)
    | st.lists(
        st.sampled_from(["{if r1}", "{else}", "{end}", "{for s in r1}", "{|", "}", "{r1", " limit ", "²", "|", "x"])
    ).map("".join)
)
@example("{|}")
@example("{r1[" + "9" * 5000 + "]}")
@example("{for s in r1.nodes limit ²}{end}")
@example("{for s in r1.nodes limit " + "9" * 5000 + "}{end}")
@example("{if r1}" * 1000)
@example("{if r1}{end}" * 1000)
def test_any_text_is_parsed_or_refused(reply):
    with suppress(BadTemplate):
        parse(reply)


@given(st.floats(allow_nan=False, allow_infinity=False, width=32))
def test_numbers_are_read_back_as_they_were(value):
    shown = number(value, "en").replace(",", "").replace("−", "-")
    assert abs(float(shown) - value) <= 0.005 + abs(value) * 1e-9


@pytest.mark.parametrize(("seconds", "said"), [(0, "0 s"), (59.6, "1 min"), (3725, "1 h 2 min"), (200000, "2 d 7 h")])
def test_spans_of_time_in_their_two_greatest_parts(seconds, said):
    assert duration(seconds, "en").replace("\u00a0", " ") == said
