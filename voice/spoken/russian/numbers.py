"""Rules for numbers in a Russian text: with units, with nouns, as codes and as ordinals."""

from __future__ import annotations

import re

from voice.spoken.russian import numerals
from voice.spoken.russian.cases import ACC, DAT, GEN, INS, NOM, PRE, Case, F, Gender, M, N, Noun
from voice.spoken.russian.governing import NAME, number_cases
from voice.spoken.russian.letters import CYRILLIC, LATIN, latin, spelled
from voice.spoken.russian.nouns import FORMS, agreement, following
from voice.spoken.russian.units import BY_SIGN, MONEY_BY_SIGN, SCALES, alternatives
from voice.spoken.scan import Rule, Scan, rule

WHOLE = r"(?:\d{1,3}(?:\u00a0\d{3})+|\d+)"
NUMBER = rf"(?P<whole>{WHOLE})(?:[.,](?P<part>\d+))?"
SIGN = r"(?P<sign>[-−+±]\s?|\+/-\s?)?"
SIGNS = {"-": "минус", "−": "минус", "+": "плюс", "±": "плюс-минус", "+/-": "плюс-минус"}
UNIT = rf"(?P<unit>{alternatives(BY_SIGN)})(?![^\W_]|/[^\W\d_])(?:(?<=[а-я])\.(?!\.))?"
SPACE = r"[ \u00a0]?"
AGO = re.compile(rf"(?:\s*\d+{SPACE}[а-я]+\.?){{0,2}}\s+назад\b")


def value_of(whole: str) -> int:
    return int(re.sub(r"[\u00a0 ]", "", whole))


def wanted(scan: Scan) -> tuple[Case, ...]:
    """The cases that the words in front ask of a number here."""
    if scan.joins() and scan.previous in ("и", "или", "либо", "") and scan.kind in ("number", "room"):
        return (Case(scan.case),)
    if re.search(r"[<>≤≥]\s*$", scan.before):
        return (GEN,)
    return number_cases(scan.previous)


def amount(whole: int, part: str | None, counted: Noun | None, case: Case, gender: Gender = M) -> str:
    """A number, whole or with a fraction, and what it counts."""
    gender = counted.gender if counted else gender
    part = (part or "").rstrip("0")
    if not part:
        return numerals.counted(whole, counted, case) if counted else numerals.cardinal(whole, case, gender)
    if part == "5" and whole:
        return numerals.half(whole, counted, case, gender)
    if len(part) > 3:
        text = f"{numerals.cardinal(whole)} запятая {numerals.digits(part)}"
        return f"{text} {counted.form(GEN)}" if counted else text
    text = numerals.fraction(whole, part, case)
    return f"{text} {counted.form(GEN)}" if counted else text


def signed(sign: str | None) -> str:
    return f"{SIGNS[sign.strip()]} " if sign else ""


def is_sign(scan: Scan, sign: str | None) -> bool:
    """Whether a dash in front of a number is a minus: not one that joins it to a word or a number."""
    return not sign or scan.at == 0 or sign.strip() not in ("-", "+") or not scan.text[scan.at - 1].isalnum()


def with_unit(scan: Scan, m: re.Match[str]) -> str | None:
    unit = m["unit"].replace("\u00a0", " ")
    if not is_sign(scan, m["sign"]) or not _means_unit(scan, m, unit):
        return None
    counted = BY_SIGN[unit]
    cases = wanted(scan)
    case = ACC if AGO.match(scan.text, m.end()) else cases[0]
    if scan.previous in ("в", "на") and unit == "эт":
        return f"{numerals.ordinal(value_of(m['whole']), PRE)} этаже"
    scan.mark(case, "number", m.end())
    scale = m["scale"]
    if scale:
        named = SCALES[scale.strip(" .\u00a0")]
        return f"{signed(m['sign'])}{amount(value_of(m['whole']), m['part'], named, case)} {counted.form(GEN, plural=True)}"
    return signed(m["sign"]) + amount(value_of(m["whole"]), m["part"], counted, case)


