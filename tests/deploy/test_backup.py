"""A house is copied while it lives and brought back whole, or not at all."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from db import changes, demo
from db.audit import verify
from db.changes import CursorOfAnotherEpoch
from db.engine import create_pool
from deploy.keeping import manifest, restoring, taking
from deploy.keeping.bringing import OTHERS
from deploy.keeping.manifest import Manifest
from deploy.keeping.restoring import Restored, opened, restore, secrets_of
from deploy.keeping.sealing import seal, unseal
from deploy.postgres import Postgres
from deploy.trouble import Trouble
from deploy.upkeep import examine
from tests.conftest import TEMPLATE
from tests.deploy.conftest import ROOT

QUIET = lambda *_: None  # noqa: E731
REMEMBERED = "CREATE TABLE checkpoints (thread_id text PRIMARY KEY, checkpoint jsonb, blob bytea)"
TOLD = r"""INSERT INTO checkpoints SELECT 't' || n, jsonb_build_object('say', 'Привет "' || n || E'\\'), decode('00ff', 'hex')
    FROM generate_series(1, 100) n"""


@pytest.fixture(scope="module")
def living(cluster: Postgres) -> Iterator[tuple[str, str]]:
    """A house with the demo building, and the memory of its agent."""
    cluster.create_database("living", template=TEMPLATE)
    cluster.create_database("living_agent")
    asyncio.run(demo.plant(cluster.url("living")))
    with psycopg.connect(cluster.url("living_agent")) as connection:
        connection.execute(REMEMBERED)
        connection.execute(TOLD)
    yield cluster.url("living"), cluster.url("living_agent")
    for name in ("living", "living_agent"):
        cluster.drop_database(name)


@pytest.fixture(scope="module")
def copy(living: tuple[str, str], tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("copies") / "house.backup"
    take(file, *living)
    return file


@pytest.fixture
def target(cluster: Postgres) -> Iterator[tuple[str, str]]:
    """Two databases, the building's with one table that nobody may lose."""
    for name in ("target", "target_agent"):
        cluster.create_database(name)
    with psycopg.connect(cluster.url("target")) as connection:
        connection.execute("CREATE SCHEMA physical")
        connection.execute("CREATE TABLE physical.precious AS SELECT 42 AS answer")
    yield cluster.url("target"), cluster.url("target_agent")
    for name in ("target", "target_agent"):
        cluster.drop_database(name)


def take(file: Path, building: str, memory: str | None) -> Manifest:
    with file.open("wb") as out:
        return taking.take(out, building, memory, None, QUIET)


def bring(file: Path, building: str, memory: str | None) -> Restored:
    with opened(file) as copy:
        return restore(copy, building, memory, QUIET)


def precious(url: str) -> bool:
    """Whether the target is as it was."""
    with psycopg.connect(url) as connection:
        tables = connection.execute(
            "SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace::regnamespace::text"
            " NOT IN ('pg_catalog', 'information_schema')"
        ).fetchall()
        return tables == [("precious",)] and connection.execute("SELECT * FROM physical.precious").fetchall() == [(42,)]


async def cursor(url: str) -> str:
    pool = await create_pool(url, 1)
    async with pool, pool.acquire() as connection:
        return changes.cursor(*await changes.standing(connection))


def test_a_house_comes_back_as_it_was(living: tuple[str, str], target: tuple[str, str], tmp_path: Path) -> None:
    file = tmp_path / "house.backup"
    made = take(file, *living)
    old = asyncio.run(cursor(living[0]))
    done = bring(file, *target)
    assert (done.rows, done.memory, done.upgraded) == (made.rows, True, False)
    assert examine(target[0]).faults == ()
    again = take(tmp_path / "again.backup", *target)
    differing = {
        one.name for one, other in zip(made.building.tables, again.building.tables, strict=True) if one != other
    }
    assert differing == {"live.epoch"}
    assert again.memory is not None
    assert made.memory is not None
    assert again.memory.tables == made.memory.tables
    assert again.building.sequences == made.building.sequences
    asyncio.run(begins_anew(target[0], old))


async def begins_anew(url: str, old: str) -> None:
    pool = await create_pool(url, 1)
    async with pool, pool.acquire() as connection:
        assert await verify(connection) is None
        with pytest.raises(CursorOfAnotherEpoch):
            await changes.place(connection, old)


