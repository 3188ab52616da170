"""The file of a copy: a zip that can be written to a pipe, its big parts compressed by zstd, its manifest last."""

from __future__ import annotations

import hashlib
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from types import TracebackType
from typing import IO, Self

from deploy.keeping import manifest
from deploy.keeping.manifest import FORMAT, Manifest
from deploy.trouble import Trouble

MANIFEST = "manifest.json"
LEVEL = 3
CHUNK = 1 << 20  # bytes


class Writer:
    """Writes the parts one after another, to a file or a pipe; none is ever held in memory."""

    def __init__(self, out: IO[bytes]) -> None:
        self._zip = zipfile.ZipFile(out, "w", zipfile.ZIP_STORED)
        self.parts: dict[str, str] = {}

    def add(self, name: str, content: Iterable[bytes]) -> None:
        """A part, compressed on the way."""
        import zstandard

        digest = hashlib.sha256()
        packer = zstandard.ZstdCompressor(level=LEVEL).compressobj()
        with self._zip.open(name, "w", force_zip64=True) as part:
            for piece in content:
                if packed := packer.compress(piece):
                    digest.update(packed)
                    part.write(packed)
            packed = packer.flush()
            digest.update(packed)
            part.write(packed)
        self.parts[name] = digest.hexdigest()

    def abandon(self) -> None:
        """Leave it as it is: what is written to cannot be written to any more."""
        self._zip.fp = None

    def finish(self, told: Manifest) -> None:
        self._zip.writestr(MANIFEST, told.text())
        self._zip.close()


class Reader:
    """A copy that was looked through before it is used: its manifest is readable, and no part is missing."""

    def __init__(self, file: Path) -> None:
        self.file = file
        try:
            self._zip = zipfile.ZipFile(file)
        except FileNotFoundError as fault:
            raise Trouble("restore.absent", file=file) from fault
        except (PermissionError, IsADirectoryError) as fault:
            raise Trouble("restore.closed", file=file, reason=fault.strerror) from fault
        except zipfile.BadZipFile as fault:
            raise Trouble("restore.truncated" if _begins_as_zip(file) else "restore.foreign", file=file) from fault
        try:
            self.manifest = self._manifest()
        except Trouble:
            self._zip.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        self._zip.close()

    def _manifest(self) -> Manifest:
        try:
            told = manifest.read(self._zip.read(MANIFEST).decode())
        except (KeyError, TypeError, ValueError, AttributeError, zipfile.BadZipFile) as fault:
            if '"format"' in self._words() and f'"format": {FORMAT}' not in self._words():
                raise Trouble("restore.newer", file=self.file, made="?") from fault
            raise Trouble("restore.foreign", file=self.file) from fault
        if told.format > FORMAT:
            raise Trouble("restore.newer", file=self.file, made=told.markoff)
        if set(told.parts) - set(self._zip.namelist()):
            raise Trouble("restore.broken", file=self.file)
        return told

    def _words(self) -> str:
        try:
            return self._zip.read(MANIFEST).decode(errors="replace")
        except (KeyError, zipfile.BadZipFile):
            return ""

    def check(self) -> None:
        """Raise Trouble unless every part is byte for byte what was written."""
        for name, wanted in self.manifest.parts.items():
            digest = hashlib.sha256()
            try:
                with self._zip.open(name) as part:
                    while piece := part.read(CHUNK):
                        digest.update(piece)
            except (zipfile.BadZipFile, OSError, EOFError) as fault:
                raise Trouble("restore.broken", file=self.file) from fault
            if digest.hexdigest() != wanted:
                raise Trouble("restore.broken", file=self.file)

    def pieces(self, name: str) -> Iterator[bytes]:
        """A part, unpacked piece by piece."""
        import zstandard

        with self._zip.open(name) as part, zstandard.ZstdDecompressor().stream_reader(part) as unpacked:
            while piece := unpacked.read(CHUNK):
                yield piece

    def text(self, name: str) -> str:
        return b"".join(self.pieces(name)).decode()


def _begins_as_zip(file: Path) -> bool:
    with file.open("rb") as content:
        return content.read(4) == b"PK\x03\x04"


__all__ = ["Reader", "Writer"]
