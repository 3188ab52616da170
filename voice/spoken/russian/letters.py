"""Letters by name, abbreviations letter by letter, Latin words as a Russian reads them."""

from __future__ import annotations

import re

CYRILLIC = dict(
    zip(
        "абвгдежзийклмнопрстуфхцчшщъыьэюяё",
        """а бэ вэ гэ дэ е жэ зэ и и-краткое ка эль эм эн о пэ эр эс тэ у эф ха цэ чэ ша ща твёрдый-знак ы мягкий-знак
        э ю я ё""".split(),
        strict=True,
    )
)
LATIN = dict(
    zip(
        "abcdefghijklmnopqrstuvwxyz",
        "а бэ цэ дэ е эф гэ аш и йот ка эль эм эн о пэ ку эр эс тэ у вэ дубль-вэ икс игрек зет".split(),
        strict=True,
    )
)
"""As in a formula or a room's code."""
ENGLISH = dict(
    zip(
        "abcdefghijklmnopqrstuvwxyz",
        "эй би си ди и эф джи эйч ай джей кей эл эм эн оу пи кью ар эс ти ю ви дабл-ю экс уай зед".split(),
        strict=True,
    )
)
"""As in an English abbreviation."""

WORDS = frozenset(
    """гост снип цод скуд вуз нии мид загс тэц втэк дэз жэк зао бти тэо осаго каско санпин лэп
    не на но да до из за по от об ко со во ни бы же ли мы вы он то та те ту их ей им её ею или как что кто где нет ещё
    все всё это эта эти для при под над без про мой моя наш ваш так там тут уже был его ему ура стоп пост внимание
    """.split()
)
"""Capitals that are read as a word whatever they look like."""
SPELLED = {
    "ооо": "о-о-о", "оао": "о-а-о", "пао": "пао", "зао": "зао", "ао": "а-о", "ип": "и-пэ", "тсж": "тэ-эс-жэ",
    "сша": "сэ-шэ-а", "фио": "фэ-и-о", "мчс": "эм-чэ-эс", "ук": "у-ка", "бц": "бэ-цэ", "тц": "тэ-цэ",
    "апс": "а-пэ-эс", "соуэ": "соу-э", "ибп": "и-бэ-пэ", "итп": "и-тэ-пэ", "мфу": "эм-эф-у", "егрн": "е-гэ-эр-эн",
}  # fmt: skip
VOWELS = "аеёиоуыэюя"
READABLE = re.compile(f"[^{VOWELS}]{{1,2}}[{VOWELS}][^{VOWELS}ъь][а-яё]*")

KNOWN = {
    "wi-fi": "вай-фай", "wifi": "вай-фай", "bluetooth": "блютус", "modbus": "модбас", "bacnet": "бакнет", "knx": "ка-эн-икс",
    "zigbee": "зигби", "lora": "лора", "lorawan": "лораван", "mqtt": "эм-кью-ти-ти", "telegram": "телеграм",
    "markoff": "маркофф", "excel": "эксель", "word": "ворд", "google": "гугл", "siemens": "сименс", "schneider": "шнайдер",
    "honeywell": "ханивелл", "bosch": "бош", "daikin": "дайкин", "samsung": "самсунг", "online": "онлайн",
    "offline": "офлайн", "email": "имейл", "e-mail": "имейл", "mail": "мейл", "office": "офис", "ok": "окей",
    "vip": "вип", "usb": "ю-эс-би", "led": "лед", "lan": "лан", "pin": "пин", "pdf": "пэ-дэ-эф", "sms": "эс-эм-эс",
    "qr": "кью-ар", "ip": "ай-пи", "it": "ай-ти", "hr": "эйч-ар", "pr": "пи-ар", "ups": "ю-пи-эс", "hvac": "эйч-вэк",
    "bms": "би-эм-эс", "api": "эй-пи-ай", "gps": "джи-пи-эс", "gsm": "джи-эс-эм", "tv": "ти-ви", "ad": "эй-ди",
    "coffee": "кофе", "house": "хаус", "soft": "софт", "group": "групп", "plaza": "плаза", "center": "центр",
    "centre": "центр", "cafe": "кафе", "example": "экзампл", "com": "ком", "ru": "ру", "org": "орг", "net": "нет",
    "open": "опен", "space": "спейс", "server": "сервер", "smart": "смарт", "home": "хоум", "city": "сити",
    "business": "бизнес", "design": "дизайн", "studio": "студио", "lounge": "лаунж", "time": "тайм", "white": "вайт",
    "apple": "эпл", "windows": "виндоус", "linux": "линукс", "python": "пайтон", "whatsapp": "ватсап", "the": "зе",
    "and": "энд", "of": "оф", "one": "уан", "service": "сервис", "logistics": "логистикс", "team": "тим",
    "ladoga": "ладога", "neva": "нева", "onega": "онега",
}  # fmt: skip
PAIRS = (
    ("tion", "шн"), ("sch", "ш"), ("tch", "ч"), ("igh", "ай"), ("ough", "о"), ("shch", "щ"), ("zh", "ж"), ("kh", "х"),
    ("sh", "ш"), ("ch", "ч"), ("ph", "ф"), ("th", "т"), ("ck", "к"), ("qu", "кв"), ("oo", "у"), ("ee", "и"),
    ("ea", "и"), ("ou", "ау"), ("ow", "оу"), ("ay", "эй"), ("ai", "эй"), ("ey", "и"), ("ya", "я"), ("yu", "ю"),
    ("yo", "ё"), ("ts", "ц"), ("wh", "в"), ("ng", "нг"), ("ce", "се"), ("ci", "си"), ("cy", "си"),
)  # fmt: skip
SINGLE = dict(
    zip(
        "abcdefghijklmnopqrstuvwxyz",
        "а б к д е ф г х и дж к л м н о п к р с т у в в кс и з".split(),
        strict=True,
    )
)


def spelled(word: str, names: dict[str, str]) -> str:
    """Letter by letter."""
    return " ".join(names[one] for one in word.lower() if one in names)


def capitals(word: str) -> str:
    """A Russian abbreviation; a word that is only shouted in small letters."""
    small = word.lower()
    if small in SPELLED:
        return SPELLED[small]
    if small in WORDS or len(word) > 5 or READABLE.fullmatch(small):
        return small
    return "-".join(CYRILLIC[one] for one in small)


def latin(word: str) -> str:
    """A Latin word: a known one, an abbreviation by its letters' names, another by its sounds, roughly."""
    small = word.lower()
    if small in KNOWN:
        return KNOWN[small]
    if len(word) == 1:
        return LATIN[small]
    if (word.isupper() and len(word) <= 5) or not re.search("[aeiouy]", small):
        return "-".join(ENGLISH[one] for one in small if one in ENGLISH)
    return sounded(small)


def sounded(small: str) -> str:
    """By sounds: "granit" → "гранит"."""
    small = small.replace("'", "")
    if len(small) > 4 and small.endswith("e") and small[-2] not in "aeiouy":
        small = small[:-1]
    small = re.sub(r"([bcdfgklmnprstz])\1", r"\1", small)
    out, at = "", 0
    while at < len(small):
        pair = next((one for one in PAIRS if small.startswith(one[0], at)), None)
        if pair:
            out, at = out + pair[1], at + len(pair[0])
            continue
        letter = small[at]
        if letter == "y":
            out += "й" if at == 0 or small[at - 1] in "aeou" else "и"
        elif letter == "e" and at == 0:
            out += "э"
        else:
            out += SINGLE[letter]
        at += 1
    return out
