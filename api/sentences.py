"""Every sentence that the graph says by itself, in Russian and English: faults of a request, and refusals of a change.

A new code goes here first: `CODE: (Russian, English)`, with the same parameters in both. See `api.speech` for formats.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from api.speech import said
from db.models import Language

Pair = tuple[str, str]

ACCESS: dict[str, Pair] = {
    "NOT_SIGNED_IN": (
        "Сначала войдите: передайте токен в заголовке Authorization: Bearer.",
        "Sign in first: send a token in the header Authorization: Bearer.",
    ),
    "BAD_TOKEN": (
        "Токен не подходит: он повреждён, отозван или выдан другим сервером. Войдите снова.",
        "This token is not valid: it is damaged, revoked or from another server. Sign in again.",
    ),
    "TOKEN_EXPIRED": ("Срок действия токена истёк. Войдите снова.", "The token has expired. Sign in again."),
    "TOO_MANY_REQUESTS": (
        "Слишком много запросов. Повторите через {seconds} с.",
        "Too many requests. Try again in {seconds} s.",
    ),
    "TOO_MANY_ATTEMPTS": (
        "Слишком много неудачных попыток входа. Повторите через {seconds} с.",
        "Too many failed sign-ins. Try again in {seconds} s.",
    ),
}

REQUEST: dict[str, Pair] = {
    "BODY_TOO_LARGE": (
        "Запрос больше допустимых {limit} байт. Разделите его на части.",
        "The request is larger than the {limit} bytes allowed. Split it.",
    ),
    "BAD_BODY": (
        "Тело запроса должно быть объектом JSON с полем query (строка) и, если нужно, variables и operationName.",
        "The body must be a JSON object with query (a string) and, if needed, variables and operationName.",
    ),
    "SYNTAX": (
        "Ошибка в тексте запроса, строка {line}, позиция {column}: не к месту {found}.",
        "The query has a syntax error at line {line}, column {column}: {found} is out of place.",
    ),
    "SYNTAX_EXPECTED": (
        "Ошибка в тексте запроса, строка {line}, позиция {column}: ожидалось {expected}, а стоит {found}.",
        "The query has a syntax error at line {line}, column {column}: {expected} was expected, not {found}.",
    ),
    "SYNTAX_OTHER": (
        "Ошибка в тексте запроса, строка {line}, позиция {column}: {detail}",
        "The query has a syntax error at line {line}, column {column}: {detail}",
    ),
    "UNKNOWN_FIELD": (
        "У типа {type} нет поля {field}.{suggestions:maybe}",
        "The type {type} has no field {field}.{suggestions:maybe}",
    ),
    "UNKNOWN_ARGUMENT": (
        "У {field} нет аргумента {argument}.{suggestions:maybe}",
        "{field} has no argument {argument}.{suggestions:maybe}",
    ),
    "MISSING_ARGUMENT": (
        "У {field} не задан обязательный аргумент {argument} типа {type}.",
        "{field} needs the argument {argument} of type {type}.",
    ),
    "UNKNOWN_TYPE": ("Тип {type} неизвестен.{suggestions:maybe}", "The type {type} is unknown.{suggestions:maybe}"),
    "UNKNOWN_FRAGMENT": ("Фрагмент {fragment} не описан.", "The fragment {fragment} is not defined."),
    "UNKNOWN_OPERATION": (
        "В запросе нет операции с таким именем: {operation}.",
        "The query has no operation of this name: {operation}.",
    ),
    "OPERATION_NOT_NAMED": (
        "В запросе несколько операций: назовите нужную в operationName.",
        "The query has several operations: name one of them in operationName.",
    ),
    "UNKNOWN_VARIABLE": ("Переменная ${variable} не объявлена.", "The variable ${variable} is not declared."),
    "VARIABLE_DOES_NOT_FIT": (
        "Переменная ${variable} объявлена как {type}, а здесь нужен тип {expected}.",
        "The variable ${variable} is declared as {type}, but {expected} is needed here.",
    ),
    "BAD_VALUE": (
        "Значение {at} не подходит, нужен тип {expected}: {value}.{suggestions:maybe}",
        "The value of {at} does not fit, the type {expected} is needed: {value}.{suggestions:maybe}",
    ),
    "MISSING_VALUE": (
        "Не задано обязательное значение {at} типа {expected}.",
        "A value of type {expected} is needed for {at}.",
    ),
    "UNKNOWN_INPUT_FIELD": (
        "Во входном типе {type} нет поля {field}.{suggestions:maybe}",
        "The input {type} has no field {field}.{suggestions:maybe}",
    ),
    "FIELDS_NOT_CHOSEN": (
        "Укажите, какие поля нужны у {field} (тип {type}).",
        "Say which fields of {field} (type {type}) you want.",
    ),
    "FIELD_IS_PLAIN": (
        "{field} — простое значение (тип {type}), полей у него нет.",
        "{field} is a plain value (type {type}) and has no fields.",
    ),
    "QUERY_NOT_VALID": (
        "Запрос не соответствует схеме: {detail}",
        "The query does not fit the schema: {detail}",
    ),
    "INTERNAL": (
        "Внутренняя ошибка. Ничего не изменено. Сообщите администратору номер {id}.",
        "Internal error. Nothing was changed. Tell the administrator the number {id}.",
    ),
    "UNAVAILABLE": (
        "База данных сейчас недоступна. Повторите через несколько секунд.",
        "The database cannot be reached right now. Try again in a few seconds.",
    ),
    "BUSY": (
        "Кто-то прямо сейчас меняет то же самое. Ничего не изменено. Повторите через несколько секунд.",
        "Somebody is changing the same thing right now. Nothing was changed. Try again in a few seconds.",
    ),
    "TOO_SLOW": (
        "Ответ искали дольше {seconds} с и прекратили. Сузьте запрос.",
        "The answer took more than {seconds} s and was given up. Narrow the query.",
    ),
    "WRONG_KIND_OF_ID": (
        "{value} — идентификатор другого вида: нужен {expected}.",
        "{value} is an id of another kind: {expected} is needed.",
    ),
    "AMBIGUOUS_NAME": (
        "«{value}» подходит нескольким: {candidates}. Уточните.",
        "“{value}” fits several: {candidates}. Say which one.",
    ),
}

READING: dict[str, Pair] = {
    "TOO_DEEP": (
        "Запрос вложен на {depth} уровней, допустимо {most}. Разделите его на несколько.",
        "The query is {depth} levels deep, {most} are allowed. Split it.",
    ),
    "TOO_WIDE": (
        "В запросе {fields} полей, допустимо {most}. Разделите его на несколько.",
        "The query asks for {fields} fields, {most} are allowed. Split it.",
    ),
    "TOO_MANY_RELATIONS": (
        "В запросе больше {most} связанных объектов и списков. Разделите его на несколько.",
        "The query follows more than {most} relations and lists. Split it.",
    ),
    "TOO_COSTLY": (
        "Запрос может вернуть до {objects} объектов, допустимо {most}. Уменьшите first или вложенность.",
        "The query may return up to {objects} objects, {most} are allowed. Ask for fewer (first) or less deeply.",
    ),
    "BAD_PAGE_SIZE": (
        "Размер страницы {value} не подходит: нужно от 0 до {most}.",
        "The page size {value} does not fit: it has to be from 0 to {most}.",
    ),
    "FIRST_AND_LAST": (
        "Укажите либо first (и after), либо last (и before), но не оба сразу.",
        "Give either first (and after) or last (and before), not both.",
    ),
    "BAD_CURSOR": (
        "Этот курсор не отсюда: передайте курсор из ответа на такой же запрос.",
        "This cursor is not from here: pass one from an answer to the same query.",
    ),
    "BAD_TEXT": (
        "В тексте есть символы, которые нельзя хранить (нулевой символ).",
        "The text has characters that cannot be stored (a zero character).",
    ),
    "ONLY_SUBSCRIPTIONS": (
        "Здесь принимаются только подписки; запросы и изменения отправляйте методом POST.",
        "Only subscriptions are taken here; send queries and mutations by POST.",
    ),
    "ONLY_STREAMED": (
        "Подписка не имеет одного ответа: отправьте её по WebSocket или с заголовком Accept: text/event-stream.",
        "A subscription has no single answer: send it over WebSocket, or with the header Accept: text/event-stream.",
    ),
    "TOO_MANY_CONNECTIONS": (
        "У вас уже {most} открытых соединений, больше нельзя. Закройте ненужные.",
        "You have {most} open connections already, more are not allowed. Close those that you do not need.",
    ),
    "FELL_BEHIND": (
        "Вы не успевали принимать сообщения. Вернитесь с after: {cursor}.",
        "You did not take the messages fast enough. Come back with after: {cursor}.",
    ),
    "TOO_MANY_SUBSCRIPTIONS": (
        "У вас уже {most} подписок, больше нельзя. Завершите ненужные.",
        "You have {most} subscriptions already, more are not allowed. End those that you do not need.",
    ),
    "CURSOR_MALFORMED": (
        "Это не курсор потока изменений. Передайте курсор из полученного сообщения.",
        "This is not a cursor of the change stream. Pass one from a message that you got.",
    ),
    "CURSOR_OF_ANOTHER_EPOCH": (
        "С этого курсора продолжить нельзя: данные восстановлены из резервной копии. Начните без after.",
        "This cursor cannot be continued: the data was restored from a backup. Begin without after.",
    ),
    "CURSOR_TOO_OLD": (
        "Курсор слишком старый: часть изменений уже не хранится. Прочитайте текущее состояние и начните без after.",
        "The cursor is too old: some of what followed is no longer kept. Read what is now and begin without after.",
    ),
}

REFUSALS: dict[str, Pair] = {
    "NOT_ALLOWED": (
        "У вас нет права на это действие. Оно доступно ролям: {roles}.",
        "You may not do this. It takes one of the roles: {roles}.",
    ),
    "ONLY_ONESELF": (
        "Это можно сделать только самому, а не через того, кто действует за вас. Войдите и повторите.",
        "Only you yourself can do this, nobody who acts for you. Sign in and try again.",
    ),
    "NOT_FOUND": (
        "Не найдено: {value} (аргумент {argument}). Проверьте идентификатор или имя.",
        "Not found: {value} (argument {argument}). Check the id or the name.",
    ),
    "CONFIRMATION_REQUIRED": (
        "Это изменение требует согласия человека: вызовите с dryRun: true, покажите разницу и повторите вызов"
        " с полученным confirmation.",
        "This change needs a person's yes: call it with dryRun: true, show the difference, and repeat the call"
        " with the confirmation you got.",
    ),
    "CONFIRMATION_EXPIRED": (
        "Срок подтверждения истёк. Ничего не изменено. Выполните dryRun ещё раз.",
        "The confirmation has expired. Nothing was changed. Do the dry run again.",
    ),
    "CONFIRMATION_USED": (
        "Это подтверждение уже использовано, изменение сделано ({subject}). Второй раз ничего не изменено.",
        "This confirmation has been used: the change is made ({subject}). Nothing was changed a second time.",
    ),
    "CONFIRMATION_MISMATCH": (
        "Подтверждение не для этого вызова: отличаются пользователь, действие или аргументы. Ничего не изменено.",
        "The confirmation is not for this call: person, operation or arguments differ. Nothing was changed.",
    ),
    "CHANGED_SINCE": (
        "С момента проверки данные изменились. Ничего не изменено. Посмотрите новую разницу и подтвердите её.",
        "Things have changed since the dry run. Nothing was changed. Look at the new difference and confirm that.",
    ),
    "WRONG_PASSWORD": ("Неверный логин или пароль.", "Wrong login or password."),
    "SENSOR_CODE_TAKEN": (
        "В здании {building} уже есть датчик с кодом {code}. Выберите другой код.",
        "The building {building} already has a sensor with the code {code}. Choose another code.",
    ),
    "ROOM_NUMBER_TAKEN": (
        "В здании {building} уже есть комната {number}. Выберите другой номер.",
        "The building {building} already has a room {number}. Choose another number.",
    ),
    "LEASE_NUMBER_TAKEN": (
        "Договор с номером {number} уже есть. Выберите другой номер.",
        "There already is a lease with the number {number}. Choose another number.",
    ),
    "ROOM_ALREADY_LEASED": (
        "Комната {room} уже сдана: {tenant}, {start:since} {end:until}. Выберите другой период или другую комнату.",
        "Room {room} is already let: {tenant}, {start:since} {end:until}. Choose another period or another room.",
    ),
    "OUTSIDE_LEASE": (
        "Договор {lease} действует {start:since} {end:until}: размещение должно быть внутри этого срока.",
        "The lease {lease} runs {start:since} {end:until}: the placement has to lie within it.",
    ),
    "ROOM_ELSEWHERE": (
        "Комната {room} находится в другом здании, чем договор {lease}.",
        "Room {room} is in another building than the lease {lease}.",
    ),
    "LEASE_ALREADY_ENDED": (
        "Договор {lease} действует {end:until}. Укажите более ранний последний день.",
        "The lease {lease} runs {end:until}. Give an earlier last day.",
    ),
    "ALARM_ALREADY_ACKNOWLEDGED": (
        "Тревога «{alarm}» уже подтверждена.",
        "The alarm “{alarm}” has already been acknowledged.",
    ),
    "ALARM_CLOSED": ("Тревога «{alarm}» уже закрыта.", "The alarm “{alarm}” is already closed."),
    "SENSOR_STATUS_STAYS": (
        "Датчик {sensor} уже в состоянии {status}.",
        "The sensor {sensor} already has the status {status}.",
    ),
    "SENSOR_IS_SILENT": (
        "Датчик {sensor} не объявлен неисправным, он молчит ({status}). Исправным его сделает первое показание.",
        "The sensor {sensor} has not been called broken: it is silent ({status}). Its next reading makes it OK.",
    ),
    "ALARM_STILL_ACTIVE": (
        "Причина тревоги «{alarm}» ещё не устранена. Сбросить её можно, когда всё вернётся в норму.",
        "The cause of the alarm “{alarm}” still lasts. It can be reset once it is back to normal.",
    ),
    "ALARM_NOT_ACKNOWLEDGED": (
        "Тревогу «{alarm}» ещё никто не подтвердил. Сначала подтвердите её.",
        "Nobody has acknowledged the alarm “{alarm}” yet. Acknowledge it first.",
    ),
    "ALARM_NOT_SHELVED": (
        "Тревога «{alarm}» не отложена.",
        "The alarm “{alarm}” is not shelved.",
    ),
    "NEVER_SHELVED": (
        "Тревогу «{alarm}» отложить нельзя: она о пожаре или протечке.",
        "The alarm “{alarm}” cannot be shelved: it is about fire or a leak.",
    ),
    "SENSOR_IN_SERVICE": (
        "Датчик {sensor} не выведен из работы.",
        "The sensor {sensor} is not out of service.",
    ),
    "FIRE_ZONE_CODE_TAKEN": (
        "В здании {building} уже есть пожарная зона {code}. Выберите другой код.",
        "The building {building} already has a fire zone {code}. Choose another code.",
    ),
    "FIRE_ZONE_NOT_QUIET": (
        "Пожарная панель сообщает о зоне {zone}: {says}. Сначала снимите это.",
        "The fire panel says of zone {zone}: {says}. Clear that first.",
    ),
    "PANEL_SAYS_SO": (
        "Пожарная панель уже сообщает {kind} о зоне {zone}.",
        "The fire panel already says {kind} of zone {zone}.",
    ),
    "PANEL_DOES_NOT_SAY_SO": (
        "Пожарная панель не сообщает {kind} о зоне {zone}: снимать нечего.",
        "The fire panel does not say {kind} of zone {zone}: there is nothing to clear.",
    ),
    "PANEL_SAYS_NOTHING": (
        "Пожарная панель ничего не сообщает о зоне {zone}: снимать нечего.",
        "The fire panel says nothing of zone {zone}: there is nothing to clear.",
    ),
    "CLOCK_IS_REAL": (
        "Дом живёт по настоящему времени, переводить часы нельзя.",
        "The house lives in real time: its clock cannot be set.",
    ),
}

INVALID: dict[str, Pair] = {
    "EMPTY": ("Поле {argument} не может быть пустым.", "{argument} cannot be empty."),
    "TOO_LONG": (
        "Поле {argument} длиннее {limit} символов.",
        "{argument} is longer than {limit} characters.",
    ),
    "BAD_CHARACTERS": (
        "В поле {argument} есть недопустимые символы.",
        "{argument} has characters that are not allowed.",
    ),
    "TOO_SMALL": (
        "Значение {argument} должно быть не меньше {least}.",
        "{argument} has to be at least {least}.",
    ),
    "TOO_LARGE": (
        "Значение {argument} должно быть не больше {most}.",
        "{argument} has to be at most {most}.",
    ),
    "NOT_AHEAD": (
        "Время {argument} уже прошло. Укажите более позднее.",
        "The time {argument} has passed already. Give a later one.",
    ),
    "TOO_FAR_AHEAD": (
        "Время {argument} слишком далеко: можно не больше чем на {hours} ч вперёд.",
        "The time {argument} is too far ahead: at most {hours} h are allowed.",
    ),
    "MINUTES_OR_UNTIL": (
        "Укажите либо на сколько минут (minutes), либо до какого времени (until).",
        "Say either for how many minutes (minutes) or until when (until).",
    ),
    "TOO_MANY": (
        "В списке {argument} больше {most} значений.",
        "{argument} has more than {most} values.",
    ),
    "NOT_A_NUMBER": (
        "Значение {argument} должно быть обычным числом.",
        "{argument} has to be an ordinary number.",
    ),
    "CANNOT_BE_NULL": ("Поле {argument} нельзя очистить.", "{argument} cannot be cleared."),
    "END_BEFORE_START": (
        "Последний день ({end}) раньше первого ({start}).",
        "The last day ({end}) is before the first ({start}).",
    ),
    "YEAR_OUT_OF_RANGE": (
        "Дата {argument} должна быть между 1900 и 2200 годом.",
        "The date {argument} has to be between the years 1900 and 2200.",
    ),
    "RENT_WITHOUT_CURRENCY": (
        "Аренда и валюта задаются вместе.",
        "Rent and currency have to be given together.",
    ),
    "BAD_CURRENCY": (
        "Валюта — три латинские буквы по ISO 4217, например RUB или EUR.",
        "A currency is three letters of ISO 4217, for example RUB or EUR.",
    ),
    "TOO_MANY_DECIMALS": (
        "В поле {argument} не больше {limit} знаков после запятой.",
        "{argument} takes at most {limit} decimals.",
    ),
    "SENSOR_OR_KIND": (
        "Правило следит либо за одним датчиком (sensor), либо за всеми одного вида (sensorKind): укажите одно из них.",
        "A rule watches either one sensor (sensor) or all of a kind (sensorKind): give one of them.",
    ),
    "ROOM_WITH_SENSOR": (
        "Комната (room) сужает правило для вида датчиков; для одного датчика она не нужна.",
        "The room narrows a rule for a kind of sensors; a rule for one sensor takes none.",
    ),
    "NEEDED_FOR": (
        "Для условия {condition} нужно {argument}.",
        "The condition {condition} needs {argument}.",
    ),
    "NOT_FOR_CONDITION": (
        "Условие {condition} не принимает {argument}: уберите его.",
        "The condition {condition} does not take {argument}: leave it out.",
    ),
    "HIGH_NOT_ABOVE_LOW": (
        "Верхняя граница ({argument}) должна быть больше нижней (threshold).",
        "The upper bound ({argument}) has to be above the lower one (threshold).",
    ),
    "NO_CHANGE": (
        "Порог скорости не может быть нулём: больше нуля — рост, меньше — падение.",
        "The threshold of a rate cannot be 0: above it means rising, below it falling.",
    ),
    "SAME_SENSOR": (
        "Датчик нельзя сравнивать с самим собой: выберите другой ({argument}).",
        "A sensor cannot be compared with itself: choose another one ({argument}).",
    ),
    "OTHER_UNIT": (
        "Датчики измеряют в разных единицах ({unit} и {other}), сравнить их нельзя.",
        "The sensors measure in different units ({unit} and {other}) and cannot be compared.",
    ),
    "ELSEWHERE": (
        "{argument}: {value} находится в другом здании.",
        "{argument}: {value} is in another building.",
    ),
    "NO_PLACE": (
        "Укажите, где это случилось: здание (building), комнату (room) или датчик (sensor).",
        "Say where it happened: building, room or sensor.",
    ),
    "NOT_YET": (
        "Время {argument} ещё не наступило.",
        "The time {argument} has not come yet.",
    ),
    "BUILDING_NEEDED": (
        "Неизвестно, в каком здании это устройство. Укажите здание ({argument}).",
        "It is not known in which building this device is. Name the building ({argument}).",
    ),
    "UNEQUAL_LENGTHS": (
        "Списки sensors, at и values должны быть одной длины.",
        "The lists sensors, at and values have to be of one length.",
    ),
}

INGEST: dict[str, Pair] = {
    "UNKNOWN_SENSOR": (
        "Датчик {sensor} неизвестен. Заведите его или исправьте код.",
        "The sensor {sensor} is unknown. Create it, or correct its code.",
    ),
    "AMBIGUOUS_SENSOR": (
        "Датчик с кодом {sensor} есть в нескольких зданиях. Назовите его как здание/код.",
        "Several buildings have a sensor {sensor}. Name it as building/code.",
    ),
    "IN_THE_FUTURE": (
        "Время показания ещё не наступило. Проверьте часы устройства.",
        "The time of the reading has not come yet. Check the device's clock.",
    ),
    "TOO_OLD": (
        "Показание слишком старое, чтобы его принять.",
        "The reading is too old to be taken.",
    ),
    "CONFLICT": (
        "За это время уже принято другое значение датчика {sensor}.",
        "Another value of {sensor} is already known for this time.",
    ),
    "MALFORMED": ("Показание не разобрать.", "The reading cannot be understood."),
    "TOO_MANY_READINGS": (
        "С этим ключом принимается до {most} показаний в минуту. Ничего не принято. Повторите через {seconds} с.",
        "This key may send {most} readings a minute. Nothing was taken. Try again in {seconds} s.",
    ),
    "TOO_BUSY": (
        "Показаний приходит больше, чем успевают записать. Отправьте те же самые ещё раз через {seconds} с.",
        "More readings come than can be stored. Send the same ones again in {seconds} s.",
    ),
    "TOO_MANY_LINES": (
        "В одном запросе больше {most} строк. Разделите его.",
        "The request has more than {most} lines. Split it.",
    ),
    "BAD_ENCODING": (
        "Сжатие {encoding} не поддерживается: отправьте данные без сжатия или с gzip.",
        "The encoding {encoding} is not supported: send it plain, or as gzip.",
    ),
    "BAD_PRECISION": (
        "Единица времени {precision} неизвестна: нужна ns, us, ms или s.",
        "The precision {precision} is unknown: it has to be ns, us, ms or s.",
    ),
    "BAD_GZIP": (
        "Сжатые данные повреждены или обрываются. Ничего не принято.",
        "The compressed data is damaged or cut short. Nothing was taken.",
    ),
}

PICTURES: dict[str, Pair] = {
    "BAD_ADDRESS": (
        "Адрес картинки повреждён или выдан другим сервером. Запросите план ещё раз.",
        "This address of a picture is damaged or from another server. Ask for the plan again.",
    ),
    "ADDRESS_EXPIRED": (
        "Срок действия адреса картинки истёк. Запросите план ещё раз.",
        "The address of this picture has expired. Ask for the plan again.",
    ),
    "PICTURE_HIDDEN": (
        "Тот, для кого сделана эта картинка, больше не может её видеть.",
        "The person for whom this picture was made may not see it any more.",
    ),
    "TOO_MANY_PICTURES": (
        "Слишком много картинок рисуется одновременно. Повторите через {seconds} с.",
        "Too many pictures are being drawn at once. Try again in {seconds} s.",
    ),
    "BAD_PICTURE_SIZE": (
        "Ширина картинки {value} не подходит: нужна от {least} до {most} пикселей.",
        "The width {value} does not fit: it has to be from {least} to {most} pixels.",
    ),
    "NOT_ON_FLOOR": (
        "На этом этаже нет такой комнаты: {value}.",
        "There is no such room on this floor: {value}.",
    ),
    "BAD_FRAMES": (
        "Число кадров {value} не подходит: нужно от {least} до {most}.",
        "The number of frames {value} does not fit: it has to be from {least} to {most}.",
    ),
    "BAD_PERIOD": (
        "Конец промежутка должен быть позже начала, а начало — не в будущем.",
        "The period has to end after it begins, and must not begin in the future.",
    ),
    "NO_PLACE_TO_DRAW": (
        "Неизвестно, на каком этаже эта тревога: рисовать нечего.",
        "It is not known on which floor this alarm is: there is nothing to draw.",
    ),
}

SENTENCES: Mapping[str, Pair] = {**ACCESS, **REQUEST, **READING, **REFUSALS, **INVALID, **INGEST, **PICTURES}


def say(code: str, language: Language, parameters: Mapping[str, Any]) -> str:
    """The sentence of a code in a language, with its parameters filled in."""
    russian, english = SENTENCES[code]
    return said(russian if language is Language.RU else english, language, parameters)
