"""Which case a preposition or a comparison asks of the number after it."""

from __future__ import annotations

from voice.spoken.russian.cases import ACC, DAT, GEN, INS, NOM, PRE, Case

NUMBER: dict[str, tuple[Case, ...]] = {
    **dict.fromkeys(
        """от до из без у около после для кроме свыше более менее больше меньше выше ниже возле против вместо внутри
        порядка старше младше раньше позже ранее позднее достигает достигла достиг достигло помимо вокруг
        течение продолжение протяжении дольше дешевле дороже теплее холоднее жарче горячее тише громче быстрее""".split(),
        (GEN,),
    ),
    **dict.fromkeys(("с", "со"), (GEN, INS, ACC)),
    **dict.fromkeys(("в", "во", "на"), (ACC, PRE)),
    **dict.fromkeys(("за", "под"), (ACC, INS)),
    **dict.fromkeys(
        ("через", "про", "сквозь", "спустя", "минут", "каждые", "превышает", "превысила", "превысил"), (ACC,)
    ),
    **dict.fromkeys(("к", "ко", "равно", "равна", "равен", "равны", "благодаря"), (DAT,)),
    **dict.fromkeys(("над", "между", "перед", "надо"), (INS,)),
    **dict.fromkeys(("о", "об", "при"), (PRE,)),
    "по": (ACC, DAT, PRE),
}
"""The first is taken when nothing that follows decides."""

NAME: dict[str, Case] = {
    **dict.fromkeys("от до из без у около после для кроме возле против вместо внутри напротив вдоль с со".split(), GEN),
    **dict.fromkeys("в во на о об при".split(), PRE),
    **dict.fromkeys("к ко по".split(), DAT),
    **dict.fromkeys("над под за между перед".split(), INS),
    **dict.fromkeys("через про".split(), ACC),
}
"""For a name after it: «в кабинете», «на первом»."""

ANY: tuple[Case, ...] = (NOM, ACC, GEN, PRE, DAT, INS)


def number_cases(previous: str) -> tuple[Case, ...]:
    return NUMBER.get(previous, ANY)