def _means_unit(scan: Scan, m: re.Match[str], unit: str) -> bool:
    """Single letters that are words as well are units only where nothing else can be meant."""
    gap = scan.text[m.start("unit") - 1]
    after = scan.text[m.end() :]
    if unit in ("с", "К", "В", "А", "т", "д") and gap == " ":
        return not re.match(r"\s+[^\W\d_]", after) or unit in ("В", "А")
    return unit not in ("А", "В") or not gap.isdigit()


def money(scan: Scan, m: re.Match[str]) -> str | None:
    sign = (m.groupdict().get("first") or m["money"]).rstrip(".")
    main, cents = MONEY_BY_SIGN[sign]
    case = wanted(scan)[0]
    whole, part = value_of(re.sub(r"\s", "", m["whole"])), m["part"]
    scan.mark(case, "number", m.end())
    per = _per(m["per"]) if m["per"] else ""
    if m["scale"]:
        scaled = amount(whole, part, SCALES[m["scale"].strip(" .\u00a0")], case)
        return f"{signed(m['sign'])}{scaled} {main.form(GEN, plural=True)}{per}"
    if part and len(part) == 2 and cents:
        low = f" {numerals.counted(int(part), cents, case)}" if int(part) else ""
        return f"{signed(m['sign'])}{numerals.counted(whole, main, case)}{low}{per}"
    return signed(m["sign"]) + amount(whole, part, main, case) + per


PER = {
    "м²": "за квадратный метр", "м2": "за квадратный метр", "кв. м": "за квадратный метр", "мес": "в месяц",
    "месяц": "в месяц", "год": "в год", "сут": "в сутки", "ч": "в час", "час": "в час", "кВт·ч": "за киловатт-час",
    "чел": "с человека", "шт": "за штуку", "день": "в день", "м³": "за кубический метр", "Гкал": "за гигакалорию",
}  # fmt: skip
"""What stands after a price and a stroke."""


def _per(text: str) -> str:
    return "".join(f" {PER[one.strip().rstrip('.')]}" for one in text.split("/") if one.strip())


def spread(scan: Scan, m: re.Match[str]) -> str | None:
    """A range: "от восемнадцати до двадцати четырёх градусов", "через десять – пятнадцать минут"."""
    low, high = value_of(m["whole"]), value_of(m["high"])
    if m["unit"] and not _means_unit(scan, m, m["unit"]):
        return None
    counted = BY_SIGN.get((m["unit"] or "").replace("\u00a0", " "))
    bare = counted is None and not m["part"] and not m["high_part"]
    if bare and scan.previous in ROOM_HEADS:
        return _rooms(scan, low, high)
    if bare and (high <= low or scan.previous in NAMED):
        return f"{numerals.code(m['whole'])} {numerals.code(m['high'])}" if "-" in m[0] else None
    words = following(scan.text, m.end())
    found = FORMS.get(words[0].replace("ё", "е")) if bare and words else None
    if found:
        counted = found[0]
        scan.until = scan.text.index(words[0], m.end()) + len(words[0])
    minus, plus = signed(m["sign"]), signed(m["high_sign"])
    joint, case = _joint(scan, together=bool(found) or counted in SPANS)
    front = "от " if joint == "до" and scan.previous not in ("от", "с", "со") else ""
    first = amount(low, m["part"], None, case, counted.gender if counted else M)
    second = amount(high, m["high_part"], counted, case)
    scan.mark(case, "number", scan.until)
    return f"{front}{minus}{first} {joint} {plus}{second}"


SPANS = (
    BY_SIGN["с"],
    BY_SIGN["мин"],
    BY_SIGN["ч"],
    BY_SIGN["дн"],
    BY_SIGN["нед"],
    BY_SIGN["мес"],
    BY_SIGN["чел"],
    BY_SIGN["шт"],
)
"""Counted one by one: a range of them is said as a guess, «пять – семь минут»."""


def _joint(scan: Scan, *, together: bool) -> tuple[str, Case]:
    """What joins the ends of a range, and the case of both."""
    if scan.previous == "между":
        return "и", INS
    if scan.previous in ("от", "с", "со"):
        return "до", GEN
    cases = number_cases(scan.previous)
    if len(cases) < len(Case):
        return "–", cases[0]
    return ("–", NOM) if together else ("до", GEN)


