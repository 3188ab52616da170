"""`markoff import` tells what it did in a table and sentences, and by its exit code whether it took everything."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import psycopg
import pytest

from deploy.accounts import SOME_REFUSED
from deploy.cli import main

ROOT = Path(__file__).parents[2]
MAP = ROOT / "docs" / "examples" / "office-rooms.toml"
HIDDEN = """
import sys
for name in ("ifcopenshell", "shapely", "numpy"):
    sys.modules[name] = None
from pathlib import Path
from db.imports.notices import ExtraMissing
from db.imports.ifc.reader import read
try:
    read(Path(sys.argv[1]))
except ExtraMissing as missing:
    print(missing)
"""


def markoff(capfd: pytest.CaptureFixture[str], *arguments: object, language: str = "en") -> tuple[int, str]:
    """Run the command here: its exit code and all it said."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "argv", ["markoff", "--lang", language, *map(str, arguments)])
        patch.setenv("COLUMNS", "200")
        try:
            main()
            code = 0
        except SystemExit as end:
            code = int(end.code or 0)
    told = capfd.readouterr()
    return code, told.out + told.err


def test_a_house_and_its_history(database: str, real_inputs: Path, capfd: pytest.CaptureFixture[str]) -> None:
    pytest.importorskip("ifcopenshell", reason="the extra `ifc` is not installed")
    where = ("--url", database)
    code, told = markoff(capfd, "import", "ifc", real_inputs / "duplex.ifc", "--zone", "Europe/Amsterdam", *where)
    assert code == 0
    assert "4 storeys, 21 rooms: 21 new, 0 changed, 0 as before." in told
    assert "Declared areas: GSA Space Areas.GSA BIM Area (21)." in told
    code, told = markoff(capfd, "import", "ifc", real_inputs / "duplex.ifc", *where, language="ru")
    assert (code, "новых 0, изменено 0, без изменений 21" in told) == (0, True)

    archive = real_inputs / "office-rooms.zip"
    code, told = markoff(capfd, "import", "readings", archive, "--map", MAP, *where)
    assert (code, told) == (1, "There is no sensor duplex/co2-a102. Make it first, or let the import make it: "
                               "--make-sensors.\n")  # fmt: skip
    code, told = markoff(capfd, "import", "readings", archive, "--map", MAP, "--make-sensors", *where)
    assert code == 0
    assert "7305 rows read: 21826 readings stored, 0 known already, 0 not taken." in told
    assert "From 2022-10-05 22:00 to 2022-11-02 22:45 (UTC)." in told
    with psycopg.connect(database) as connection:
        (stored,) = connection.execute("SELECT count(*) FROM telemetry.reading").fetchone() or (0,)
    assert stored == 21826


def test_bad_rows_are_listed_and_change_the_exit_code(
    database: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    with psycopg.connect(database) as connection:
        connection.execute(
            "WITH b AS (INSERT INTO physical.building (code, name, time_zone, language)"
            " VALUES ('b', 'B', 'Europe/Moscow', 'RU') RETURNING id)"
            " INSERT INTO telemetry.sensor (building_id, code, kind, unit) SELECT id, 's', 'CO2', 'ppm' FROM b"
        )
    (tmp_path / "map.toml").write_text('[time]\ncolumn = "t"\n[[series]]\nsensor = "s"\ncolumn = "v"\n')
    (tmp_path / "table.csv").write_text("t,v\n2022-05-01T00:00Z,1\n2022-05-01T01:00Z,hot\n" + "never,1\n" * 60)
    arguments = ("import", "readings", tmp_path / "table.csv", "--map", tmp_path / "map.toml", "--url", database)
    code, told = markoff(capfd, *arguments)
    assert code == SOME_REFUSED
    assert "62 rows read: 1 readings stored, 0 known already, 61 not taken." in told
    assert "Not taken: the time cannot be read – 60" in told
    assert "  line 3: not a number (v = hot)" in told
    assert "… and 11 more" in told
    code, told = markoff(capfd, *arguments, language="ru")
    assert (code, "  строка 4: время не читается (never)" in told) == (SOME_REFUSED, True)


def test_what_cannot_be_imported_is_a_sentence(database: str, capfd: pytest.CaptureFixture[str]) -> None:
    code, told = markoff(capfd, "import", "ifc", ROOT / "LICENSE", "--url", database, language="ru")
    assert (code, told) == (1, "LICENSE — не файл IFC: он не начинается с ISO-10303-21. Ничего не импортировано.\n")
    code, told = markoff(capfd, "import", "readings", "no.csv", "--map", "no.toml", "--url", database)
    assert (code, told) == (1, "There is no file no.toml.\n")


def test_without_the_extra_the_message_names_it(real_inputs: Path) -> None:
    command = [sys.executable, "-c", HIDDEN, str(real_inputs / "duplex.ifc")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, check=True)
    assert "This import needs the extra «ifc»: uv sync --extra ifc" in done.stdout
