"""Histories of readings from CSV files by a map of their columns: `load` the map, `import_readings`."""

from db.imports.readings.mapping import Map, Series, load, parse
from db.imports.readings.rows import Account, Bad, Sample, samples
from db.imports.readings.store import Report, import_readings

__all__ = ["Account", "Bad", "Map", "Report", "Sample", "Series", "import_readings", "load", "parse", "samples"]