ROOM_HEADS = {
    **dict.fromkeys(("комнаты", "комнатах", "комнат", "аудитории", "квартиры", "переговорные"), F),
    **dict.fromkeys(("помещения", "помещениях", "помещений"), N),
    **dict.fromkeys(("кабинеты", "кабинетах", "кабинетов", "офисы", "офисах", "офисов", "этажи", "этажах"), M),
    **dict.fromkeys(("датчики", "лифты", "договоры"), M),
}


def _rooms(scan: Scan, low: int, high: int) -> str:
    gender = ROOM_HEADS[scan.previous]
    return f"с {numerals.ordinal(low, GEN, gender)} по {numerals.ordinal(high, ACC, gender)}"


def dotted(scan: Scan, m: re.Match[str]) -> str | None:
    """Versions, addresses in a network, standards: "2.0.1", "192.168.0.12", "12.1.004-91"."""
    return " точка ".join(" тире ".join(numerals.code(one) for one in part.split("-")) for part in m[0].split("."))


def roman(scan: Scan, m: re.Match[str]) -> str | None:
    """II этаж, IV квартал, XXI век."""
    value, highest = 0, 0
    for letter in reversed(m[0]):
        one = {"I": 1, "V": 5, "X": 10}[letter]
        value += one if one >= highest else -one
        highest = max(highest, one)
    words = following(scan.text, m.end())
    found = FORMS.get(words[0].replace("ё", "е")) if words else None
    if not found:
        return None
    singular = [case for case, plural in found[0].readings[words[0].replace("ё", "е")] if not plural] or [NOM]
    case = next((one for one in number_cases(scan.previous) if one in singular), singular[0])
    return numerals.ordinal(value, case, found[0].gender)


def unit_alone(scan: Scan, m: re.Match[str]) -> str | None:
    """A unit without a number: "мощность, кВт"."""
    return BY_SIGN[m["unit"]].form(NAME.get(scan.previous, NOM), plural=True)


ALONE = alternatives(
    sign
    for sign in BY_SIGN
    if (len(sign) > 1 and not re.fullmatch("[а-я]+|[a-z]+|[A-Z]+", sign)) or sign in ("ppm", "лк")
)


def fractional(scan: Scan, m: re.Match[str]) -> str | None:
    """A decimal fraction without a unit, or with a noun: "два с половиной часа"."""
    if not is_sign(scan, m["sign"]):
        return None
    words = following(scan.text, m.end())
    noun_ = next(iter(FORMS.get(words[0].replace("ё", "е"), ())), None) if words else None
    cases = wanted(scan)
    case = cases[0]
    if noun_ is None:
        gender = M
    else:
        gender = noun_.gender
        scan.until = scan.text.index(words[0], m.end()) + len(words[0])
    scan.mark(case, "number", scan.until)
    return signed(m["sign"]) + amount(value_of(m["whole"]), m["part"], noun_, case, gender)


def whole(scan: Scan, m: re.Match[str]) -> str | None:
    """A whole number by the words around it."""
    if not is_sign(scan, m["sign"]):
        return None
    text = m["whole"]
    value, figures = value_of(text), sum(map(str.isdigit, text))
    if text[0] == "0" and figures > 1:
        return signed(m["sign"]) + numerals.code(text)
    cases = wanted(scan)
    found = agreement(value, scan.text, m.end(), cases, scan.previous, figures)
    room = _room_case(scan, figures)
    if found is not None and (room is None or found.noun is not None):
        case = ACC if found.case is NOM and AGO.match(scan.text, m.end()) else found.case
        scan.mark(case, "number", m.end())
        say = numerals.ordinal if found.ordinal else numerals.cardinal
        return signed(m["sign"]) + say(value, case, found.gender)
    if room is not None and not m["sign"]:
        scan.mark(room, "room", m.end())
        return numerals.ordinal(value, room, F)
    if scan.previous in NAMED or (figures > 6 and text.isdigit()):
        return signed(m["sign"]) + (numerals.code(text) if figures > 4 else numerals.cardinal(value))
    scan.mark(cases[0], "number", m.end())
    return signed(m["sign"]) + numerals.cardinal(value, cases[0], _told_before(scan))


