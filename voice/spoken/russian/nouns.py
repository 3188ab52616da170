"""Nouns that numbers stand with: what they are when their form is known, and a guess for the others."""

from __future__ import annotations

import re
from dataclasses import dataclass

from voice.spoken.russian.cases import ACC, DAT, GEN, INS, NOM, PRE, Case, F, Gender, M, N, Noun, irregular, noun

LIKE = {
    "градус": """градус процент метр грамм сантиметр миллиметр километр литр кубометр офис кабинет договор сенсор лифт
        объект класс зал корпус подъезд квартал пост номер пункт пожар инцидент вопрос ответ вход выход шкаф насос
        клапан вентилятор радиатор компьютер сервер канал контракт план доллар цент фунт стол объём порт адрес документ
        отдел спринклер маршрут запрос этап сектор прибор монитор аппарат автомат билет гидрант диспетчер инженер подвал
        сигнал тенант отчёт провод пролёт удар""",
    "датчик": "датчик блок охранник счётчик срок порог сотрудник техник ящик уборщик подрядчик праздник",
    "этаж": "этаж ключ гараж",
    "рубль": "рубль",
    "паскаль": "паскаль извещатель показатель пользователь выключатель посетитель житель",
    "случай": "случай",
    "месяц": "месяц",
    "минута": """минута секунда комната квартира лампа камера карта смена система зона группа страница машина
        касса школа витрина колонна труба""",
    "тысяча": "тысяча встреча задача",
    "лестница": "лестница единица улица граница",
    "неделя": "неделя кухня",
    "точка": """точка заявка розетка проверка ошибка площадка кнопка переговорка парковка стоянка протечка утечка попытка
        копейка стойка подписка отметка заметка поломка отсечка сработка""",
    "дорога": "тревога строка штука",
    "линия": """линия серия секция авария аудитория компания организация позиция категория станция партия операция
        инструкция""",
    "часть": "часть запись дверь площадь область очередь ступень панель",
    "место": "место право средство устройство правило",
    "помещение": """помещение событие здание показание значение сообщение нарушение срабатывание изменение замечание полугодие
        измерение обращение отделение строение соединение предупреждение отключение напоминание подключение""",
}
"""Nouns by the one they are declined like."""
GENITIVES = {
    "кухня": "кухонь", "копейка": "копеек", "точка": "точек", "заявка": "заявок", "розетка": "розеток",
    "проверка": "проверок", "ошибка": "ошибок", "площадка": "площадок", "кнопка": "кнопок",
    "переговорка": "переговорок", "парковка": "парковок", "стоянка": "стоянок", "протечка": "протечек",
    "утечка": "утечек", "попытка": "попыток", "стойка": "стоек", "подписка": "подписок", "отметка": "отметок",
    "заметка": "заметок", "поломка": "поломок", "отсечка": "отсечек", "сработка": "сработок", "строка": "строк",
    "площадь": "площадей",
}  # fmt: skip
"""Genitive plurals that do not follow from the pattern."""

IRREGULAR = {
    "раз": irregular(M, "раз раза разу раз разом разе", "разы раз разам разы разами разах"),
    "час": irregular(M, "час часа часу час часом часе", "часы часов часам часы часами часах"),
    "день": irregular(M, "день дня дню день днём дне", "дни дней дням дни днями днях"),
    "год": irregular(M, "год года году год годом году", "годы лет годам годы годами годах"),
    "человек": irregular(
        M, "человек человека человеку человека человеком человеке", "люди человек людям людей людьми людях"
    ),
    "сутки": irregular(F, "сутки суток суткам сутки сутками сутках", "сутки суток суткам сутки сутками сутках"),
    "гость": irregular(M, "гость гостя гостю гостя гостем госте", "гости гостей гостям гостей гостями гостях"),
    "век": irregular(M, "век века веку век веком веке", "века веков векам века веками веках"),
    "этап": irregular(M, "этап этапа этапу этап этапом этапе", "этапы этапов этапам этапы этапами этапах"),
    "уровень": irregular(
        M, "уровень уровня уровню уровень уровнем уровне", "уровни уровней уровням уровни уровнями уровнях"
    ),
    "звонок": irregular(
        M, "звонок звонка звонку звонок звонком звонке", "звонки звонков звонкам звонки звонками звонках"
    ),
    "участок": irregular(
        M, "участок участка участку участок участком участке", "участки участков участкам участки участками участках"
    ),
    "окно": irregular(N, "окно окна окну окно окном окне", "окна окон окнам окна окнами окнах"),
    "число": irregular(N, "число числа числу число числом числе", "числа чисел числам числа числами числах"),
    "кресло": irregular(
        N, "кресло кресла креслу кресло креслом кресле", "кресла кресел креслам кресла креслами креслах"
    ),
    "письмо": irregular(
        N, "письмо письма письму письмо письмом письме", "письма писем письмам письма письмами письмах"
    ),
    "переговорная": irregular(
        F,
        "переговорная переговорной переговорной переговорную переговорной переговорной",
        "переговорные переговорных переговорным переговорные переговорными переговорных",
    ),
    "набережная": irregular(
        F,
        "набережная набережной набережной набережную набережной набережной",
        "набережные набережных набережным набережные набережными набережных",
    ),
    "переулок": irregular(
        M,
        "переулок переулка переулку переулок переулком переулке",
        "переулки переулков переулкам переулки переулками переулках",
    ),
    "шоссе": irregular(N, "шоссе шоссе шоссе шоссе шоссе шоссе", "шоссе шоссе шоссе шоссе шоссе шоссе"),
    "арендатор": irregular(
        M,
        "арендатор арендатора арендатору арендатора арендатором арендаторе",
        "арендаторы арендаторов арендаторам арендаторов арендаторами арендаторах",
    ),
}


