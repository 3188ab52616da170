"""Small IFC files drawn for tests: storeys and rooms with any kind of geometry, in any unit."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import ifcopenshell
import ifcopenshell.guid

Ring = Sequence[tuple[float, float]]
"""Corners in metres, not closed."""

METRE: tuple[str | None, float] = (None, 1.0)
MILLIMETRE: tuple[str | None, float] = ("MILLI", 0.001)
KINDS = ("extrusion", "brep", "surface", "polygons", "triangles", "drawing", "mapped")


class Drawing:
    """A file being drawn. `unit` is what it declares; `meant` is how many metres a number really stands for."""

    def __init__(
        self,
        unit: tuple[str | None, float] = METRE,
        meant: float | None = None,
        schema: str = "IFC4",
        origin: tuple[float, float, float] = (0.0, 0.0, 0.0),
        building: str | None = "House",
    ) -> None:
        self.size = meant if meant is not None else unit[1]
        library: Any = ifcopenshell
        self.file: Any = library.file(schema=schema)
        f = self.file
        self.history = None
        if schema == "IFC2X3":
            person = f.create_entity("IfcPersonAndOrganization", f.create_entity("IfcPerson", FamilyName="x"),
                                     f.create_entity("IfcOrganization", Name="x"))  # fmt: skip
            application = f.create_entity("IfcApplication", person.TheOrganization, "1", "test", "test")
            self.history = f.create_entity("IfcOwnerHistory", person, application, ChangeAction="ADDED", CreationDate=0)
        units = [
            f.create_entity("IfcSIUnit", None, "LENGTHUNIT", unit[0], "METRE"),
            f.create_entity("IfcSIUnit", None, "AREAUNIT", None, "SQUARE_METRE"),
            f.create_entity("IfcSIUnit", None, "PLANEANGLEUNIT", None, "RADIAN"),
        ]
        self.context = f.create_entity(
            "IfcGeometricRepresentationContext", None, "Model", 3, 1e-5, self._axes((0, 0, 0)), None
        )
        self.project = self._root("IfcProject", "Project")
        self.project.RepresentationContexts = [self.context]
        self.project.UnitsInContext = f.create_entity("IfcUnitAssignment", units)
        self.building = self._root("IfcBuilding", building)
        self.building.ObjectPlacement = f.create_entity("IfcLocalPlacement", None, self._axes(origin))
        self._part(self.project, self.building)

    def storey(self, name: str | None, elevation: float | None, under: Any = None) -> Any:
        """A storey; elevation in metres."""
        storey = self._root("IfcBuildingStorey", name)
        storey.Elevation = None if elevation is None else elevation / self.size
        if elevation is not None:
            place = self._axes((0, 0, elevation))
            storey.ObjectPlacement = self.file.create_entity("IfcLocalPlacement", self.building.ObjectPlacement, place)
        self._part(under or self.building, storey)
        return storey

    def space(
        self,
        storey: Any,
        name: str | None,
        ring: Ring | None = None,
        kind: str = "extrusion",
        holes: Sequence[Ring] = (),
        height: float = 3.0,
        long_name: str | None = None,
        above: float = 0.0,
    ) -> Any:
        """A room; `above` is how far its floor lies above its storey, in metres."""
        space = self._root("IfcSpace", name)
        space.LongName = long_name
        if storey is not None:
            self._part(storey, space)
        parent = getattr(storey, "ObjectPlacement", None) or self.building.ObjectPlacement
        space.ObjectPlacement = self.file.create_entity("IfcLocalPlacement", parent, self._axes((0, 0, above)))
        if ring is not None:
            items, form = getattr(self, f"_{kind}")([ring, *holes], height)
            identifier = "FootPrint" if form == "Curve2D" else "Body"
            shape = self.file.create_entity("IfcShapeRepresentation", self.context, identifier, form, items)
            space.Representation = self.file.create_entity("IfcProductDefinitionShape", None, None, [shape])
        return space

    def quantity(self, space: Any, name: str, value: float, group: str = "Qto_SpaceBaseQuantities") -> None:
        """An area in its papers, in the file's own unit."""
        area = self.file.create_entity("IfcQuantityArea", name, None, None, value)
        quantities = self._root("IfcElementQuantity", group)
        quantities.Quantities = [area]
        relation = self._root("IfcRelDefinesByProperties", None)
        relation.RelatedObjects, relation.RelatingPropertyDefinition = [space], quantities

    def write(self, folder: Path, name: str = "house.ifc") -> Path:
        path = folder / name
        self.file.write(str(path))
        return path

    # What entities are made of

    def _root(self, kind: str, name: str | None) -> Any:
        entity = self.file.create_entity(kind, ifcopenshell.guid.new(), Name=name)
        if self.history is not None:
            entity.OwnerHistory = self.history
        return entity

    def _part(self, whole: Any, part: Any) -> None:
        relation = self._root("IfcRelAggregates", None)
        relation.RelatingObject, relation.RelatedObjects = whole, [part]

    def _point(self, *metres: float) -> Any:
        return self.file.create_entity("IfcCartesianPoint", [float(one) / self.size for one in metres])

    def _axes(self, metres: tuple[float, float, float]) -> Any:
        return self.file.create_entity("IfcAxis2Placement3D", self._point(*metres))

    def _curve(self, ring: Ring) -> Any:
        points = [self._point(*corner) for corner in ring]
        return self.file.create_entity("IfcPolyline", [*points, points[0]])

    def _faces(self, rings: Sequence[Ring], height: float) -> list[list[list[tuple[float, float, float]]]]:
        """Bottom, top and sides: each face with its rings, outer first."""
        bottom = [[(x, y, 0.0) for x, y in ring] for ring in rings]
        top = [[(x, y, height) for x, y in ring] for ring in rings]
        sides = [
            [[(*one, 0.0), (*other, 0.0), (*other, height), (*one, height)]]
            for ring in rings
            for one, other in zip(ring, [*ring[1:], ring[0]], strict=True)
        ]
        return [bottom, top, *sides]

    def _ifc_faces(self, rings: Sequence[Ring], height: float) -> list[Any]:
        faces = []
        for face in self._faces(rings, height):
            bounds = []
            for number, ring in enumerate(face):
                loop = self.file.create_entity("IfcPolyLoop", [self._point(*corner) for corner in ring])
                kind = "IfcFaceBound" if number else "IfcFaceOuterBound"
                bounds.append(self.file.create_entity(kind, loop, True))
            faces.append(self.file.create_entity("IfcFace", bounds))
        return faces

    # Kinds of geometry

    def _extrusion(self, rings: Sequence[Ring], height: float) -> tuple[list[Any], str]:
        outer, holes = self._curve(rings[0]), [self._curve(ring) for ring in rings[1:]]
        if holes:
            profile = self.file.create_entity("IfcArbitraryProfileDefWithVoids", "AREA", None, outer, holes)
        else:
            profile = self.file.create_entity("IfcArbitraryClosedProfileDef", "AREA", None, outer)
        up = self.file.create_entity("IfcDirection", (0.0, 0.0, 1.0))
        place = self._axes((0, 0, 0))
        return [self.file.create_entity("IfcExtrudedAreaSolid", profile, place, up, height / self.size)], "SweptSolid"

    def _brep(self, rings: Sequence[Ring], height: float) -> tuple[list[Any], str]:
        shell = self.file.create_entity("IfcClosedShell", self._ifc_faces(rings, height))
        return [self.file.create_entity("IfcFacetedBrep", shell)], "Brep"

    def _surface(self, rings: Sequence[Ring], height: float) -> tuple[list[Any], str]:
        faces = self.file.create_entity("IfcConnectedFaceSet", self._ifc_faces(rings, height))
        return [self.file.create_entity("IfcFaceBasedSurfaceModel", [faces])], "SurfaceModel"

    def _polygons(self, rings: Sequence[Ring], height: float) -> tuple[list[Any], str]:
        corners: list[tuple[float, float, float]] = []
        faces = []
        for face in self._faces(rings, height):
            numbered = []
            for ring in face:
                numbered.append(list(range(len(corners) + 1, len(corners) + len(ring) + 1)))
                corners += ring
            if len(numbered) > 1:
                kind = "IfcIndexedPolygonalFaceWithVoids"
                faces.append(self.file.create_entity(kind, numbered[0], numbered[1:]))
            else:
                faces.append(self.file.create_entity("IfcIndexedPolygonalFace", numbered[0]))
        points = self._points(corners)
        return [self.file.create_entity("IfcPolygonalFaceSet", points, None, faces)], "Tessellation"

    def _triangles(self, rings: Sequence[Ring], height: float) -> tuple[list[Any], str]:
        import shapely

        flat = shapely.constrained_delaunay_triangles(shapely.Polygon(rings[0], rings[1:]))
        corners: list[tuple[float, float, float]] = []
        for triangle in shapely.get_parts(flat):
            for z in (0.0, height):
                corners += [(x, y, z) for x, y in list(triangle.exterior.coords)[:3]]
        indices = [[number + 1, number + 2, number + 3] for number in range(0, len(corners), 3)]
        faces = self.file.create_entity("IfcTriangulatedFaceSet", self._points(corners), None, False, indices)
        return [faces], "Tessellation"

    def _points(self, corners: Sequence[tuple[float, float, float]]) -> Any:
        numbers = [[one / self.size for one in corner] for corner in corners]
        return self.file.create_entity("IfcCartesianPointList3D", numbers)

    def _drawing(self, rings: Sequence[Ring], height: float) -> tuple[list[Any], str]:
        return [self._curve(ring) for ring in rings[:1]], "Curve2D"

    def _mapped(self, rings: Sequence[Ring], height: float) -> tuple[list[Any], str]:
        items, form = self._extrusion(rings, height)
        shape = self.file.create_entity("IfcShapeRepresentation", self.context, "Body", form, items)
        source = self.file.create_entity("IfcRepresentationMap", self._axes((0, 0, 0)), shape)
        target = self.file.create_entity("IfcCartesianTransformationOperator3D", None, None, self._point(0, 0, 0), 1.0)
        return [self.file.create_entity("IfcMappedItem", source, target)], "MappedRepresentation"


__all__ = ["KINDS", "METRE", "MILLIMETRE", "Drawing", "Ring"]
