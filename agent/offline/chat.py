"""What is said without asking the house anything: greetings, help, and that a question was not understood."""

from __future__ import annotations

from agent.offline.question import Context, Question, Topic
from agent.offline.steps import Plan, Reply, ask, call, either, reply

EXAMPLES = (
    "«Какие сейчас тревоги?», «Где душно?» или «Какие договоры заканчиваются в этом квартале?»",
    "“Which alarms are active now?”, “Where is it stuffy?” or “Which leases end this quarter?”",
)
TEXTS: dict[Topic, tuple[str, str]] = {
    Topic.HELLO: (
        f"Здравствуйте! Спрашивайте о здании, например: {EXAMPLES[0]}",
        f"Hello! Ask me about the building, for instance: {EXAMPLES[1]}",
    ),
    Topic.THANKS: ("Пожалуйста! Обращайтесь.", "You are welcome!"),
    Topic.BYE: ("До свидания!", "Goodbye!"),
    Topic.HELP: (
        "Я отвечаю о здании по его данным:\n"
        "• тревоги: «Какие тревоги были вчера?», «Подтверди последнюю»;\n"
        "• датчики: «Где самая высокая температура?», «Какие датчики молчат?»;\n"
        "• прошлое: «Как менялась влажность за сутки?»;\n"
        "• аренда: «Кто снимает эту комнату?», «Какие договоры скоро заканчиваются?»;\n"
        "• помещения: «Что свободно?», «Какая площадь у переговорной?»;\n"
        "• планы: «План этажа с арендаторами», «Тепловая карта температуры», «Проиграй тревогу».\n"
        "Прежде чем что-то изменить, я покажу изменение и спрошу.",
        "I answer about the building from its data:\n"
        "• alarms: “Which alarms were there yesterday?”, “Acknowledge the last alarm”;\n"
        "• sensors: “Where is the temperature highest?”, “Which sensors are silent?”;\n"
        "• the past: “How was the humidity yesterday?”;\n"
        "• leases: “Who rents this room?”, “Which leases end soon?”;\n"
        "• rooms: “What is vacant?”, “How big is the meeting room?”;\n"
        "• plans: “A plan of this floor with tenants”, “A heat map of temperature”, “Replay the alarm”.\n"
        "Before I change anything I show the change and ask.",
    ),
    Topic.SCOPE: (
        f"Это не ко мне: я знаю только здание. Спросите, например: {EXAMPLES[0]}",
        f"That is outside of what I know: I only know the building. Ask, for instance: {EXAMPLES[1]}",
    ),
    Topic.UNCLEAR: (
        f"Не понял вопрос. Спросите, например: {EXAMPLES[0]}",
        f"I did not get that. Ask, for instance: {EXAMPLES[1]}",
    ),
    Topic.REFUSED: ("Хорошо, оставляю как есть.", "All right, I leave it as it is."),
    Topic.HOWTO: (
        "Скажите: «Подтверди последнюю тревогу» или «Подтверди тревогу в серверной с комментарием: проверили».\n"
        "Я покажу, что изменится, и спрошу.",
        "Say: “Acknowledge the last alarm” or “Acknowledge the alarm in the server room with a note: seen”.\n"
        "I will show what changes and ask.",
    ),
}  # fmt: skip


def chat(q: Question, context: Context) -> Plan:
    """A text of our own, without facts."""
    yield from ()
    return Reply(either(q.language, *TEXTS[q.topic]))


def me(q: Question, context: Context) -> Plan:
    """Who the person is to the house."""
    got = (yield from ask([call("me")]))[0]
    building = (
        '{if @1.grants}{for g in @1.grants sep "; "}{g.role}{if g.building}, {g.building.name}{end}'
        "{if g.tenant}, {g.tenant.name}{end}{end}{else}—{end}"
    )
    if not got.value.get("user"):
        return reply(q.language, "Роли: {@1.roles}.", "Roles: {@1.roles}.", got)
    return reply(
        q.language, f"Вы — {{@1.user.name}}. Права: {building}.", f"You are {{@1.user.name}}. Rights: {building}.", got
    )


def clock(q: Question, context: Context) -> Plan:
    """What time it is in the house."""
    got = (yield from ask([call("house")]))[0]
    return reply(
        q.language,
        "Сейчас {@1.now}{if @1.simulated} (время в доме условное){end}.",
        "It is {@1.now}{if @1.simulated} (the house runs on simulated time){end}.",
        got,
    )
