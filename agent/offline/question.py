"""What a person asked, understood: a topic and the things that were named."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal
from zoneinfo import ZoneInfo

from agent.offline.calendar import Period
from agent.offline.things import Name

Language = Literal["ru", "en"]


class Topic(StrEnum):
    """What is asked for, or told to do."""

    ALARMS = "alarms"
    SENSORS = "sensors"
    STUFFY = "stuffy"
    HISTORY = "history"
    OVERVIEW = "overview"
    SENSOR_LIST = "sensor list"
    FAULTS = "faults"
    RULES = "rules"
    WHO_RENTS = "who rents"
    TENANT_ROOMS = "tenant rooms"
    TENANTS = "tenants"
    CONTACTS = "contacts"
    LEASE = "lease"
    ENDING = "ending"
    LEASES = "leases"
    PAY = "pay"
    FREE = "free"
    ROOMS = "rooms"
    ROOM = "room"
    FLOORS = "floors"
    BUILDINGS = "buildings"
    EVENTS = "events"
    NAMED = "named"
    SITUATION = "situation"
    STATISTICS = "statistics"
    PLAN = "plan"
    REPLAY = "replay"
    PANEL = "fire panel"
    FIRE_ZONES = "fire zones"
    FIRE_ZONE = "fire zone"
    ACKNOWLEDGE = "acknowledge"
    SHELVE = "shelve"
    RESET = "reset"
    END_LEASE = "end lease"
    PLACE = "place"
    UPDATE_ROOM = "update room"
    REFUSED = "refusal"
    HOWTO = "howto"
    HELLO = "hello"
    THANKS = "thanks"
    BYE = "bye"
    HELP = "help"
    ME = "me"
    TIME = "time"
    SCOPE = "scope"
    UNCLEAR = "unclear"


WRITES = frozenset({Topic.ACKNOWLEDGE, Topic.SHELVE, Topic.RESET, Topic.END_LEASE, Topic.PLACE, Topic.UPDATE_ROOM})
CHAT = frozenset(
    {Topic.HELLO, Topic.THANKS, Topic.BYE, Topic.HELP, Topic.SCOPE, Topic.UNCLEAR, Topic.REFUSED, Topic.HOWTO}
)


@dataclass(frozen=True)
class Building:
    """A building that the person can see."""

    id: str
    code: str
    name: str


@dataclass(frozen=True)
class Context:
    """Where and when the person speaks."""

    now: datetime
    zone: ZoneInfo
    language: Language
    buildings: tuple[Building, ...] = ()
    roles: tuple[str, ...] = ()


@dataclass(frozen=True)
class Question:
    """A topic with its slots; an empty slot was not named. Numbers are in the units of the contract."""

    topic: Topic = Topic.UNCLEAR
    language: Language = "ru"
    building: str | None = None
    levels: tuple[int, ...] = ()
    storey: str | None = None
    """BASEMENT, GROUND, TOP or ROOF: a floor that only the building knows the number of."""
    rooms: tuple[Name, ...] = ()
    sensors: tuple[Name, ...] = ()
    lease: str | None = None
    names: tuple[Name, ...] = ()
    kinds: tuple[str, ...] = ()
    room_kinds: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    acknowledged: bool | None = None
    open: bool = False
    """Alarms that are not closed: active, or back to normal but not acknowledged or not reset."""
    current: bool | None = None
    """True: alarms that are active now; False: all there were; None: the sentence leaves it open."""
    statuses: tuple[str, ...] = ()
    period: Period | None = None
    ahead: Period | None = None
    """The same words as a time to come."""
    extremes: tuple[str, ...] = ()
    """MAX, MIN, MEAN: what is asked of values."""
    trend: bool = False
    above: float | None = None
    below: float | None = None
    area: tuple[float | None, float | None] = (None, None)
    people: int | None = None
    limit: int | None = None
    group: str | None = None
    count: bool = False
    where: bool = False
    who: bool = False
    when: bool = False
    asks: str = ""
    """AREA, CAPACITY, KIND or FLOOR: the one thing about a room that is asked."""
    gone: bool = False
    """What ended, not what will end."""
    vacant: bool = False
    """The sentence itself says free, empty or to let."""
    now: datetime | None = None
    """The house's local time when it was asked."""
    several: bool = False
    """The person sees several buildings, and named none of them."""
    own: bool = False
    """Speaks of what is the person's own: «у нас», "our"."""
    state: bool = False
    """Asks whether or by whom an alarm was acknowledged."""
    last: bool = False
    every: bool = False
    quotes: tuple[str, ...] = ()
    layers: tuple[str, ...] = ()
    zone: str | None = None
    """The code of a fire zone."""
    panel: tuple[str, ...] = ()
    """What the fire alarm panel may say."""
    """What a plan of a floor is to show besides its rooms."""
    dark: bool = False
    """A plan on black."""
    note: str | None = None
    minutes: int | None = None
    """For how long an alarm is to be shelved."""
    name: str | None = None
    """The new name of a room."""
    day: date | None = None
    """The day that a write speaks of."""
    opposite: bool = False
    """"Where is it not stuffy?"."""
    weight: float = 0.0
    """How sure the topic is."""
    ordered: bool = False
    """Tells to acknowledge, of what is for the talk before to say."""
    linked: bool = False
    """Begins as a continuation: «а …», "and …", "what about …"."""
    noun: bool = False
    """Names the thing it is about, not only its properties: an alarm, a sensor, a lease …"""
    pronoun: bool = False
    """Speaks of something named before: «там», «у них», "its"."""
    length: int = 0
    """Words of the sentence."""
