"""Buildings from IFC files (ISO 16739): `import_ifc`. Needs the extra `ifc`, which is loaded when a file is read."""

from db.imports.ifc.importer import Imported, import_ifc
from db.imports.ifc.model import Model, Space, Storey, Structure
from db.imports.ifc.store import Stored, Wish

__all__ = ["Imported", "Model", "Space", "Stored", "Storey", "Structure", "Wish", "import_ifc"]
