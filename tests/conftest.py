"""What all tests share: one embedded PostgreSQL, a fresh migrated database for each test, the real inputs."""

from __future__ import annotations

import os
import signal
from collections.abc import AsyncIterator, Iterator
from itertools import count
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from db import migrate
from db.engine import Pool, create_pool
from deploy.postgres import Postgres, temporary

settings.register_profile(  # a change is judged by the same examples each time; at a desk they are always new ones
    "default",
    derandomize="CI" in os.environ,
    deadline=None,
    max_examples=50,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
    print_blob=True,
)
settings.load_profile("default")
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:  # a shell began us in the background: our children shall hear it
    signal.signal(signal.SIGINT, signal.default_int_handler)

REAL_INPUTS = Path(__file__).parents[2] / "shared" / "data"
TEMPLATE = "template_markoff"
numbers = count(1)
LONG = (
    "tests/api/test_visibility_matrix.py",
    "tests/stories/",
    "tests/test_documented.py",
    "tests/deploy/",
    "tests/api/",
)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Where several processes share the files, the long ones begin: at the end nobody is to wait for one of them."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: next((n for n, file in enumerate(LONG) if item.nodeid.startswith(file)), len(LONG)))


@pytest.fixture(scope="session")
def cluster() -> Iterator[Postgres]:
    """An embedded PostgreSQL that lives as long as the tests do, and does not outlast them."""
    with temporary() as server:
        server.create_database(TEMPLATE)
        migrate.upgrade(server.url(TEMPLATE))
        yield server


@pytest.fixture
def template() -> str:
    """What the database of a test is a copy of."""
    return TEMPLATE


@pytest.fixture
def database(cluster: Postgres, template: str) -> Iterator[str]:
    """The address of a fresh, migrated database."""
    name = f"test_{next(numbers)}"
    cluster.create_database(name, template=template)
    yield cluster.url(name)
    cluster.drop_database(name)


@pytest.fixture
async def pool(database: str) -> AsyncIterator[Pool]:
    """Connections to that database."""
    pool = await create_pool(database, 8)
    yield pool
    await pool.close()


@pytest.fixture
def real_inputs() -> Path:
    """The folder of real buildings and readings, beside the checkout."""
    if not REAL_INPUTS.is_dir():
        pytest.skip("the real inputs (shared/data beside the checkout) are not here")
    return REAL_INPUTS