def _told_before(scan: Scan) -> Gender:
    """The gender of what is counted in front: «Активных тревог: 2»."""
    counted = re.search(r"([а-яё]+)(?:\s+[а-яё]+){0,3}\s*[:—–]\s*$", scan.before[-80:].lower())
    words = re.findall(r"[а-яё]+", counted[0]) if counted else []
    for word in words:
        for noun_ in FORMS.get(word.replace("ё", "е"), ()):
            if (GEN, True) in noun_.readings[word.replace("ё", "е")]:
                return noun_.gender
    return M


NAMED = frozenset(
    """номер помещение помещении помещения помещению помещением комната комнате комнаты комнату комнатой кабинет
    кабинете кабинета кабинету кабинетом офис офисе офиса офису офисом аудитория аудитории аудиторию этаж этаже этажа
    лифт лифта лифте зона зоне зоны дом дома доме корпус корпусе корпуса датчик датчика датчике код кода пин договор
    договора квартира квартире лестница лестнице квартиру переговорная переговорной строение пункт пункте""".split()
)
"""Nouns with their number after them: it is a name and keeps its first form."""
IN_ROOM = {"в": PRE, "во": PRE, "из": GEN, "у": GEN, "возле": GEN, "напротив": GEN, "по": DAT, "над": INS, "под": INS}


def _room_case(scan: Scan, figures: int) -> Case | None:
    """The case of a bare room number: «душно в 101», «рядом с 412»."""
    if scan.kind == "room" and scan.joins() and figures >= 3:
        return Case(scan.case)
    if figures not in (3, 4) or scan.text[scan.at].isspace():
        return None
    words = scan.previous_words(2)
    if not scan.previous or not words:
        return None
    if words[-1] in ("с", "со") and words[:-1] == ["рядом"]:
        return INS
    if words[-1] == "из" and re.search(r"\d\s+из\s+$", scan.before):
        return None
    return IN_ROOM.get(words[-1])


ENDED: dict[str, tuple[tuple[Case, Gender | None], ...]] = {
    "й": ((NOM, M), (ACC, M), (PRE, F), (GEN, F), (DAT, F), (INS, F)),
    "я": ((NOM, F),),
    "е": ((NOM, N), (NOM, None)),
    "го": ((GEN, M),),
    "му": ((DAT, M),),
    "м": ((PRE, M), (INS, M), (DAT, None)),
    "ю": ((ACC, F),),
    "х": ((GEN, None), (PRE, None)),
    "ми": ((INS, None),),
}
"""Which one: cases and genders by the letters after the hyphen."""
LONGER = {
    "ый": "й", "ий": "й", "ой": "й", "ая": "я", "ья": "я", "ое": "е", "ье": "е", "ые": "е", "ого": "го", "его": "го",
    "ому": "му", "ему": "му", "ом": "м", "ем": "м", "ым": "м", "ую": "ю", "ью": "ю", "ых": "х", "ыми": "ми", "ей": "й",
}  # fmt: skip
FEMININE_AFTER: dict[str, Case] = {
    **dict.fromkeys("в во на о об при".split(), PRE),
    **dict.fromkeys("из от до у около для без после кроме возле напротив".split(), GEN),
    **dict.fromkeys("к ко по".split(), DAT),
    **dict.fromkeys("с со под над за между перед".split(), INS),
}
COUNTED_ENDS = {"ти": GEN, "и": GEN, "мя": INS, "ю": INS}


