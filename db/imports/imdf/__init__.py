"""Buildings from IMDF archives (OGC 20-094, Apple's Indoor Mapping Data Format): `import_imdf`. Needs no extra."""

from db.imports.imdf.importer import Imported, import_imdf
from db.imports.imdf.model import Archive, Occupant, Venue

__all__ = ["Archive", "Imported", "Occupant", "Venue", "import_imdf"]
