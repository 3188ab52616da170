"""Every sentence an import says, in English and Russian, by code."""

from __future__ import annotations

SENTENCES: dict[str, tuple[str, str]] = {
    "extra_missing": (
        "This import needs the extra «{extra}»: uv sync --extra {extra} (or pip install 'markoff[{extra}]').",
        "Для этого импорта нужно дополнение «{extra}»: uv sync --extra {extra} (или pip install 'markoff[{extra}]').",
    ),
    "file.absent": ("There is no file {path}.", "Файла {path} нет."),
    "file.unreadable": ("The file {path} cannot be read: {reason}.", "Файл {path} не читается: {reason}."),
    "map.not_toml": ("{path} is no TOML: {reason}.", "{path} — не TOML: {reason}."),
    "map.missing": ("The map lacks {key}.", "В карте нет {key}."),
    "map.unknown": ("The map has an unknown key {key}.", "В карте неизвестный ключ {key}."),
    "map.wrong": ("{key} in the map has to be {expected}.", "{key} в карте должно быть: {expected}."),
    "map.twice": (
        "The map has the sensor {sensor} twice; give one entry several columns instead.",
        "Датчик {sensor} указан в карте дважды; укажите у одной записи несколько столбцов.",
    ),
    "map.no_column": (
        "The table has no column «{column}». It has: {headers}.",
        "В таблице нет столбца «{column}». Есть: {headers}.",
    ),
    "map.no_place": (
        "The map names column {place}, the table has {count}.",
        "В карте указан столбец {place}, а в таблице их {count}.",
    ),
    "map.column_twice": (
        "The header «{column}» occurs at columns {places}: name one of these numbers in the map.",
        "Заголовок «{column}» встречается в столбцах {places}: укажите в карте один из этих номеров.",
    ),
    "map.member": (
        "{path} does not hold exactly one CSV. Name one as file.member in the map: {names}.",
        "В {path} не ровно один CSV. Укажите нужный в карте как file.member: {names}.",
    ),
    "table.empty": ("{path} has no header.", "В {path} нет заголовка."),
    "table.encoding": (
        "{path} is not written in {encoding} (line {line}). Tell its encoding in the map, e.g. cp1251.",
        "{path} не в кодировке {encoding} (строка {line}). Укажите кодировку в карте, например cp1251.",
    ),
    "table.broken": ("{path} is broken at line {line}: {reason}.", "{path} повреждён, строка {line}: {reason}."),
    "readings.unknown": (
        "There is no sensor {sensor}. Make it first, or give its kind and room in the map.",
        "Датчика {sensor} нет. Создайте его или укажите в карте его kind и room.",
    ),
    "readings.unknown_make": (
        "There is no sensor {sensor}. Make it first, or let the import make it: --make-sensors.",
        "Датчика {sensor} нет. Создайте его или поручите это импорту: --make-sensors.",
    ),
    "readings.ambiguous": (
        "Several buildings have a sensor {sensor}: name the building in the map.",
        "Датчик {sensor} есть в нескольких зданиях: укажите здание в карте.",
    ),
    "readings.unit": (
        "The sensor {sensor} measures in {unit}, the map gives {mapped}: set factor and offset so that they agree.",
        "Датчик {sensor} измеряет в {unit}, а карта даёт {mapped}: согласуйте их через factor и offset.",
    ),
    "readings.no_room": (
        "There is no room {room} in a building {building}.",
        "В здании {building} нет помещения {room}.",
    ),
    "row_width": ("not as many cells as headers", "число ячеек не как в заголовке"),
    "time_unreadable": ("the time cannot be read", "время не читается"),
    "time_no_zone": ("the time tells no zone, nor does the map", "у времени нет пояса, и в карте он не указан"),
    "time_missing_hour": (
        "this hour does not exist: the clocks went forward",
        "такого часа нет: часы переведены вперёд",
    ),
    "time_too_early": ("the time is before 1990", "время раньше 1990 года"),
    "not_a_number": ("not a number", "не число"),
    "in_the_future": ("later than the house's time", "позже времени дома"),
    "conflict": ("another value is stored for this time", "для этого времени записано другое значение"),
    "ifc.not_ifc": (
        "{path} is not an IFC file: it does not begin with ISO-10303-21. Nothing was imported.",
        "{path} — не файл IFC: он не начинается с ISO-10303-21. Ничего не импортировано.",
    ),
    "ifc.schema": (
        "The IFC schema {schema} of {path} is not known here. Nothing was imported.",
        "Схема IFC {schema} файла {path} неизвестна. Ничего не импортировано.",
    ),
    "ifc.cut_off": (
        "The file {path} is cut off: it ends at line {line}, after {entity}, without END-ISO-10303-21. "
        "Nothing was imported.",
        "Файл {path} обрывается на строке {line}, после {entity}: в конце нет END-ISO-10303-21. "
        "Ничего не импортировано.",
    ),
    "ifc.broken": (
        "The file {path} is broken at line {line} (byte {offset}), in or just before {entity}: {reason}. "
        "{more}Nothing was imported.",
        "Файл {path} повреждён: строка {line} (байт {offset}), {entity} или прямо перед ней: {reason}. "
        "{more}Ничего не импортировано.",
    ),
    "ifc.bad_value": (
        "{count} values in the file do not fit the schema; the first is in {entity}, line {line}: {reason}.",
        "{count} значений в файле не соответствуют схеме; первое — в {entity}, строка {line}: {reason}.",
    ),
    "ifc.no_spaces": (
        "The file has no rooms (IfcSpace): only storeys were taken.",
        "В файле нет помещений (IfcSpace): взяты только этажи.",
    ),
    "ifc.no_building": (
        "The file names no building; the project was taken for one.",
        "В файле нет здания; зданием считается весь проект.",
    ),
    "ifc.no_storey": (
        "The file has no storeys: all rooms were put on level 1.",
        "В файле нет этажей: все помещения отнесены к уровню 1.",
    ),
    "ifc.orphans": (
        "{count} rooms belong to no storey; each was put on the storey at its height: {which}.",
        "Помещений без этажа: {count}; каждое отнесено к этажу по высоте: {which}.",
    ),
    "ifc.unit.geometry": (
        "The file says that shapes are in units of {declared:g} m, which makes rooms {figure} high; "
        "units of {taken:g} m were taken instead.",
        "По файлу геометрия задана в единицах по {declared:g} м, и высота помещений выходит {figure}; "
        "приняты единицы по {taken:g} м.",
    ),
    "ifc.unit.elevations": (
        "The file says that elevations are in units of {declared:g} m, which puts storeys {figure} apart; "
        "units of {taken:g} m were taken instead.",
        "По файлу отметки этажей заданы в единицах по {declared:g} м, и между этажами выходит {figure}; "
        "приняты единицы по {taken:g} м.",
    ),
    "ifc.unit_odd.geometry": (
        "Check the units: rooms are {figure} high, and no usual unit helps. The file's unit was kept.",
        "Проверьте единицы: высота помещений {figure}, и ни одна обычная единица не подходит. Оставлены единицы файла.",
    ),
    "ifc.unit_odd.elevations": (
        "Check the units: storeys are {figure} apart, and no usual unit helps. The file's unit was kept.",
        "Проверьте единицы: между этажами {figure}, и ни одна обычная единица не подходит. Оставлены единицы файла.",
    ),
    "ifc.area_unit": (
        "The file says that areas are in units of {declared:g} m², which does not fit its rooms; "
        "units of {taken:g} m² were taken instead.",
        "По файлу площади заданы в единицах по {declared:g} м², что не подходит к помещениям; "
        "приняты единицы по {taken:g} м².",
    ),
    "ifc.declared": (
        "Declared areas: {sources}.",
        "Заявленные площади: {sources}.",
    ),
    "ifc.no_outline": (
        "{count} rooms have no outline: {which}.",
        "Помещений без контура: {count}: {which}.",
    ),
    "ifc.parts": (
        "{entity} is in {parts} pieces; the outline shows the largest, the area is that of all.",
        "{entity} состоит из {parts} частей; контур — наибольшая, площадь — всех.",
    ),
    "ifc.same_number": (
        "The number {number} is used {count} times; made unique: {which}.",
        "Номер {number} встречается {count} раз; сделаны разными: {which}.",
    ),
    "ifc.no_number": (
        "{count} rooms have no number; they were given one: {which}.",
        "Помещений без номера: {count}; номера присвоены: {which}.",
    ),
    "ifc.same_id": (
        "{entity} repeats the GlobalId {global_id} of another; it was kept as {kept}.",
        "{entity} повторяет чужой GlobalId {global_id}; сохранён как {kept}.",
    ),
    "ifc.levels": (
        "The numbers in the storeys' names do not follow their heights; levels were counted from {reference}.",
        "Номера в названиях этажей расходятся с высотами; уровни отсчитаны от «{reference}».",
    ),
    "store.code_taken": (
        "The building code {code} belongs to another building ({name}). Give another by --building.",
        "Код здания {code} занят другим зданием ({name}). Укажите другой через --building.",
    ),
    "store.known_as": (
        "This building is already here as {code}. Import it without --building, or with --building {code}.",
        "Это здание уже есть под кодом {code}. Импортируйте без --building или с --building {code}.",
    ),
    "store.zone": (
        "Nothing tells the building's time zone; it was taken as {zone} (--zone tells another).",
        "Часовой пояс здания не указан; принят {zone} (другой — через --zone).",
    ),
    "store.bad_zone": (
        "There is no time zone «{zone}»: write it as Europe/Moscow.",
        "Часового пояса «{zone}» нет: пишите как Europe/Moscow.",
    ),
    "store.bad_code": (
        "«{code}» cannot be a building's code: Latin letters, digits, dot, dash and underscore only.",
        "«{code}» не годится для кода здания: только латинские буквы, цифры, точка, дефис и подчёркивание.",
    ),
    "store.redrawn": (
        "{noun} {name} has another GlobalId than before and was taken for the same one.",
        "{noun} {name}: GlobalId теперь другой; считается тем же объектом.",
    ),
    "store.gone_rooms": (
        "{count} rooms are here but not in the file; they were kept: {which}.",
        "Помещений, которых нет в файле: {count}; оставлены: {which}.",
    ),
    "store.gone_floors": (
        "{count} storeys are here but not in the file; they were kept: {which}.",
        "Этажей, которых нет в файле: {count}; оставлены: {which}.",
    ),
    "store.number_held": (
        "The number {number} belongs to a room that is not in the file; the room of the file was given {given}.",
        "Номер {number} занят помещением, которого нет в файле; помещение из файла получило {given}.",
    ),
    "store.busy": (
        "Another import of a building is under way; try again when it is done.",
        "Сейчас идёт другой импорт здания; повторите, когда он закончится.",
    ),
    "store.moved_floor": (
        "The storey {name} is not in the file and another needs its level {level}: it was moved to level {to}.",
        "Этажа {name} нет в файле, а его уровень {level} занят другим: он перенесён на уровень {to}.",
    ),
    "imdf.no_zip": (
        "{path} is not a zip archive. Nothing was imported.",
        "{path} — не zip-архив. Ничего не импортировано.",
    ),
    "imdf.lacks": (
        "{path} is no IMDF archive: it lacks {missing}. Nothing was imported.",
        "{path} — не архив IMDF: в нём нет {missing}. Ничего не импортировано.",
    ),
    "imdf.several": (
        "{path} holds several maps ({folders}): pack one of them by itself. Nothing was imported.",
        "В {path} несколько карт ({folders}): упакуйте нужную отдельно. Ничего не импортировано.",
    ),
    "imdf.too_large": (
        "{member} in {path} is larger than {most} MB. Nothing was imported.",
        "{member} в {path} больше {most} МБ. Ничего не импортировано.",
    ),
    "imdf.broken": (
        "{member} in {path} is broken: {reason}. Nothing was imported.",
        "{member} в {path} повреждён: {reason}. Ничего не импортировано.",
    ),
    "imdf.no_building": (
        "The archive names no building; all its levels were taken for one.",
        "В архиве нет здания; все этажи отнесены к одному.",
    ),
    "imdf.levels": (
        "The short names of the {count} levels are no rising numbers; they were numbered by their ordinals.",
        "Краткие имена этажей ({count}) не растущие числа; этажи пронумерованы по порядку.",
    ),
    "imdf.lost_units": (
        "{count} units are on no level and were left out.",
        "Помещений без этажа: {count}; они пропущены.",
    ),
    "imdf.lost_openings": (
        "{count} openings are on no level and were left out.",
        "Проёмов без этажа: {count}; они пропущены.",
    ),
    "imdf.shapeless_openings": (
        "{count} openings have no line that can be read and were left out.",
        "Проёмов без читаемой линии: {count}; они пропущены.",
    ),
    "imdf.no_rooms": (
        "{count} units are no rooms and were left out: {which}.",
        "Не помещения, пропущены ({count}): {which}.",
    ),
    "imdf.shapeless": (
        "{count} rooms have no outline that can be read: {which}.",
        "Помещений без читаемого контура: {count}: {which}.",
    ),
    "imdf.same_number": (
        "{count} rooms repeat a number and were given another: {which}.",
        "Номер повторяется у {count} помещений; даны другие: {which}.",
    ),
    "imdf.no_number": (
        "{count} rooms have no number and were given one: {which}.",
        "Помещений без номера: {count}; номера даны: {which}.",
    ),
    "imdf.lost_occupants": (
        "{count} occupants have no name or no room and were left out: {which}.",
        "Арендаторов без имени или помещения: {count}; пропущены: {which}.",
    ),
    "imdf.already_let": (
        "{count} rooms are let to somebody else already; their occupants were not placed: {which}.",
        "Помещений, уже сданных другим: {count}; арендаторы из файла не размещены: {which}.",
    ),
    "imdf.gone_occupants": (
        "{count} leases of earlier imports are no longer in the file; they were kept: {which}.",
        "Договоров прошлых импортов, которых нет в файле: {count}; оставлены: {which}.",
    ),
}
"""The English sentence and the Russian one; both take the same parameters."""


def listed(names: list[str], most: int = 8) -> str:
    """The first of many names, and how many there are besides."""
    rest = len(names) - most
    return ", ".join(names[:most]) + (f" … +{rest}" if rest > 0 else "")
