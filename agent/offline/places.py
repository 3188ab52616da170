"""Where: names and numbers of a question resolved to rooms, sensors, tenants and floors of the house."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from agent.offline.names import nominative
from agent.offline.question import Context, Question
from agent.offline.steps import Call, Got, Reply, Step, Stopped, ask, either, one, reply
from agent.offline.things import Name

CLOSE = 0.9
"""Hits at least this near the best one are as good; the person chooses among them."""
CERTAIN = 0.55
"""A single hit worse than this is offered, not taken."""
LIKELY = 0.75
"""An unknown word that was not written as a name must be at least so near to be taken for one."""
CHOICES = 8
MOST = 6
"""Places that one question may speak of."""


@dataclass(frozen=True)
class Hit:
    """What search found: the result it stands in, its place there, its kind and id."""

    got: Got
    index: int
    kind: str
    id: str
    score: float

    @property
    def path(self) -> str:
        return f"r{self.got.number}.nodes[{self.index}]"

    @property
    def label(self) -> str:
        """A reference to what people call it; a room by its number."""
        return f"{{{self.path}.item.number}}" if self.kind == "ROOM" else f"{{{self.path}.label}}"


@dataclass(frozen=True)
class Place:
    """Arguments that limit a question to a place, and how the place is said (`#1` is the question's own call)."""

    args: dict[str, Any] = field(default_factory=dict)
    russian: str = ""
    english: str = ""
    hit: Hit | None = None

    def said(self, language: str) -> str:
        return self.russian if language == "ru" else self.english

    @property
    def whole(self) -> bool:
        return not self.args


Finding = Generator[Step, list[Got], Hit]
Placing = Generator[Step, list[Got], list[Place]]


def find(name: Name, kinds: Sequence[str], q: Question, context: Context) -> Finding:
    """The thing that a name means; asks the person when several are as near; stops when nothing is."""
    hits, got = yield from _search(_wordings(name), kinds, q, context)
    if not hits:
        raise Stopped(_unknown(q, kinds, got))
    return (yield from _pick(hits, name, kinds, q, context))


def _pick(hits: list[Hit], name: Name, kinds: Sequence[str], q: Question, context: Context) -> Finding:
    """The nearest hit of the first kind that has one; the person chooses among several."""
    best = max(h.score for h in hits)
    near = [h for h in hits if h.score >= CLOSE * best]
    first = next(h for kind in kinds for h in near if h.kind == kind)
    same = [h for h in near if h.kind == first.kind]
    if len(same) == 1 and best >= CERTAIN and (not name.code or best >= CLOSE):
        return same[0]
    return (yield from _choose(same[:CHOICES], q, context))


def find_in_turn(name: Name, kinds: Sequence[str], q: Question, context: Context) -> Finding:
    """The thing of the first of these kinds of which something is called so; else it is missed as of the first."""
    first: Got | None = None
    for kind in kinds:
        hits, got = yield from _search(_wordings(name), [kind], q, context)
        first = first or got
        if hits:
            return (yield from _pick(hits, name, [kind], q, context))
    assert first is not None
    raise Stopped(_unknown(q, kinds[:1], first))


def _wordings(name: Name) -> list[str]:
    """As it was said, and its other reading."""
    texts = [name.text, name.other] if name.other else [name.text]
    if not name.code and nominative(name.text) != name.text:
        texts.append(nominative(name.text))
    return texts


def _search(
    texts: list[str], kinds: Sequence[str], q: Question, context: Context
) -> Generator[Step, list[Got], tuple[list[Hit], Got]]:
    """Hits of the first wording that has any, and the first result."""
    fields = ["item.building.name"] if len(context.buildings) > 1 else None
    first: Got | None = None
    for text in texts:
        got = yield from one("search", text=text, kinds=list(kinds), building=q.building, fields=fields)
        first = first or got
        if hits := [hit for hit in _hits(got) if hit.kind in kinds]:
            return hits, first
    assert first is not None
    return [], first


def _hits(got: Got) -> list[Hit]:
    found = []
    for index, node in enumerate(got.nodes):
        item = node.get("item") or {}
        if item.get("id"):
            found.append(Hit(got, index, str(node.get("kind")), str(item["id"]), float(node.get("score") or 0)))
    return found


def _choose(hits: list[Hit], q: Question, context: Context) -> Finding:
    several = len(context.buildings) > 1
    choices = []
    for hit in hits:
        where = (
            f", {{{hit.path}.item.building.name}}"
            if several and hit.kind in ("ROOM", "FLOOR", "SENSOR", "LEASE")
            else ""
        )
        choices.append({"label": f"{{{hit.path}.label}}{where}", "value": f"{{{hit.path}.item.id}}"})
    if len(choices) == 1:
        choices.append({"label": either(q.language, "Что-то другое", "Something else"), "value": "other"})
    question = either(q.language, "Что вы имеете в виду?", "Which do you mean?")
    index = yield from choose(question, choices, q)
    if index >= len(hits):
        raise Stopped(reply(q.language, "Тогда назовите иначе, пожалуйста.", "Then please name it another way."))
    return hits[index]


def choose(question: str, choices: list[dict[str, str]], q: Question) -> Generator[Step, list[Got], int]:
    """Let the person choose; stops when they do not."""
    got = yield from ask([Call("ask_person", {"question": question, "choices": choices[:CHOICES]})])
    index = got[0].value.get("choice")
    if got[0].outcome == "declined" or not isinstance(index, int) or not 0 <= index < len(choices):
        raise Stopped(reply(q.language, "Хорошо, оставим так.", "All right, let us leave it."))
    return index


def _unknown(q: Question, kinds: Sequence[str], got: Got) -> Reply:
    russian = {"TENANT": "арендатора", "ROOM": "комнату", "SENSOR": "датчик", "LEASE": "договор"}
    english = {"TENANT": "a tenant", "ROOM": "a room", "SENSOR": "a sensor", "LEASE": "a lease"}
    single = kinds[0] if len(kinds) == 1 else ""
    return reply(
        q.language,
        f"Не нашёл {russian.get(single, 'здесь')} «{{#1.text}}» среди того, что вам видно. Проверьте название.",
        f"I could not find {english.get(single, 'anything called')} “{{#1.text}}” in what you can see. Check the name.",
        got,
    )


# -- places


def places(q: Question, context: Context, *, kinds: bool = True) -> Placing:
    """The places that the question speaks of; one without limits if it names none."""
    if q.rooms or q.sensors:
        found = []
        for name in (*q.rooms, *q.sensors)[:MOST]:
            wanted = ["SENSOR", "ROOM"] if name.kind == "SENSOR" else ["ROOM"]
            found.append(place_of((yield from find(name, wanted, q, context))))
        return found
    if q.names and (hit := (yield from _maybe(q.names[0], q, context))):
        return (yield from _rooms_of_tenant(hit, q, context)) if hit.kind == "TENANT" else [place_of(hit)]
    levels = yield from levels_of(q)
    if kinds and (special := [k for k in q.room_kinds if k != "OFFICE"]):
        return (yield from _rooms_of_kind(special, levels, q))
    if levels:
        return [
            _building(Place({"level": n}, " на {#1.level}-м этаже", " on floor {#1.level}"), q) for n in levels[:MOST]
        ]
    return [_building(Place(), q)]


def _maybe(name: Name, q: Question, context: Context) -> Generator[Step, list[Got], Hit | None]:
    """The place that a name means; an unknown word that was not written as a name may mean nothing."""
    kinds = ["ROOM", "TENANT", "SENSOR", "FLOOR", "BUILDING"]
    if name.sure:
        return (yield from find(name, kinds, q, context))
    hits, _ = yield from _search([name.text], kinds, q, context)
    best = max(hits, key=lambda h: h.score, default=None)
    return best if best and best.score >= LIKELY else None


def place_of(hit: Hit) -> Place:
    """The place that a hit is."""
    if hit.kind == "BUILDING":
        return Place({"building": hit.id}, f" ({hit.label})", f" ({hit.label})", hit)
    name = {"ROOM": "room", "SENSOR": "sensor", "FLOOR": "floor", "BUILDING": "building"}[hit.kind]
    on = " на этаже «" if hit.kind == "FLOOR" else " по датчику " if hit.kind == "SENSOR" else " в "
    shut = "»" if hit.kind == "FLOOR" else ""
    english = {"FLOOR": " on ", "SENSOR": " at sensor "}.get(hit.kind, " in ")
    return Place({name: hit.id}, f"{on}{hit.label}{shut}", f"{english}{hit.label}", hit)


def _building(place: Place, q: Question) -> Place:
    return replace(place, args={**place.args, "building": q.building}) if q.building else place


def levels_of(q: Question) -> Generator[Step, list[Got], tuple[int, ...]]:
    """The levels of the floors named; "the top floor" and the like are looked up."""
    if q.levels or not q.storey:
        return q.levels
    got = yield from one("floors", building=q.building, orderBy=["LEVEL"])
    known = [int(n["level"]) for n in got.nodes if isinstance(n.get("level"), int)]
    if not known:
        raise Stopped(reply(q.language, "Не вижу этажей этого здания.", "I cannot see the floors of this building."))
    level = {"BASEMENT": min(known), "TOP": max(known), "ROOF": max(known)}.get(q.storey, 0 if 0 in known else 1)
    if q.storey == "BASEMENT" and level > 0:
        raise Stopped(
            reply(
                q.language,
                "{if not @1 empty}Подвала здесь не вижу: самый нижний этаж — {@1.nodes[0].name}.{end}",
                "{if not @1 empty}I see no basement here: the lowest floor is {@1.nodes[0].name}.{end}",
                got,
            )
        )
    return (level,)


def _rooms_of_kind(kinds: list[str], levels: tuple[int, ...], q: Question) -> Placing:
    got = yield from one(
        "rooms", building=q.building, kind=kinds, level=levels[0] if levels else None, orderBy=["NUMBER"]
    )
    if not got.nodes:
        raise Stopped(reply(q.language, "{if @1 empty}Таких комнат ({#1.kind}) здесь нет.{end}",
                            "{if @1 empty}There are no such rooms here ({#1.kind}).{end}", got))  # fmt: skip
    if len(got.nodes) > MOST:
        choices = [
            {"label": f"{{r{got.number}.nodes[{i}].number}}", "value": f"{{r{got.number}.nodes[{i}].id}}"}
            for i in range(min(CHOICES, len(got.nodes)))
        ]
        index = yield from choose(either(q.language, "В какой из них?", "In which of them?"), choices, q)
        return [_room_place(got, index)]
    return [_room_place(got, index) for index in range(len(got.nodes))]


def _room_place(got: Got, index: int, path: str = "") -> Place:
    node = got.nodes[index]
    room = node["room"] if path else node
    shown = f"{{r{got.number}.nodes[{index}]{path}.number}}"
    return Place({"room": str(room["id"])}, f" в {shown}", f" in {shown}")


def _rooms_of_tenant(hit: Hit, q: Question, context: Context) -> Placing:
    day = context.now.astimezone(context.zone).date().isoformat()
    got = yield from one("placements", tenant=hit.id, asOf=day)
    if not got.nodes:
        raise Stopped(
            reply(
                q.language,
                f"{{if @1 empty}}{hit.label}: занятых помещений, видимых вам, нет.{{end}}",
                f"{{if @1 empty}}{hit.label} has no rooms here that you can see.{{end}}",
                got,
            )
        )
    return [_room_place(got, i, ".room") for i, n in enumerate(got.nodes) if n.get("room")][:MOST]
