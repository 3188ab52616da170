"""Which topic a sentence is about: the rules of topics.toml that hold add up; the heaviest topic wins."""

from __future__ import annotations

from agent.offline.question import Topic
from agent.offline.words import TOPICS

Rule = tuple[Topic, float, frozenset[str], frozenset[str]]


def _rules() -> list[Rule]:
    parsed: list[Rule] = []
    for topic, rules in TOPICS.items():
        for rule in rules:
            weight, *words = rule.split()
            needed = frozenset(w for w in words if not w.startswith("!"))
            barred = frozenset(w[1:] for w in words if w.startswith("!"))
            parsed.append((Topic(topic), float(weight), needed, barred))
    return parsed


RULES = _rules()
ORDER = [Topic(topic) for topic in TOPICS]


def scores(features: frozenset[str]) -> dict[Topic, float]:
    """The weight of each topic that has any."""
    total: dict[Topic, float] = {}
    for topic, weight, needed, barred in RULES:
        if needed <= features and not barred & features:
            total[topic] = total.get(topic, 0) + weight
    return total


def best(features: frozenset[str]) -> tuple[Topic, float]:
    """The heaviest topic; of equals the one that stands first in the table."""
    found = scores(features)
    if not found:
        return Topic.UNCLEAR, 0.0
    topic = max(found, key=lambda t: (found[t], -ORDER.index(t)))
    return topic, found[topic]
