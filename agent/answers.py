"""What a person says to a question of ours: yes, no, go on, or which of several; anything else is something new."""

from __future__ import annotations

import re
from collections.abc import Sequence

from agent.offline import numbers
from agent.state import Decision, Pending

YES = frozenset({
    "да", "ага", "угу", "конечно", "верно", "точно", "подтверждаю", "подтверди", "подтвердить", "давай", "давайте",
    "согласен", "согласна", "ок", "окей", "хорошо", "сделай", "делай", "выполняй", "разумеется",
    "yes", "yeah", "yep", "yup", "sure", "ok", "okay", "confirm", "confirmed", "correct", "right", "certainly", "do",
    "agreed",
})  # fmt: skip
GO_ON = frozenset({
    "назови", "назовите", "назвать", "перечисли", "перечислите", "дальше", "далее", "продолжай", "продолжайте",
    "продолжить",    "продолжи", "читай", "читайте", "слушаю", "ещё", "еще", "расскажи",
    "list", "go", "on", "continue", "next", "more", "tell", "read",
})  # fmt: skip
NO = frozenset({
    "нет", "не", "неа", "отмена", "отмени", "отменить", "отставить", "стоп", "хватит", "достаточно", "никак",
    "no", "nope", "not", "don't", "dont", "cancel", "stop", "enough", "never",
})  # fmt: skip
FILLERS = frozenset({
    "пожалуйста", "спасибо", "ну", "вот", "это", "их", "все", "всё", "надо", "нужно", "так", "мне", "я", "всех",
    "please", "thanks", "thank", "you", "it", "them", "all", "that", "is", "ahead", "me", "the", "need", "i", "there",
    "and",
})  # fmt: skip
LAST = frozenset({"последний", "последняя", "последнее", "последнюю", "last"})
NUMBER = frozenset({"номер", "вариант", "number", "option", "the", "пункт"})


def agrees(said: str, *, going_on: bool = False) -> bool | None:
    """Whether it is a clear yes (True) or no (False); None for anything else.

    `going_on`: the question was whether to say more, and “go on” says yes, too.
    """
    heard = _words(said)
    yes = YES | GO_ON if going_on else YES
    if not heard or any(w not in yes | NO | FILLERS for w in heard):
        return None
    if any(w in NO for w in heard):
        return False
    return True if any(w in yes for w in heard) else None


def decision(said: str, waiting: Pending) -> Decision | None:
    """The person's decision about what waits; None where they say something else."""
    if waiting["kind"] == "confirm":
        agreed = agrees(said)
        return None if agreed is None else Decision(approve=agreed)
    if (chosen := choice(said, [str(c["label"]) for c in waiting["choices"]])) is not None:
        return Decision(choice=chosen)
    return Decision(approve=False) if agrees(said) is False else None


def choice(said: str, labels: Sequence[str]) -> int | None:
    """Which of several is meant: by its name, by its number, or by its place; None where it is not clear."""
    heard = [w for w in _words(said) if w not in NUMBER]
    if len(heard) > 1 and heard[-1] == "one":
        heard.pop()
    if not heard:
        return None
    if found := [n for n, label in enumerate(labels) if _words(label) == heard]:
        return found[0] if len(found) == 1 else None
    if len(heard) == 1 and heard[0] in LAST:
        return len(labels) - 1
    number = numbers.read(heard)
    if number is not None and number.words == len(heard):
        named = [n for n, label in enumerate(labels) if re.findall(r"\d+", label) == [str(number.value)]]
        if len(named) == 1 and not number.ordinal:
            return named[0]
        if 1 <= number.value <= len(labels):
            return number.value - 1
        return named[0] if len(named) == 1 else None
    within = [n for n, label in enumerate(labels) if set(heard) <= set(_words(label))]
    return within[0] if len(within) == 1 else None


def _words(text: str) -> list[str]:
    return re.findall(r"[\w'’]+", text.lower().replace("’", "'"))
