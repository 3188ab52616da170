"""Turns of phrase for replies: periods, kinds, priorities; facts only by reference."""

from __future__ import annotations

from datetime import datetime

from agent.offline.calendar import Period
from agent.offline.question import Context, Language, Question

MONTHS_IN = {
    "ru": [
        "январе",
        "феврале",
        "марте",
        "апреле",
        "мае",
        "июне",
        "июле",
        "августе",
        "сентябре",
        "октябре",
        "ноябре",
        "декабре",
    ],
    "en": [
        "January",
        "February",
        "March",
        "April",
        "May",
        "June",
        "July",
        "August",
        "September",
        "October",
        "November",
        "December",
    ],
}
PERIODS = {
    "today": ("сегодня", "today"), "yesterday": ("вчера", "yesterday"), "tomorrow": ("завтра", "tomorrow"),
    "last hour": ("за последний час", "in the last hour"), "last day": ("за сутки", "in the last day"),
    "last week": ("за неделю", "in the last week"), "last month": ("за месяц", "in the last month"),
    "last quarter": ("за квартал", "in the last quarter"), "last year": ("за год", "in the last year"),
    "last shift": ("за смену", "during the shift"),
    "this week": ("на этой неделе", "this week"), "previous week": ("на прошлой неделе", "last week"),
    "next week": ("на следующей неделе", "next week"),
    "this month": ("в этом месяце", "this month"), "previous month": ("в прошлом месяце", "last month"),
    "next month": ("в следующем месяце", "next month"),
    "this quarter": ("в этом квартале", "this quarter"), "previous quarter": ("в прошлом квартале", "last quarter"),
    "next quarter": ("в следующем квартале", "next quarter"),
    "this year": ("в этом году", "this year"), "previous year": ("в прошлом году", "last year"),
    "next year": ("в следующем году", "next year"),
    "this weekend": ("в выходные", "at the weekend"), "previous weekend": ("в прошлые выходные", "last weekend"),
    "morning": ("утром", "in the morning"), "afternoon": ("днём", "in the afternoon"),
    "evening": ("вечером", "in the evening"), "night": ("ночью", "at night"), "ever": ("за всё время", "ever"),
}  # fmt: skip
ABOUT = {
    "TEMPERATURE": ("по температуре", "temperature"), "HUMIDITY": ("по влажности", "humidity"),
    "CO2": ("по CO2", "CO2"),
    "OCCUPANCY": ("по присутствию", "occupancy"), "MOTION": ("по движению", "motion"), "DOOR": ("по дверям", "door"),
    "LEAK": ("о протечке", "leak"), "SMOKE": ("о дыме", "smoke"), "POWER": ("по электричеству", "power"),
    "LIGHT": ("по освещённости", "light"), "NOISE": ("по шуму", "noise"), "VALVE": ("по клапанам", "valve"),
    "OTHER": ("по прочему", "other"),
}  # fmt: skip
CATEGORIES = {
    "FIRE": ("пожарная", "пожарные", "пожарных", "fire"), "SECURITY": ("охранная", "охранные", "охранных", "security"),
    "EQUIPMENT": ("по оборудованию", "по оборудованию", "по оборудованию", "equipment"),
}  # fmt: skip
PRIORITIES = {
    ("CRITICAL",): ("критическая", "критические", "критических", "critical"),
    ("HIGH", "CRITICAL"): ("срочная", "срочные", "срочных", "urgent"),
}


def period(when: Period | None, context: Context, language: Language, start: str, end: str) -> str:
    """When, in words; `start` and `end` are references to the bounds as they were asked for."""
    n = 0 if language == "ru" else 1
    if when is None or (when.start is None and when.end is None):
        return ""
    if when.name in PERIODS and (
        when.name not in ("morning", "afternoon", "evening", "night") or _recent(when, context)
    ):
        return PERIODS[when.name][n]
    if when.name == "month" and when.start and when.start.year == context.now.astimezone(context.zone).year:
        return f"{('в', 'in')[n]} {MONTHS_IN[language][when.start.month - 1]}"
    if when.one_day and _midnight(when.start) and _midnight(when.end):
        return f"{('', 'on ')[n]}{{{start} | date}}"
    if when.one_day and not when.point:
        return (
            f"{{{start} | date}} с {{{start} | time}} до {{{end} | time}}",
            f"on {{{start} | date}} from {{{start} | time}} to {{{end} | time}}",
        )[n]
    since, until = _bound(when.start, start), _bound(when.end, end)
    if when.end is None:
        return f"{('с', 'since')[n]} {since}"
    if when.start is None:
        return f"{('до', 'before')[n]} {until}"
    if _midnight(when.end):
        return f"{('с', 'from')[n]} {since} {('по', 'to')[n]} {{{end} | eve}}"
    return f"{('с', 'from')[n]} {since} {('до', 'to')[n]} {until}"


def _recent(when: Period, context: Context) -> bool:
    return (when.end is not None and 0 <= (context.now - when.end).total_seconds() < 86400) or when.end is None


def _midnight(at: datetime | None) -> bool:
    return at is not None and (at.hour, at.minute) == (0, 0)


def _bound(at: datetime | None, reference: str) -> str:
    return f"{{{reference} | date}}" if _midnight(at) else f"{{{reference}}}"


def alarm_forms(q: Question, *, active: bool) -> tuple[str, str, str]:
    """The noun with its adjectives in the three Russian forms; the first two are the English ones in English."""
    if q.language == "en":
        parts = ["active"] if active else []
        parts += ["unacknowledged"] if q.acknowledged is False else ["open"] if q.open else []
        parts += [PRIORITIES[q.priorities][3]] if q.priorities in PRIORITIES else []
        parts += [CATEGORIES[c][3] for c in q.categories] + [ABOUT[k][1] for k in q.kinds if len(q.kinds) == 1]
        before = " ".join(parts)
        after = "" if q.priorities in PRIORITIES or not q.priorities else " of priority {#1.priority}"
        return f"{before} alarm".strip() + after, f"{before} alarms".strip() + after, f"{before} alarms".strip() + after
    adjectives: list[tuple[str, str, str]] = []
    if active:
        adjectives.append(("активная", "активные", "активных"))
    if q.acknowledged is False:
        adjectives.append(("неподтверждённая", "неподтверждённые", "неподтверждённых"))
    if q.open:
        adjectives.append(("незакрытая", "незакрытые", "незакрытых"))
    if q.priorities in PRIORITIES:
        adjectives.append(PRIORITIES[q.priorities][:3])
    adjectives += [CATEGORIES[c][:3] for c in q.categories if c != "EQUIPMENT"]
    about = (
        f" {ABOUT[q.kinds[0]][0]}" if len(q.kinds) == 1 else " по оборудованию" if "EQUIPMENT" in q.categories else ""
    )
    forms = [
        " ".join([*(a[n] for a in adjectives), noun]) + about for n, noun in enumerate(("тревога", "тревоги", "тревог"))
    ]
    return forms[0], forms[1], forms[2]


def plural(forms: tuple[str, str, str], language: Language) -> str:
    """The filter that says a number with its noun."""
    shown = forms if language == "ru" else forms[:2]
    return "plural " + " ".join(f'"{form}"' for form in shown)


def cap(text: str) -> str:
    """The first letter as a capital, unless the text begins with a reference."""
    return text[:1].upper() + text[1:]


def line(*parts: str) -> str:
    """Parts of a sentence with single spaces between them."""
    return " ".join(p.strip() for p in parts if p.strip())
