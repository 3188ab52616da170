"""What somebody who takes over a shift asks: what matters now, and how the alarms have been."""

from __future__ import annotations

from agent.offline.alarms import line
from agent.offline.question import Context, Question
from agent.offline.steps import Plan, ask, call, reply

SHOWN = 5
OPEN = ["ACTIVE", "ACKNOWLEDGED", "RETURNED", "LATCHED"]
NOW_RU = (
    "{if @1 empty}Зданий, видимых вам, нет.{else}"
    'Сейчас {@1.live | plural "тревога" "тревоги" "тревог"}{if @1.live > 0}: критических {@1.critical},'
    " срочных {@1.high}; ждут подтверждения: {@1.unacknowledged}{end}."
)
NOW_EN = (
    "{if @1 empty}There is no building that you can see.{else}"
    '{@1.live | plural "alarm" "alarms"} now{if @1.live > 0}: {@1.critical} critical, {@1.high} high;'
    " waiting for an acknowledgement: {@1.unacknowledged}{end}."
)
REST_RU = (
    "{if @1.panelCount > 0}\nСообщений пожарной панели: {@1.panelCount}.{end}"
    "{if @1.incidentCount > 0}\nИнцидентов: {@1.incidentCount}."
    "\n{for s in @3.nodes limit 5}\n• {s.title} — с {s.openedAt}, живых тревог: {s.liveCount}\n{end}{end}"
    "{if @1.shelvedCount > 0}\nОтложено тревог: {@1.shelvedCount}.{end}"
    "{if @1.suppressedCount > 0}\nПодавлено в свободных комнатах: {@1.suppressedCount}.{end}"
    "{if @1.outOfServiceCount > 0}\nТревог датчиков на обслуживании: {@1.outOfServiceCount}.{end}"
    '{if @1.silentCount > 0}\nМолчат: {@1.silentCount | plural "датчик" "датчика" "датчиков"}.{end}'
    '{if @1.faultyCount > 0}\nНеисправны: {@1.faultyCount | plural "датчик" "датчика" "датчиков"}.{end}{end}'
)
REST_EN = (
    "{if @1.panelCount > 0}\nFire panel reports: {@1.panelCount}.{end}"
    "{if @1.incidentCount > 0}\nIncidents: {@1.incidentCount}."
    "\n{for s in @3.nodes limit 5}\n• {s.title} — since {s.openedAt}, live alarms: {s.liveCount}\n{end}{end}"
    "{if @1.shelvedCount > 0}\nShelved alarms: {@1.shelvedCount}.{end}"
    "{if @1.suppressedCount > 0}\nSuppressed in vacant rooms: {@1.suppressedCount}.{end}"
    "{if @1.outOfServiceCount > 0}\nAlarms of sensors under maintenance: {@1.outOfServiceCount}.{end}"
    '{if @1.silentCount > 0}\nSilent: {@1.silentCount | plural "sensor" "sensors"}.{end}'
    '{if @1.faultyCount > 0}\nBroken: {@1.faultyCount | plural "sensor" "sensors"}.{end}{end}'
)
FIGURES_RU = (
    "{if @1 empty}Статистика тревог вам недоступна.{else}"
    'С {@1.since} по {@1.until} тревоги возникали {@1.raises | plural "раз" "раза" "раз"}'
    "{if @1.dailyRate}, в среднем {@1.dailyRate} в сутки{end}; пик за короткий отрезок: {@1.peakRate}"
    "{if @1.peakAt} ({@1.peakAt}){end}.\nОтрезков с лавиной тревог: {@1.floodSlots} из {@1.slots}."
    " Держатся: {@1.standing}, из них дольше суток: {@1.stale}. Дребезжат: {@1.chattering}.{end}"
)
FIGURES_EN = (
    "{if @1 empty}The statistics of alarms are not open to you.{else}"
    'From {@1.since} to {@1.until} alarms were raised {@1.raises | plural "time" "times"}'
    "{if @1.dailyRate}, {@1.dailyRate} a day on average{end}; the most in a slot: {@1.peakRate}"
    "{if @1.peakAt} ({@1.peakAt}){end}.\nSlots with a flood: {@1.floodSlots} of {@1.slots}."
    " Standing: {@1.standing}, of these for more than a day: {@1.stale}. Chattering: {@1.chattering}.{end}"
)


def situation(q: Question, context: Context) -> Plan:
    """The page of what matters now, the most urgent alarms, and the open incidents."""
    got = yield from ask([
        call("situation", building=q.building),
        call(
            "alarms", building=q.building, state=OPEN, annunciated=True, collapsed=False,
            orderBy=["PRIORITY DESC", "LAST_RAISED_AT DESC"], first=SHOWN,
        ),
        call("incidents", building=q.building, closed=False, first=SHOWN),
    ])  # fmt: skip
    rows = f"\n{{for s in @2.nodes limit {SHOWN}}}\n{line(q, 's')}\n{{end}}"
    return reply(q.language, NOW_RU + rows + REST_RU, NOW_EN + rows + REST_EN, *got)


def statistics(q: Question, context: Context) -> Plan:
    """The figures of EEMUA 191 for a period; of the last week, where none is named."""
    period = q.period
    start, end = (period.start, period.end) if period else (None, None)
    got = yield from ask([
        call(
            "alarmStatistics", building=q.building, from_=start.isoformat() if start else None,
            to=end.isoformat() if end else None,
        )
    ])  # fmt: skip
    del context
    return reply(q.language, FIGURES_RU, FIGURES_EN, *got)