def ended(scan: Scan, m: re.Match[str]) -> str | None:
    """Digits with an ending: "412-я", "3-го", "5-ти"."""
    value, ending = value_of(m["whole"]), LONGER.get(m["ending"], m["ending"])
    words = following(scan.text, m.end())
    noun_ = next(iter(FORMS.get(words[0].replace("ё", "е"), ())), None) if words else None
    scan.mark(NOM, "number", m.end())
    if ending == "ти":
        return numerals.cardinal(value, GEN)
    if ending in ("х", "мя", "ух", "ёх") and value % 10 in (2, 3, 4) and value % 100 not in (12, 13, 14):
        form = words[0].replace("ё", "е") if words else ""
        plural = noun_ is not None and any((case, True) in noun_.readings[form] for case in (GEN, PRE))
        if ending != "х" or plural or not words:
            return numerals.cardinal(value, INS if ending == "мя" else GEN)
    if ending not in ENDED:
        return None
    case, gender = _ended_form(scan, ending, noun_, words[0].replace("ё", "е") if words else "")
    scan.mark(case, "room" if gender is F else "number", m.end())
    return numerals.ordinal(value, case, gender)


def _ended_form(scan: Scan, ending: str, noun_: Noun | None, form: str) -> tuple[Case, Gender | None]:
    forms = ENDED[ending]
    if noun_ is not None:
        readings = noun_.readings[form]
        fitting = [
            (case, gender)
            for case, gender in forms
            if (case, gender is None) in readings and (gender is None or _same_gender(gender, noun_.gender))
        ]
        wanted_ = number_cases(scan.previous)
        better = [one for one in fitting if one[0] in wanted_]
        if scan.previous and better:
            return better[0]
        if fitting:
            return fitting[0]
    if ending == "й" and scan.previous in FEMININE_AFTER:
        return FEMININE_AFTER[scan.previous], F
    if ending == "м" and scan.previous in ("с", "со", "над", "под", "за", "между", "перед"):
        return INS, M
    if ending == "й" and scan.kind == "room" and scan.joins():
        return Case(scan.case), F
    return forms[0]


def _same_gender(one: Gender, other: Gender) -> bool:
    return (one is F) == (other is F)


def grown(scan: Scan, m: re.Match[str]) -> str | None:
    """A number grown together with a word: "3-этажный", "24-часовой"."""
    return numerals.joined(value_of(m["whole"])) + m["rest"]


def code(scan: Scan, m: re.Match[str]) -> str | None:
    """Letters and figures together: "A102", "T-412-1", "CO2-204", "412а"."""
    text = m[0]
    if not any(map(str.isdigit, text)) or not any(map(str.isalpha, text)):
        return None
    parts = re.findall(r"\d+|[A-Za-z]+|[А-Яа-яЁё]+", text)
    return " ".join(_code_part(part) for part in parts)


def _code_part(part: str) -> str:

    if part.isdigit():
        return numerals.code(part)
    names = CYRILLIC if part.lower()[0] in CYRILLIC else LATIN
    if len(part) > 3 or (len(part) == 3 and not part.isupper()):
        return part.lower() if names is CYRILLIC else latin(part)
    return spelled(part, names)


def phone(scan: Scan, m: re.Match[str]) -> str | None:
    """A telephone number by the groups people say it in."""
    first = {"+7": "плюс семь", "8": "восемь"}[m["first"]]
    groups = [first, *(numerals.code(m[name]) for name in ("city", "a", "b", "c"))]
    return ", ".join(groups)


def ratio(scan: Scan, m: re.Match[str]) -> str | None:
    """3:1."""
    return f"{numerals.cardinal(int(m['top']))} к {numerals.cardinal(int(m['bottom']), DAT)}"


def product(scan: Scan, m: re.Match[str]) -> str | None:
    """60 × 23 м."""
    unit = BY_SIGN.get((m["unit"] or "").replace("\u00a0", " "))
    parts = re.split(r"\s*[×xх*]\s*", m["sides"])
    spoken = []
    for n, side in enumerate(parts):
        front, _, part = side.replace(".", ",").partition(",")
        counted = unit if n == len(parts) - 1 else None
        spoken.append(amount(value_of(front), part or None, counted, NOM, unit.gender if unit else M))
    return " на ".join(spoken)


