"""Units of measure as they are said, and the signs they are written with."""

from __future__ import annotations

import re
from collections.abc import Iterable

from voice.spoken.russian.cases import Gender, M, Noun, irregular, noun
from voice.spoken.russian.nouns import NOUNS


def _of(word: str, *lead: str, tail: str = "", like: str = "градус", many: str | None = None) -> Noun:
    return noun(word, like, many=many, lead=lead, tail=tail)


def fixed(word: str, gender: Gender = M) -> Noun:
    """A word that is never declined."""
    return irregular(gender, " ".join([word] * 6), " ".join([word] * 6))


HOUR, DAY, MONTH, YEAR = NOUNS["час"], NOUNS["день"], NOUNS["месяц"], NOUNS["год"]
MINUTE, SECOND, WEEK = NOUNS["минута"], NOUNS["секунда"], NOUNS["неделя"]
METRE, LITRE = _of("метр"), _of("литр")
WATT_HOUR = noun("ватт-час", "градус")
ROUBLE, KOPECK = NOUNS["рубль"], NOUNS["копейка"]


def _watts(prefix: str) -> Noun:
    return _of(f"{prefix}ватт", many=f"{prefix}ватт")


UNITS: dict[str, Noun] = {
    "°C °С ℃ град градC": _of("градус"),
    "°": _of("градус"),
    "°F": _of("градус", tail="Фаренгейта"),
    "% проц": _of("процент"),
    "‰": fixed("промилле"),
    "ppm ппм": fixed("пи-пи-эм"),
    "ppb": fixed("пи-пи-би"),
    "м m": METRE,
    "см cm": _of("сантиметр"),
    "мм mm": _of("миллиметр"),
    "км km": _of("километр"),
    "мкм µm": _of("микрометр"),
    "м² м2 m² m2 кв.м кв._м кв_м": _of("метр", "квадратный"),
    "м³ м3 m³ m3 куб.м куб._м": _of("метр", "кубический"),
    "м³/ч м3/ч m³/h m3/h": _of("метр", "кубический", tail="в час"),
    "м³/с m³/s": _of("метр", "кубический", tail="в секунду"),
    "м/с m/s": _of("метр", tail="в секунду"),
    "км/ч km/h": _of("километр", tail="в час"),
    "л l L": LITRE,
    "мл ml": _of("миллилитр"),
    "л/с l/s": _of("литр", tail="в секунду"),
    "л/мин l/min": _of("литр", tail="в минуту"),
    "л/ч l/h": _of("литр", tail="в час"),
    "кг kg": _of("килограмм"),
    "г g": _of("грамм"),
    "мг mg": _of("миллиграмм"),
    "мг/м³ mg/m³": _of("миллиграмм", tail="на кубический метр"),
    "мкг/м³ µg/m³ μg/m³": _of("микрограмм", tail="на кубический метр"),
    "г/м³ g/m³": _of("грамм", tail="на кубический метр"),
    "т t": _of("тонна", like="минута"),
    "Вт W": _watts(""),
    "кВт kW": _watts("кило"),
    "МВт MW": _watts("мега"),
    "кВт·ч кВт*ч кВтч кВт-ч kWh": noun("киловатт-час", "градус"),
    "МВт·ч МВтч MWh": noun("мегаватт-час", "градус"),
    "Вт·ч Втч Wh": WATT_HOUR,
    "Вт/м² W/m²": _of("ватт", tail="на квадратный метр", many="ватт"),
    "ВА VA": noun("вольт-ампер", "градус", many="вольт-ампер"),
    "кВА kVA": noun("киловольт-ампер", "градус", many="киловольт-ампер"),
    "Гкал Gcal": _of("гигакалория", like="линия"),
    "Гкал/ч": _of("гигакалория", like="линия", tail="в час"),
    "ГДж GJ": _of("гигаджоуль", like="паскаль"),
    "В V": _of("вольт", many="вольт"),
    "кВ kV": _of("киловольт", many="киловольт"),
    "мВ mV": _of("милливольт", many="милливольт"),
    "А A": _of("ампер", many="ампер"),
    "мА mA": _of("миллиампер", many="миллиампер"),
    "Ач А·ч Ah": noun("ампер-час", "градус"),
    "Гц Hz": _of("герц", many="герц"),
    "кГц kHz": _of("килогерц", many="килогерц"),
    "МГц MHz": _of("мегагерц", many="мегагерц"),
    "ГГц GHz": _of("гигагерц", many="гигагерц"),
    "лк lx lux": _of("люкс"),
    "лм lm": _of("люмен"),
    "дБ dB": _of("децибел", many="децибел"),
    "дБА дБ(А) дБ(A) dBA dB(A)": _of("децибел", many="децибел"),
    "Па Pa": _of("паскаль", like="паскаль"),
    "кПа kPa": _of("килопаскаль", like="паскаль"),
    "гПа hPa": _of("гектопаскаль", like="паскаль"),
    "МПа MPa": _of("мегапаскаль", like="паскаль"),
    "бар bar": _of("бар"),
    "атм": _of("атмосфера", like="минута"),
    "мм_рт._ст. мм_рт.ст. mmHg": _of("миллиметр", tail="ртутного столба"),
    "Ом Ω": _of("ом", many="ом"),
    "кОм": _of("килоом", many="килоом"),
    "К": _of("кельвин"),
    "с сек s": SECOND,
    "мс ms": _of("миллисекунда", like="минута"),
    "мин min": MINUTE,
    "ч час h": HOUR,
    "дн d": DAY,
    "сут": NOUNS["сутки"],
    "нед": WEEK,
    "мес": MONTH,
    "лет": YEAR,
    "чел": NOUNS["человек"],
    "шт": NOUNS["штука"],
    "эт": NOUNS["этаж"],
    "КБ Кб KB": _of("килобайт", many="килобайт"),
    "МБ Мб MB": _of("мегабайт", many="мегабайт"),
    "ГБ Гб GB": _of("гигабайт", many="гигабайт"),
    "ТБ TB": _of("терабайт", many="терабайт"),
    "Мбит/с Mbps": _of("мегабит", tail="в секунду", many="мегабит"),
    "Гбит/с Gbps": _of("гигабит", tail="в секунду", many="гигабит"),
    "об/мин rpm": _of("оборот", tail="в минуту"),
    "кд": _of("кандела", like="минута"),
    "км²": _of("километр", "квадратный"),
    "га": _of("гектар"),
    "дм": _of("дециметр"),
    "мкЗв/ч": _of("микрозиверт", tail="в час", many="микрозиверт"),
    "ккал": _of("килокалория", like="линия"),
    "уд/мин bpm": _of("удар", tail="в минуту"),
}
"""By how they are written; several ways in a line, "_" for a space inside."""

MONEY: dict[str, tuple[Noun, Noun | None]] = {
    "₽ руб рублей рубля рубль RUB р": (ROUBLE, KOPECK),
    "$ USD долл": (NOUNS["доллар"], NOUNS["цент"]),
    "€ EUR": (fixed("евро"), NOUNS["цент"]),
    "£ GBP": (NOUNS["фунт"], fixed("пенс")),
    "₸ KZT": (fixed("тенге"), None),
    "CNY ¥": (noun("юань", "паскаль"), None),
    "коп": (KOPECK, None),
}

SCALES: dict[str, Noun] = {
    "тыс": NOUNS["тысяча"],
    "млн": _of("миллион"),
    "млрд": _of("миллиард"),
    "трлн": _of("триллион"),
}


BY_SIGN = {way.replace("_", " "): unit for ways, unit in UNITS.items() for way in ways.split()}
MONEY_BY_SIGN = {way: pair for ways, pair in MONEY.items() for way in ways.split()}


def alternatives(signs: Iterable[str]) -> str:
    """A regular expression of signs, the longest first, any space for a space."""
    ordered = sorted(signs, key=len, reverse=True)
    return "|".join(re.escape(one).replace(r"\ ", r"[ \u00a0]") for one in ordered)