def test_what_is_written_meanwhile_is_there_wholly_or_not(
    living: tuple[str, str], target: tuple[str, str], tmp_path: Path
) -> None:
    writer = subprocess.Popen([sys.executable, "-c", WRITE, living[0]], cwd=ROOT, stdout=subprocess.PIPE)
    assert writer.stdout is not None
    writer.stdout.readline()
    try:
        take(tmp_path / "house.backup", *living)
    finally:
        writer.kill()
        writer.communicate()
    bring(tmp_path / "house.backup", *target)
    with psycopg.connect(target[0]) as connection:
        left, right = connection.execute(
            "SELECT count(*) FILTER (WHERE name LIKE 'left %'), count(*) FILTER (WHERE name LIKE 'right %')"
            " FROM business.tenant"
        ).fetchone() or (0, 1)
    assert left == right > 0


WRITE = """
import sys, psycopg
with psycopg.connect(sys.argv[1], autocommit=True) as connection:
    for number in range(100000):
        with connection.transaction():
            connection.execute("INSERT INTO business.tenant (name) VALUES (%s)", (f"left {number}",))
            connection.execute("INSERT INTO business.tenant (name) VALUES (%s)", (f"right {number}",))
        if number == 5:
            print("writing", flush=True)
"""


def altered(copy: Path, file: Path, change: object = None, *, without: str = "") -> Path:
    """The copy with another manifest, or without a part."""
    with zipfile.ZipFile(copy) as old, zipfile.ZipFile(file, "w") as new:
        for part in old.namelist():
            content = old.read(part)
            if part == "manifest.json" and callable(change):
                content = json.dumps(change(json.loads(content))).encode()
            if not without or without not in part:
                new.writestr(part, content)
    return file


def of_the_future(told: dict[str, object]) -> dict[str, object]:
    building = told["building"]
    assert isinstance(building, dict)
    return {**told, "building": {**building, "revision": "20990101_flying_cars"}, "markoff": "9.0.0"}


