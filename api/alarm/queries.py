"""Questions about alarms, rules and events."""

import strawberry

from api.alarm import counts, figures
from api.alarm.incident import Incident, IncidentOrder, IncidentWhere
from api.alarm.situation import BUILDING, Situation, of_buildings
from api.alarm.statistics import PERIOD, AlarmStatistics
from api.alarm.types import Alarm, AlarmCount, AlarmRule, Event
from api.alarm.where import AlarmGroup, AlarmOrder, AlarmWhere, EventOrder, EventWhere, RuleOrder, RuleWhere
from api.nodes import Connection
from api.planner.source import alone, argument, by_key, listed, page


@strawberry.type
class AlarmQuery:
    alarm: Alarm | None = by_key("One alarm.", "alarm", "Its id (alarm_7).")
    alarms: Connection[Alarm] = page("Alarms, the latest first.", AlarmWhere, AlarmOrder)
    alarm_counts: list[AlarmCount] = listed(
        "How often alarms were raised, by groups, the most frequent first. `where.raised` narrows what is counted.",
        counts.of_alarms,
        counts.in_order,
        first=50,
        where=argument(AlarmWhere | None, "Which alarms, raised when."),
        by=argument(AlarmGroup, "By what.", default=AlarmGroup.ROOM),
    )
    situation: Situation | None = alone(
        "One page of what matters now: alarms that wait, incidents, what is kept quiet, sensors not to be believed,"
        " what happened. Null for who sees no building.",
        of_buildings,
        building=BUILDING,
    )
    alarm_statistics: AlarmStatistics | None = alone(
        "How the alarms of a period bear on those who answer them: rates, floods, standing and chattering alarms (EEMUA"
        " 191, ISA-18.2). Null for who is not staff.",
        figures.of_period,
        **PERIOD,
    )
    alarm_rules: Connection[AlarmRule] = page("Rules that raise alarms.", RuleWhere, RuleOrder)
    incident: Incident | None = by_key("One incident.", "incident", "Its id (incident_3).")
    incidents: Connection[Incident] = page(
        "Incidents: floods of alarms that belong together, the latest first.", IncidentWhere, IncidentOrder, typical=20
    )
    events: Connection[Event] = page("Events, the latest first.", EventWhere, EventOrder)
