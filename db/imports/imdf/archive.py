"""The features of an IMDF archive: a zip of GeoJSON files (RFC 7946), wherever in it they lie."""

from __future__ import annotations

import json
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

from db.imports.notices import BrokenFile

LARGEST = 256 * 2**20
"""Bytes of a file in the archive; a larger one is no map of a building."""
REQUIRED = ("level", "unit")


@dataclass(frozen=True, slots=True)
class Feature:
    """One feature; `geometry` is GeoJSON's in WGS84 degrees, longitude first, or None."""

    id: str
    type: str
    properties: Mapping[str, Any]
    geometry: Mapping[str, Any] | None


Features = Mapping[str, list[Feature]]
"""By feature type, in the order of the file."""


def open_imdf(path: Path) -> Features:
    """All features. Raises `BrokenFile`."""
    try:
        with zipfile.ZipFile(path) as archive:
            found: dict[str, list[Feature]] = defaultdict(list)
            for member in _members(archive, path):
                for feature in _features(path, member.filename, archive.read(member)):
                    found[feature.type].append(feature)
    except FileNotFoundError as error:
        raise BrokenFile("file.absent", path=path) from error
    except zipfile.BadZipFile as error:
        raise BrokenFile("imdf.no_zip", path=path.name) from error
    except (OSError, zlib.error, RuntimeError, NotImplementedError) as error:
        raise BrokenFile("file.unreadable", path=path.name, reason=error) from error
    missing = [name for name in REQUIRED if not found.get(name)]
    if missing:
        raise BrokenFile("imdf.lacks", path=path.name, missing=", ".join(f"{name}.geojson" for name in missing))
    return found


def _members(archive: zipfile.ZipFile, path: Path) -> list[zipfile.ZipInfo]:
    """The GeoJSON files of the folder with the levels, without what macOS adds."""
    folders: dict[PurePosixPath, list[zipfile.ZipInfo]] = defaultdict(list)
    for info in archive.infolist():
        name = PurePosixPath(info.filename.replace("\\", "/"))
        hidden = any(part == "__MACOSX" or part.startswith(".") for part in name.parts)
        if info.is_dir() or hidden or name.suffix.lower() not in (".geojson", ".json") or name.stem == "manifest":
            continue
        if info.file_size > LARGEST:
            raise BrokenFile("imdf.too_large", path=path.name, member=info.filename, most=LARGEST // 2**20)
        folders[name.parent].append(info)
    maps = [folder for folder, infos in folders.items() if any(_stem(info) == "level" for info in infos)]
    if not maps:
        raise BrokenFile("imdf.lacks", path=path.name, missing="level.geojson")
    if len(maps) > 1:
        raise BrokenFile("imdf.several", path=path.name, folders=", ".join(sorted(map(str, maps))))
    return sorted(folders[maps[0]], key=lambda info: info.filename)


def _stem(info: zipfile.ZipInfo) -> str:
    return PurePosixPath(info.filename.replace("\\", "/")).stem.lower()


def _features(path: Path, member: str, content: bytes) -> Iterator[Feature]:
    def broken(reason: object) -> BrokenFile:
        return BrokenFile("imdf.broken", path=path.name, member=member, reason=reason)

    try:
        parsed = json.loads(content.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise broken(f"UTF-8, byte {error.start}") from error
    except json.JSONDecodeError as error:
        raise broken(f"{error.msg}, line {error.lineno}") from error
    except RecursionError as error:
        raise broken("too deep") from error
    listed = parsed.get("features") if isinstance(parsed, dict) else None
    if not isinstance(listed, list):
        raise broken("no FeatureCollection")
    for place, each in enumerate(listed, start=1):
        if not isinstance(each, dict) or not isinstance(each.get("properties"), dict) or not each.get("id"):
            raise broken(f"feature {place} has no id or no properties")
        geometry = each.get("geometry")
        type_ = each.get("feature_type") or PurePosixPath(member).stem
        yield Feature(str(each["id"]), str(type_), each["properties"], geometry if isinstance(geometry, dict) else None)


__all__ = ["Feature", "Features", "open_imdf"]