@pytest.mark.parametrize(
    "mistake", ["truncated", "flipped", "foreign", "empty", "future", "format", "missing", "absent"]
)
def test_a_bad_file_changes_nothing(copy: Path, target: tuple[str, str], tmp_path: Path, mistake: str) -> None:
    file, content = tmp_path / "bad.backup", copy.read_bytes()
    codes = {
        "truncated": "restore.truncated", "flipped": "restore.broken", "foreign": "restore.foreign",
        "empty": "restore.foreign", "future": "restore.newer", "format": "restore.newer",
        "missing": "restore.broken", "absent": "restore.absent",
    }  # fmt: skip
    match mistake:
        case "truncated":
            file.write_bytes(content[: len(content) // 2])
        case "flipped":
            with zipfile.ZipFile(copy) as whole:  # not in a header, of which some bytes mean nothing
                part = max(whole.infolist(), key=lambda one: one.compress_size)
            middle = part.header_offset + part.compress_size // 2
            file.write_bytes(content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :])
        case "foreign":
            with zipfile.ZipFile(file, "w") as other:
                other.writestr("photos/cat.txt", "meow")
        case "empty":
            file.touch()
        case "future":
            altered(copy, file, of_the_future)
        case "format":
            altered(copy, file, lambda told: {**told, "format": manifest.FORMAT + 1, "novelty": 1})
        case "missing":
            altered(copy, file, without="reading_hour")
    with pytest.raises(Trouble) as trouble:
        bring(file, *target)
    assert trouble.value.code == codes[mistake]
    assert precious(target[0])


def test_rows_that_come_out_otherwise_change_nothing(copy: Path, target: tuple[str, str], tmp_path: Path) -> None:
    def one_less(told: dict[str, object]) -> dict[str, object]:
        memory = told["memory"]
        assert isinstance(memory, dict)
        memory["tables"][0]["checksum"] += 1
        return told

    with pytest.raises(Trouble, match="checkpoints"):
        bring(altered(copy, tmp_path / "other.backup", one_less), *target)
    assert precious(target[0])


def test_a_house_that_somebody_uses_is_not_replaced(copy: Path, target: tuple[str, str]) -> None:
    with (
        psycopg.connect(target[0], application_name="markoff ticks"),
        pytest.raises(Trouble, match="markoff ticks"),
    ):
        bring(copy, *target)
    assert precious(target[0])


def until_alone(url: str) -> None:
    """Until the server is done with who was killed: what it was committing may still be committed."""
    give_up = time.monotonic() + 60
    with psycopg.connect(url, autocommit=True) as connection:
        while connection.execute(OTHERS).fetchone() != (None,):
            assert time.monotonic() < give_up, "the server still works for a process that was killed"
            time.sleep(0.02)


def test_killed_in_the_middle_it_leaves_what_was(living: tuple[str, str], copy: Path, target: tuple[str, str]) -> None:
    """At several moments: none of them shows half a house, or one that takes cursors from before."""
    old = asyncio.run(cursor(living[0]))
    for pause in (0.0, 0.5, 1.0):
        process = subprocess.Popen(
            [sys.executable, "-c", BRING, str(copy), *target], cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        assert process.stdout.readline().strip() == "loading"
        time.sleep(pause)
        process.kill()
        process.communicate()
        for url in target:
            until_alone(url)
        if not precious(target[0]):
            assert examine(target[0]).faults == ()
            asyncio.run(begins_anew(target[0], old))
            return


def test_what_was_brought_begins_anew_with_its_rows(
    living: tuple[str, str], copy: Path, target: tuple[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is no moment between the two: who dies right after the rows are there has begun anew already."""

    def dies(url: str) -> None:
        raise KeyboardInterrupt

    old = asyncio.run(cursor(living[0]))
    monkeypatch.setattr(restoring, "_analyze", dies)
    with pytest.raises(KeyboardInterrupt):
        bring(copy, *target)
    asyncio.run(begins_anew(target[0], old))


BRING = """
import sys
from pathlib import Path
from deploy.keeping.restoring import opened, restore
def show(stage, done, total):
    if done == 3 and stage == "load":
        print("loading", flush=True)
with opened(Path(sys.argv[1])) as copy:
    restore(copy, sys.argv[2], sys.argv[3], show)
"""


PASSPHRASE = "двенадцать лун над Невой"
SECRETS = (
    '{"jwt_key": "a key that signs, and is long", "agent_key": "mk_1_2", "memory_password": "m", "admin_password": "a"}'
)


def sealed(file: Path, building: str) -> Path:
    with file.open("wb") as out:
        taking.take(out, building, None, seal(SECRETS, PASSPHRASE), QUIET)
    return file


def test_keys_are_sealed_in_a_copy(living: tuple[str, str], tmp_path: Path) -> None:
    file = sealed(tmp_path / "house.backup", living[0])
    with zipfile.ZipFile(file) as copy, opened(file) as made:
        told = copy.read("manifest.json").decode() + made.text(taking.SEALED)
        assert "a key that signs" not in told
        assert "mk_1_2" not in told
        assert secrets_of(made, lambda: PASSPHRASE) == SECRETS
        with pytest.raises(Trouble, match="not the passphrase"):
            secrets_of(made, lambda: PASSPHRASE.upper())


@pytest.mark.parametrize(
    "altered",
    [
        {"memory": 1 << 40},
        {"rounds": 10**6},
        {"lanes": 0},
        {"salt": "я"},
        {"nonce": "AAAA"},
        {"text": ""},
        {"text": "AAAA" * 20},
        {"more": 1},
        {"rounds": "many"},
    ],
)
def test_sealed_keys_that_were_altered_are_refused(altered: dict[str, object]) -> None:
    with pytest.raises(Trouble):
        unseal(json.dumps(json.loads(seal(SECRETS, PASSPHRASE)) | altered), PASSPHRASE)


def test_the_command_leaves_no_half_file(living: tuple[str, str], tmp_path: Path) -> None:
    file = tmp_path / "house.backup"
    process = subprocess.Popen(
        [sys.executable, "-c", "from deploy.cli import main; main()", "backup", str(file), "--url", living[0]],
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    draft = tmp_path / "house.backup.part"
    while not draft.exists() and process.poll() is None:
        time.sleep(0.005)
    process.kill()
    process.wait()
    if file.exists():  # it was faster
        opened(file).check()
    else:
        assert draft.exists()


def test_a_full_disk_is_said_in_a_sentence(living: tuple[str, str]) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-c", "from deploy.cli import main; main()", "backup", "-", "--url", living[0]],
            cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, stdout=full, stderr=subprocess.PIPE, text=True,
            timeout=120, check=False,
        )  # fmt: skip
    assert done.returncode == 1
    assert "There is no space left on the disk" in done.stderr
    assert "Traceback" not in done.stderr
