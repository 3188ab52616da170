"""Which topic a sentence is about: each rule that holds adds its weight; the heaviest topic wins.

A rule is a list of features that must all be there; `!` before one means that it must not be. Features are the
lexicon's concepts, phrases, and slots: `@room @name @level @kind @sensor @lease @when @roomkind @area @people @bound`.
"""

from __future__ import annotations

from agent.offline.question import Topic

RULES: dict[Topic, str] = {
    Topic.ALARMS: """
        6 ALARM | 2 LASTED | 5 UNACKED !SENSOR | 4 HAPPEN !@bound | 3 BURNING !KIND:LIGHT | 3.5 PROBLEM !FAULT !SENSOR | 3 STATE !@room !@name !@kind !SENSOR !@level
        3.5 SITREP !@room !@name | 3 ALLRIGHT !@room !@name | 2 SMALLTALK | 4 CRITICAL !@kind !RULE | 3 URGENT !@room !@name !@kind
        3 ACK_DONE !LEASE !RENT | 5 @event PAST !NOW !ALARM | 5 @event @when !ALARM | 2 ALARM @kind | 1 ALARM SENSOR | 2 ALARM COUNT
        3 OFTEN !ALARM !@kind | 3 PRIORITY !RULE | 4 FIRE PAST | 4 FIRE @when | 3 @priority !@kind !LEASE | 2 @when !@kind !SENSOR !@name LIST""",
    Topic.SENSORS: """
        4 @kind | 5 ANYBODY | 1 @kind @bound | 1 @kind ACTIVE | 2 READING @room | 2 READING @level | 2 @kind SENSOR READING
        2 @kind SUPERLATIVE | 1 @sensor READING | 4 @sensor | 2 @kind WHERE | 1 DOOR_OPEN DOOR | 4 DOOR_OPEN !ALARM !LEASE !@kind | 2 DOOR_SHUT @room !LEASE
        1 @kind AND_STATE | 3 READING SENSOR""",
    Topic.STUFFY: "5.5 STUFFY !MEASURED !@room !@name !@sensor !@when !ALARM !EXTREME | 5.5 STUFFY WHERE !EXTREME !@when !ALARM !@room",
    Topic.HISTORY: """
        5.5 @kind @past !NOW | 7 TREND @kind | 7 TREND @sensor | 6 TREND @room !ALARM !LEASE !RENT | 7 TREND READING | 6.5 @agg @kind PAST | 6.5 @agg @kind @past
        6 @agg @sensor | 5 @sensor @past | 5 READING @past | 4.5 @kind PAST !NOW !@event !ANYBODY | 6 TREND READING @level | 3 TREND !ALARM""",
    Topic.OVERVIEW: """
        4.5 STATE @room !@kind !ALARM | 4.5 STATE @level !@kind !ALARM !SENSOR !@room | 3 STATE @roomkind !@kind !ALARM | 4.5 ALLRIGHT @room | 4 PROBLEM @room !ALARM | 3 SMALLTALK @room | 4.5 STATE @name !@kind !ALARM !LEASE
        4.5 HAPPENNOW @room !ALARM | 4 SITREP @room""",
    Topic.SENSOR_LIST: """
        4.5 SENSOR !ALARM | 1 SENSOR COUNT | 1 SENSOR WHICH !READING | 1 SENSOR LIST | 1 SENSOR @room | 1 SENSOR @level | 0.5 SENSOR @kind""",
    Topic.FAULTS: """
        8 SENSOR SILENT | 8 SENSOR FAULT !ALARM | 8 SENSOR LOST | 7 SENSOR PROBLEM | 5 SILENT !@room | 5 FAULT !LEASE !ALARM | 6 @kind SILENT
        6 @kind FAULT | 4 LOST | 6 SENSOR STATE !READING | 6 SENSOR ALLRIGHT | 6 SENSOR SITREP""",
    Topic.RULES: "7.5 RULE !LEASE | 1 RULE ALARM | 1 RULE @kind",
    Topic.WHO_RENTS: """
        4 WHO @room !ALARM !ACK_DONE | 2 WHO RENT @room | 4.5 RENT @room | 4.5 TENANT @room | 6 FREE @room !SEEK | 4.5 TO_RENT @room | 2 WHO RENT
        4 WHO RENT @name | 4 WHO @roomkind !ALARM !@kind | 3 WHO RENT @roomkind | 7 ANYBODY RENT_STRICT @room""",
    Topic.TENANT_ROOMS: """
        4.5 RENT @name | 4 ROOM @name | 4 WHERE @name !@kind | 4 FLOOR @name !@kind !ALARM | 4 AREA @name | 1 LIST @name | 4 @roomkind @name !@kind | 1 TENANT @name
        2 RENT WHERE @name | 1.5 RENT COUNT @name""",
    Topic.TENANTS: """
        4.5 TENANT !@name !@room | 1 TENANT COUNT | 1 TENANT LIST | 4.5 WHO RENT @level | 4 WHO RENT BUILDING | 4 WHO @level !@kind !ALARM !ENDING
        3 WHO RENT !@name !@room""",
    Topic.CONTACTS: "9.5 CONTACT !SENSOR !ALARM | 1 CONTACT @name",
    Topic.LEASE: """
        8 LEASE_UNTIL RENT | 8 LEASE_UNTIL @name !@kind !ALARM | 8 LEASE_UNTIL LEASE | 7 ENDING @name !ALARM !@kind | 7 ENDING @room !ALARM !@kind !TENANT | 8 ENDING @room RENT
        7 LEASE @name | 7 LEASE @room | 9 @lease | 7 LEASE_TERM @name | 7 LEASE_TERM @room | 7 END_VERB LEASE @name | 7 END_VERB LEASE @room | 8 WHEN RENT @name END_VERB | 4 WHEN RENT_STRICT @name END_VERB
        6 LEASE_UNTIL @room !@kind | 6 WHEN FREE @room | 7 WHEN TENANT @room ENDING""",
    Topic.ENDING: """
        6.5 ENDING LEASE !@name !@room | 6.5 ENDING RENT !@name !@room | 6.5 ENDING WHO !@name !@room !ALARM | 6.5 ENDING TENANT !@name !@room
        6 END_VERB LEASE !@name !@room | 5 ENDING @when !@name !@room !@kind !ALARM | 6 LEASE @ahead !@name !@room | 5 WHO END_VERB LEASE | 4.5 ENDING ROOM @when !@name !@room""",
    Topic.LEASES: "5 LEASE !@name !@room | 1 LEASE LIST | 1 LEASE COUNT",
    Topic.PAY: "9 PAY @name !ALARM | 9 PAY @room !ALARM | 8 PAY LEASE | 8 PAY RENT",
    Topic.FREE: """
        5 FREE !@room !@name !SENSOR | 5 SEEK ROOM !@room !ALARM !@kind !@name | 5 SEEK @roomkind !ALARM !@kind !@room | 5 SEEK @area | 5 SEEK @people | 6 TO_RENT !@room !@name
        5 @area !@kind !@room | 5 @people !@kind !@room !ALARM | 4 @roomkind @people | 1 FREE ROOM | 1 FREE @roomkind | 3 FREE @level | 4 @roomkind @area
        3 FREE AREA !@room !@name""",
    Topic.ROOMS: """
        4 ROOM @level !@kind !ALARM !SENSOR !ANYBODY | 3.5 ROOM LIST !@kind !ALARM !@room !@name | 4 ROOM COUNT !@kind !ALARM !@room !@name !PEOPLE | 3 @roomkind !@kind !ALARM !@room
        6 AREA SUPERLATIVE !@room !@kind !ALARM !@name | 6 AREA EXTREME !@room !@kind !ALARM !@name | 1 @roomkind LIST | 1 @roomkind COUNT | 5.5 CAPACITY SUPERLATIVE !@room
        5 AREA @level !@room !@name !@kind | 5 AREA BUILDING !@room !@name !@kind | 1.5 LIST @level !ALARM !@kind !SENSOR | 2 ROOM !@kind !ALARM !@room !@name !SENSOR""",
    Topic.ROOM: """
        6 AREA @room !@kind !TENANT | 6 CAPACITY @room | 6 PEOPLE @room COUNT !ANYBODY !@kind | 5 ABOUT @room !@kind !ALARM !SENSOR | 2.5 @room | 1.5 WHICH ROOM @room
        5 WHERE @room !@kind !ALARM !SENSOR !WHO | 5 FLOOR WHICH @room !@kind !ALARM !SENSOR | 4 AREA @roomkind !SUPERLATIVE !@people !@area !FREE !SEEK""",
    Topic.FLOORS: "5.5 FLOOR COUNT !@level !@kind !ALARM !ROOM !SENSOR !@name !@room | 4 FLOOR LIST !@level !ROOM !@kind !ALARM !SENSOR !@name !@room",
    Topic.BUILDINGS: "3 BUILDING LIST !ROOM !FLOOR !ALARM !SENSOR !@kind | 3.5 BUILDING COUNT !ROOM !FLOOR !ALARM !SENSOR !@kind !TENANT !AREA | 3 BUILDING WHICH !@kind !ALARM | 3 BUILDING ABOUT",
    Topic.EVENTS: "5.5 EVENT !ALARM",
    Topic.NAMED: "2 @name | 1 ABOUT @name",
    Topic.HELLO: "1.5 HELLO",
    Topic.THANKS: "1.6 THANKS",
    Topic.BYE: "1.2 BYE",
    Topic.HELP: "9 HELP_PHRASE | 1.8 HELP",
    Topic.ME: "9 ME",
    Topic.TIME: "8.5 TIME !ALARM !@kind",
    Topic.SCOPE: "9 SCOPE_PHRASE !ALARM !@room !@level | 5 SCOPE !ALARM !@room !@level !LEASE",
}
Rule = tuple[Topic, float, tuple[str, ...], tuple[str, ...]]


def _rules() -> list[Rule]:
    parsed: list[Rule] = []
    for topic, text in RULES.items():
        for rule in text.replace("\n", "|").split("|"):
            if words := rule.split():
                needed = tuple(w for w in words[1:] if not w.startswith("!"))
                barred = tuple(w[1:] for w in words[1:] if w.startswith("!"))
                parsed.append((topic, float(words[0]), needed, barred))
    return parsed


PARSED = _rules()


def scores(features: frozenset[str]) -> dict[Topic, float]:
    """The weight of each topic that has any."""
    total: dict[Topic, float] = {}
    for topic, weight, needed, barred in PARSED:
        if features.issuperset(needed) and features.isdisjoint(barred):
            total[topic] = total.get(topic, 0) + weight
    return total


def best(features: frozenset[str]) -> tuple[Topic, float]:
    """The heaviest topic; of equals the one that stands first in the table."""
    found = scores(features)
    if not found:
        return Topic.UNCLEAR, 0.0
    order = list(RULES)
    topic = max(found, key=lambda t: (found[t], -order.index(t)))
    return topic, found[topic]
