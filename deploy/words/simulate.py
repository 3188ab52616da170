"""What is said of `markoff simulate`: code → English, Russian."""

SENTENCES = {
    "simulate.begins": (
        "«{name}» ({building}): {sensors} sensors, from {at} ({zone}), {pace}. Ctrl-C stops it.",
        "«{name}» ({building}): датчиков {sensors}, с {at} ({zone}), {pace}. Остановить: Ctrl-C.",
    ),
    "simulate.pace_real": ("in real time", "в реальном времени"),
    "simulate.pace_speed": ("by the house's own clock, ×{speed:g}", "по часам дома, ×{speed:g}"),
    "simulate.pace_driven": ("driving the house's clock, ×{speed:g}", "ведя часы дома, ×{speed:g}"),
    "simulate.pace_max": (
        "driving the house's clock as fast as it takes readings",
        "ведя часы дома так быстро, как он принимает",
    ),
    "simulate.own_speed": (
        "This house's clock goes by itself: --speed {speed} is left aside.",
        "Часы этого дома идут сами: скорость --speed {speed} не учитывается.",
    ),
    "simulate.left_out": (
        "Left out, for nobody knows what they would say: {sensors}.",
        "Пропущены, так как неизвестно, что они показали бы: {sensors}.",
    ),
    "simulate.fire": ("{at}: fire begins, floor · room {where}.", "{at}: начнётся пожар, этаж · комната {where}."),
    "simulate.leak": ("{at}: water comes down, rooms {where}.", "{at}: польётся вода, комнаты {where}."),
    "simulate.death": ("{at}: falls silent: {where}.", "{at}: замолчит датчик: {where}."),
    "simulate.flood": (
        "{at}: ventilation and cooling fail in {where}.",
        "{at}: в здании {where} откажут вентиляция и охлаждение.",
    ),
    "simulate.done": (
        "{accepted} readings taken in, {known} known already, {refused} refused; sent up to {at}.",
        "Принято показаний: {accepted}, уже были: {known}, отклонено: {refused}; отправлено по {at}.",
    ),
    "simulate.so_far": (
        "{at}: {accepted} readings taken in, {rate:.0f} a second.",
        "{at}: принято показаний: {accepted}, в секунду: {rate:.0f}.",
    ),
    "simulate.renewed": (
        "The building has other sensors now: {sensors}.",
        "Датчиков в здании теперь: {sensors}.",
    ),
    "simulate.refused": ("Refused: {reason} – {count}", "Отклонено: {reason} – {count}"),
    "simulate.real_time": (
        "The house keeps real time, and takes no readings of the future. Let its time go faster: "
        "markoff up --clock … --speed 60, or leave --speed out.",
        "Дом живёт в реальном времени и не принимает показаний из будущего. Запустите его время быстрее: "
        "markoff up --clock … --speed 60, или уберите --speed.",
    ),
    "simulate.no_building": (
        "There is no building {building}. There are: {buildings}.",
        "Здания {building} нет. Есть: {buildings}.",
    ),
    "simulate.which": (
        "There are several buildings: {buildings}. Name one: markoff simulate --building CODE.",
        "Зданий несколько: {buildings}. Назовите одно: markoff simulate --building КОД.",
    ),
    "simulate.empty": (
        "The house has no building you may see. Make one of any size (markoff simulate --sensors 1000), or import one "
        "(markoff import ifc FILE) and give it sensors (createSensor in the graph).",
        "В доме нет здания, видимого вам. Создайте здание любого размера (markoff simulate --sensors 1000) или "
        "импортируйте своё (markoff import ifc ФАЙЛ) и добавьте датчики (createSensor в графе).",
    ),
    "simulate.no_sensors": (
        "«{name}» ({building}) has no sensors that can be simulated. Make some (createSensor in the graph), or play a "
        "building that is made for it: markoff simulate --sensors 1000.",
        "В «{name}» ({building}) нет датчиков, показания которых можно имитировать. Добавьте их (createSensor в графе) "
        "или создайте здание для имитации: markoff simulate --sensors 1000.",
    ),
    "simulate.yours?": (
        "«{name}» ({building}) is not the demo building: made-up readings would mix with those of its own devices, and "
        "its people would be alarmed. Go on?",
        "«{name}» ({building}) — не демонстрационное здание: придуманные показания смешаются с настоящими, и людей "
        "поднимут ложные тревоги. Продолжить?",
    ),
    "simulate.kept": (
        "Nothing was sent: this needs your yes (--yes).",
        "Ничего не отправлено: нужно ваше согласие (--yes).",
    ),
    "simulate.revoked": (
        "The simulator's key for {building} was revoked. Give another device key with --key.",
        "Ключ имитатора для {building} отозван. Укажите другой ключ устройства через --key.",
    ),
    "simulate.no_incident": (
        "There is no incident {incident}. There are: {incidents}.",
        "Происшествия {incident} нет. Есть: {incidents}.",
    ),
    "simulate.no_smoke": (
        "No smoke sensor in a room there: {place}. The fire would not be noticed.",
        "Там нет датчиков дыма ни в одной комнате: {place}. Пожар никто бы не заметил.",
    ),
    "simulate.no_leaks": (
        "No leak sensors there: {place}. The water would not be noticed.",
        "Там нет датчиков протечки: {place}. Воду никто бы не заметил.",
    ),
    "simulate.no_sensor": ("There is no sensor {sensor}.", "Датчика {sensor} нет."),
    "simulate.bad_duration": (
        "{text} is no duration. Write it like 90s, 30m, 8h, 2d or 1h30m.",
        "{text} — не длительность. Пишите так: 90s, 30m, 8h, 2d или 1h30m.",
    ),
    "simulate.needs_folder": (
        "--sensors makes a building, which takes the house's data folder: use --data instead of --url.",
        "Здание для --sensors создаётся только через папку данных дома: укажите --data вместо --url.",
    ),
    "simulate.made": (
        "Made a building of {sensors} sensors: {building}.",
        "Создано здание {building}; датчиков в нём: {sensors}.",
    ),
}