def _lexicon() -> dict[str, Noun]:
    found = {
        word: noun(word, pattern, many=GENITIVES.get(word)) for pattern, words in LIKE.items() for word in words.split()
    }
    return found | IRREGULAR


NOUNS = _lexicon()
FORMS: dict[str, list[Noun]] = {}
for _noun in NOUNS.values():
    for _form in _noun.readings:
        FORMS.setdefault(_form, []).append(_noun)

RANKED = frozenset("этаж корпус подъезд квартал смена блок секция очередь зона линия пост уровень класс".split())
"""Nouns whose number says which one, not how many, whenever the form allows it."""
ROOMS = frozenset("помещение комната кабинет офис аудитория зал квартира переговорная переговорка".split())
"""The same for numbers of three digits and more."""

ADJECTIVE_END = re.compile(r"(?:ый|ий|ой|ая|яя|ое|ее|ые|ие|ых|их|ого|его|ому|ему|ым|им|ыми|ими|ом|ем|ую|юю|ей)$")
WORD = re.compile(r"[\s\u00a0]+([а-яё]+(?:-[а-яё]+)*)")


@dataclass(frozen=True)
class Agreement:
    """How a number agrees with the noun after it."""

    case: Case
    gender: Gender
    ordinal: bool = False
    noun: Noun | None = None


def _allowed(noun_: Noun, form: str, value: int) -> list[Case]:
    """The cases in which a number may stand for the noun to have this form."""
    return [case for case in Case if noun_.counted(value, case).replace("ё", "е") == form]


def following(text: str, at: int) -> list[str]:
    """Up to three small words that follow, with nothing but spaces between."""
    words: list[str] = []
    while len(words) < 3 and (found := WORD.match(text, at)):
        words.append(found[1])
        at = found.end()
    return words


def agreement(value: int, text: str, at: int, cases: tuple[Case, ...], previous: str, figures: int) -> Agreement | None:
    """What the words from `at` on make of a number; None when no noun follows."""
    words = following(text, at)
    adjective = ""
    for word in words:
        form = word.replace("ё", "е")
        for noun_ in FORMS.get(form, ()):
            return _with(noun_, form, value, cases, previous, figures)
        if ADJECTIVE_END.search(word) and not adjective:
            adjective = word
            continue
        break
    if not words:
        return None
    return _guess(adjective or words[0], value, cases, noun_follows=bool(adjective))


def _with(noun_: Noun, form: str, value: int, cases: tuple[Case, ...], previous: str, figures: int) -> Agreement:
    possible = _allowed(noun_, form, value)
    singular = [case for case, plural in noun_.readings[form] if not plural]
    lemma = noun_.word
    ranked = lemma in RANKED or (lemma in ROOMS and figures >= 3)
    if ranked and singular and not (form == noun_.form(GEN).replace("ё", "е") and possible and not _which(previous)):
        case = next((one for one in cases if one in singular), singular[0])
        return Agreement(case, noun_.gender, ordinal=True, noun=noun_)
    if not possible and singular:
        case = next((one for one in cases if one in singular), singular[0])
        return Agreement(case, noun_.gender, ordinal=True, noun=noun_)
    case = next((one for one in cases if one in possible), possible[0] if possible else NOM)
    return Agreement(case, noun_.gender, noun=noun_)


WHICH = re.compile(
    r"с|со|от|до|из|около|для|ниже|выше|после|у|кроме|план|плана|плане|схема|схемы|карта|карты|комнат[аы]?|помещени[ейя]"
    r"|датчик(?:и|ов|ам)?|тревог[аи]?|арендатор(?:ы|ов)|коридор[а-я]?|температур[аыу]|обстановк[аеу]|сводк[аеу]|холл[а-я]?"
    r"|эвакуаци[яию]|событи[яей]+|лестниц[аыей]*|вход|дверь|двери|жител[ией]+|остальн[а-я]+|конец|начал[оае]|кухн[яиюе]"
)


def _which(previous: str) -> bool:
    """Whether a genitive after this word tells which one: «план 3 этажа», not «здание в 3 этажа»."""
    return WHICH.fullmatch(previous) is not None


def _guess(word: str, value: int, cases: tuple[Case, ...], *, noun_follows: bool) -> Agreement | None:
    """By the ending alone, for words that no list has."""
    last, teens = value % 10, 10 < value % 100 < 20
    for case, ends in ((DAT, ("ам", "ям", "ым", "им")), (INS, ("ами", "ями", "ыми", "ими")), (PRE, ("ах", "ях"))):
        if word.endswith(ends) and case in cases and not (last == 1 and not teens):
            return Agreement(case, M)
    if last == 1 and not teens:
        if word.endswith(("ая", "яя")) or (not noun_follows and word.endswith(("а", "я"))):
            return Agreement(NOM, F)
        if word.endswith(("ую", "юю")) or (not noun_follows and word.endswith(("у", "ю")) and ACC in cases):
            return Agreement(ACC, F)
        if word.endswith(("ое", "ее")) or (not noun_follows and word.endswith(("о", "е")) and word.endswith("ие")):
            return Agreement(cases[0] if cases[0] in (NOM, ACC) else NOM, N)
    if 2 <= last <= 4 and not teens and cases[0] in (NOM, ACC):
        feminine = word.endswith(("ые", "ие")) if noun_follows else word.endswith(("ы", "и"))
        return Agreement(cases[0], F if feminine else M)
    return Agreement(cases[0], M)
