"""Units of measure as they are said in English: one of them, several of them."""

from __future__ import annotations

import re
from collections.abc import Iterable

UNITS: dict[str, tuple[str, str]] = {
    "°C °С ℃": ("degree", "degrees"),
    "°": ("degree", "degrees"),
    "°F": ("degree Fahrenheit", "degrees Fahrenheit"),
    "%": ("percent", "percent"),
    "‰": ("per mille", "per mille"),
    "ppm": ("part per million", "parts per million"),
    "ppb": ("part per billion", "parts per billion"),
    "m м": ("metre", "metres"),
    "cm см": ("centimetre", "centimetres"),
    "mm мм": ("millimetre", "millimetres"),
    "km": ("kilometre", "kilometres"),
    "µm μm": ("micrometre", "micrometres"),
    "m² m2 м² sq._m sq_m sqm": ("square metre", "square metres"),
    "m³ m3 м³": ("cubic metre", "cubic metres"),
    "m³/h m3/h": ("cubic metre an hour", "cubic metres an hour"),
    "m³/s m3/s": ("cubic metre a second", "cubic metres a second"),
    "ft": ("foot", "feet"),
    "sq._ft sq_ft sqft ft²": ("square foot", "square feet"),
    "in": ("inch", "inches"),
    "m/s": ("metre a second", "metres a second"),
    "km/h": ("kilometre an hour", "kilometres an hour"),
    "l L": ("litre", "litres"),
    "ml": ("millilitre", "millilitres"),
    "l/s": ("litre a second", "litres a second"),
    "l/min": ("litre a minute", "litres a minute"),
    "l/h": ("litre an hour", "litres an hour"),
    "kg": ("kilogram", "kilograms"),
    "g": ("gram", "grams"),
    "mg": ("milligram", "milligrams"),
    "mg/m³": ("milligram a cubic metre", "milligrams a cubic metre"),
    "µg/m³ μg/m³": ("microgram a cubic metre", "micrograms a cubic metre"),
    "g/m³": ("gram a cubic metre", "grams a cubic metre"),
    "t": ("tonne", "tonnes"),
    "W Вт": ("watt", "watts"),
    "kW кВт": ("kilowatt", "kilowatts"),
    "MW": ("megawatt", "megawatts"),
    "Wh": ("watt hour", "watt hours"),
    "kWh kW·h кВт·ч": ("kilowatt hour", "kilowatt hours"),
    "MWh": ("megawatt hour", "megawatt hours"),
    "W/m²": ("watt a square metre", "watts a square metre"),
    "VA": ("volt-ampere", "volt-amperes"),
    "kVA": ("kilovolt-ampere", "kilovolt-amperes"),
    "GJ": ("gigajoule", "gigajoules"),
    "V": ("volt", "volts"),
    "kV": ("kilovolt", "kilovolts"),
    "mV": ("millivolt", "millivolts"),
    "A": ("amp", "amps"),
    "mA": ("milliamp", "milliamps"),
    "Ah": ("amp hour", "amp hours"),
    "Hz": ("hertz", "hertz"),
    "kHz": ("kilohertz", "kilohertz"),
    "MHz": ("megahertz", "megahertz"),
    "GHz": ("gigahertz", "gigahertz"),
    "lx lux": ("lux", "lux"),
    "lm": ("lumen", "lumens"),
    "dB dBA dB(A)": ("decibel", "decibels"),
    "Pa": ("pascal", "pascals"),
    "kPa": ("kilopascal", "kilopascals"),
    "hPa": ("hectopascal", "hectopascals"),
    "MPa": ("megapascal", "megapascals"),
    "bar": ("bar", "bar"),
    "mmHg": ("millimetre of mercury", "millimetres of mercury"),
    "Ω": ("ohm", "ohms"),
    "K": ("kelvin", "kelvins"),
    "s sec": ("second", "seconds"),
    "ms": ("millisecond", "milliseconds"),
    "min mins": ("minute", "minutes"),
    "h hr hrs": ("hour", "hours"),
    "d": ("day", "days"),
    "wk wks": ("week", "weeks"),
    "mo": ("month", "months"),
    "yr yrs": ("year", "years"),
    "pers people": ("person", "people"),
    "pcs": ("piece", "pieces"),
    "KB kB": ("kilobyte", "kilobytes"),
    "MB": ("megabyte", "megabytes"),
    "GB": ("gigabyte", "gigabytes"),
    "TB": ("terabyte", "terabytes"),
    "Mbps Mbit/s": ("megabit a second", "megabits a second"),
    "Gbps Gbit/s": ("gigabit a second", "gigabits a second"),
    "rpm": ("revolution a minute", "revolutions a minute"),
    "ha": ("hectare", "hectares"),
    "km²": ("square kilometre", "square kilometres"),
    "µSv/h": ("microsievert an hour", "microsieverts an hour"),
}
"""By how they are written; several ways in a line, "_" for a space inside."""

MONEY: dict[str, tuple[str, str, str, str]] = {
    "₽ RUB": ("rouble", "roubles", "kopeck", "kopecks"),
    "$ USD": ("dollar", "dollars", "cent", "cents"),
    "€ EUR": ("euro", "euros", "cent", "cents"),
    "£ GBP": ("pound", "pounds", "penny", "pence"),
    "₸ KZT": ("tenge", "tenge", "tiyn", "tiyn"),
    "¥ CNY": ("yuan", "yuan", "fen", "fen"),
}
SCALES = {"k": "thousand", "m": "million", "mn": "million", "bn": "billion", "thousand": "thousand",
          "million": "million", "billion": "billion"}  # fmt: skip
PER = {
    "m²": "a square metre", "m2": "a square metre", "sqm": "a square metre", "month": "a month", "mo": "a month",
    "year": "a year", "yr": "a year", "h": "an hour", "hour": "an hour", "day": "a day", "kWh": "a kilowatt hour",
    "person": "a person", "m³": "a cubic metre", "week": "a week", "night": "a night",
}  # fmt: skip

BY_SIGN = {way.replace("_", " "): unit for ways, unit in UNITS.items() for way in ways.split()}
MONEY_BY_SIGN = {way: names for ways, names in MONEY.items() for way in ways.split()}


def alternatives(signs: Iterable[str]) -> str:
    """A regular expression of signs, the longest first, any space for a space."""
    ordered = sorted(signs, key=len, reverse=True)
    return "|".join(re.escape(one).replace(r"\ ", r"[ \u00a0]") for one in ordered)