def stroke(scan: Scan, m: re.Match[str]) -> str | None:
    """A common fraction or two numbers by a stroke: "1/2", "24/7", "12/3"."""
    top, bottom = int(m["top"]), int(m["bottom"])
    if (top, bottom) == (24, 7):
        return "двадцать четыре на семь"
    if (top, bottom) in ((1, 2), (1, 3), (1, 4), (2, 3), (3, 4)):
        parts = {2: ("вторая", "вторых"), 3: ("треть", "трети"), 4: ("четверть", "четверти")}[bottom]
        return f"{numerals.cardinal(top, NOM, F)} {parts[0] if top == 1 else parts[1]}"
    unit = f" {BY_SIGN[m['unit']].counted(bottom, NOM)}" if m["unit"] else ""
    return f"{numerals.code(m['top'])} дробь {numerals.code(m['bottom'])}{unit}"


SCALE = r"(?P<scale>(?:тыс\.?|млн\.?|млрд\.?|трлн\.?)[ \u00a0]?)?"
DASH = r"\s?[–—]\s?|-|…|\.\.\.?"
MONEY_SIGN = rf"(?P<money>{alternatives(MONEY_BY_SIGN)})(?![^\W_])\.?(?P<per>(?:\s?/\s?(?:{alternatives(PER)})\.?)*)"
MONEY_WHOLE = r"(?P<whole>\d{1,3}(?:[ \u00a0]\d{3})+|\d+)(?:[.,](?P<part>\d+))?"
RULES: tuple[Rule, ...] = (
    rule(
        r"(?P<first>\+7|8)[ \u00a0-]?\(?(?P<city>\d{3})\)?[ \u00a0-]?(?P<a>\d{3})[ \u00a0-]?(?P<b>\d{2})[ \u00a0-]?(?P<c>\d{2})(?!\d)",
        phone,
    ),
    rule(r"\d+(?:\.\d+){2,}(?:-\d+)?(?![\w.]*\w)", dotted),
    rule(rf"{SIGN}{MONEY_WHOLE}{SPACE}{SCALE}{MONEY_SIGN}", money),
    rule(rf"{SIGN}(?P<first>[$€£]){SPACE}{MONEY_WHOLE}(?:{SPACE}{SCALE})?(?P<per>)", money),
    rule(rf"(?P<sides>\d+(?:[.,]\d+)?(?:\s?[×xх*]\s?\d+(?:[.,]\d+)?)+)(?:{SPACE}{UNIT})?", product),
    rule(
        rf"{SIGN}{NUMBER}(?:{SPACE}(?:°C|%))?(?:{DASH})(?P<high_sign>[-−+])?(?P<high>{WHOLE})(?:[.,](?P<high_part>\d+))?"
        rf"(?:{SPACE}{UNIT})?(?![\w-])",
        spread,
    ),
    rule(rf"{SIGN}{NUMBER}{SPACE}{SCALE}{UNIT}", with_unit),
    rule(r"(?<![\w:])(?P<top>\d{1,2}):(?P<bottom>\d{1,4})(?![\w:])", ratio),
    rule(rf"(?<![\w/])(?P<top>\d{{1,4}})/(?P<bottom>\d{{1,4}})(?![\w/])(?:{SPACE}{UNIT})?", stroke),
    rule(rf"(?P<whole>{WHOLE})-(?P<ending>[а-яё]{{1,3}})(?![а-яё])", ended),
    rule(r"(?P<whole>\d+)-(?P<rest>[а-яё]{4,})", grown),
    rule(
        r"(?<![^\W_])(?:[A-Za-z]+[0-9]*|[А-ЯЁ]{1,4})(?:[-_.]?(?=[\d])\d+)(?:[-_/.]?[A-Za-zА-ЯЁ0-9]+)*(?![^\W_])", code
    ),
    rule(r"\d+(?:[-/]\d+)*[-_]?[A-Za-zА-Яа-яЁё](?:[-_/.][A-Za-zА-ЯЁ0-9]+)*(?![^\W_])", code),
    rule(rf"{SIGN}(?P<whole>{WHOLE})[.,](?P<part>\d+)(?![\d.]*\d)", fractional),
    rule(rf"{SIGN}(?P<whole>{WHOLE})", whole),
    rule(r"(?<!\w)[IVX]{1,6}(?!\w)", roman),
    rule(rf"(?<![^\W_])(?P<unit>{ALONE})(?![^\W_])", unit_alone),
)
