"""What the base install takes on disk: the wheel, built and installed into a clean environment by uv; MiB by package."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table

from tests.deploy.installing import environment, run, size, uv, wheel

BAR = 400
"""MiB, with compiled files: what pip leaves, which compiles, and uv after the first runs."""
LARGEST = 12
MIB = 1 << 20
OWNERS = """
import importlib.metadata, json, pathlib, sys
for one in importlib.metadata.distributions(path=[sys.argv[1]]):
    tops = {str(file).split("/")[0] for file in one.files or () if not str(file).startswith("..")}
    print(json.dumps([one.metadata["Name"], sorted(tops)]))
"""


def packages(python: Path, library: Path) -> Counter[str]:
    """MiB of each package, by the folders and files that it put there."""
    import json

    taken: Counter[str] = Counter()
    for line in run(python, "-c", OWNERS, library, folder=library).splitlines():
        name, tops = json.loads(line)
        taken[name] = sum(size(library / top) for top in tops if (library / top).is_dir())
    return taken


@pytest.mark.bench
def test_base_install(tmp_path: Path) -> None:
    made = wheel(tmp_path)
    python = environment(tmp_path / "clean")
    run(uv(), "pip", "install", "-q", "--python", python, "--link-mode", "copy", made, folder=tmp_path)
    bare = size(tmp_path / "clean")
    library = next((tmp_path / "clean" / "lib").glob("python*/site-packages"))
    run(python, "-m", "compileall", "-q", "-j", "0", library, folder=tmp_path)
    whole = size(tmp_path / "clean")
    table = Table("base install", "MiB", "at most")
    table.add_row("as uv leaves it", f"{bare / MIB:.0f}", "–")
    table.add_row("with compiled files", f"{whole / MIB:.0f}", f"{BAR}")
    for name, taken in packages(python, library).most_common(LARGEST):
        table.add_row(f"  {name}", f"{taken / MIB:.0f}", "")
    Console().print(table)
    assert whole < BAR * MIB
