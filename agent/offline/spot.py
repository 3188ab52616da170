"""Finds the things in a sentence, one group after another: what one has taken the next does not see."""

from __future__ import annotations

from datetime import datetime, tzinfo

from agent.offline import codes, dates, levels, measures
from agent.offline.sentence import Sentence
from agent.offline.things import Spots


def spot(sentence: Sentence, now: datetime, zone: tzinfo) -> Spots:
    """Takes from the sentence everything that is not a plain word of the lexicon."""
    found = Spots(quotes=[t.raw for t in sentence.tokens if t.quoted])
    codes.co2(sentence)
    codes.leases(sentence, found)
    codes.sensors(sentence, found)
    measures.limit(sentence, found)
    measures.measures(sentence, found, certain=True)
    levels.floors(sentence, found)
    levels.drawn(sentence, found)
    _when(sentence, found, now, zone)
    measures.measures(sentence, found, certain=False)
    codes.rooms(sentence, found)
    levels.ordinals(sentence, found)
    return found


def _when(s: Sentence, found: Spots, now: datetime, zone: tzinfo) -> None:
    words = [w if not s.taken[at] else " " for at, w in enumerate(s.words)]
    found.when = dates.find(words, now, zone)
    for at in found.when.words if found.when else ():
        s.taken[at] = "when"
