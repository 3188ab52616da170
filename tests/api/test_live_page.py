"""The page about following is true: its client follows, and it names every close code and every setting."""

from __future__ import annotations

import asyncio
import re
import sys
from datetime import timedelta
from pathlib import Path

from api.auth import mint
from api.live.closing import Closing
from api.settings import LiveSettings
from tests.api.caller import KEY
from tests.api.serving import followed
from tests.api.test_live_lines import House, house

__all__ = ["house"]

DOCS = Path(__file__).parents[2] / "docs"
PAGE = (DOCS / "live.md").read_text(encoding="utf-8")


async def test_the_client_of_the_page_follows_and_comes_back(house: House, tmp_path: Path) -> None:
    [client] = re.findall(r"^```python\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)
    program = tmp_path / "client.py"
    program.write_text(client, encoding="utf-8")
    token = mint(KEY, house.world.user["dispatcher"], timedelta(minutes=5)).token
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(program), f"ws://{house.address}/graphql", token, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):
            await followed(house.app)
            await house.happen("first")
            assert "RAISED" in (said := (await process.stdout.readline()).decode())
            assert "first" in said
            for line in tuple(house.app.state.parts.live.fanout.lines):
                line.cut()
                line.close(Closing.NO_ANSWER)
            await house.happen("second", "third")
            assert [(await process.stdout.readline()).decode().split()[3] for _ in range(2)] == ["second", "third"]
    finally:
        process.kill()
        await process.wait()


def test_every_close_code_is_told() -> None:
    told = {int(code) for code in re.findall(r"^\| (\d{4}) \|", PAGE, re.MULTILINE)}
    ours = {closing.code for closing in Closing} - {Closing.DONE.code}
    assert told == ours


def test_every_setting_is_told() -> None:
    page = (DOCS / "configuration.md").read_text(encoding="utf-8")
    assert [name for name in LiveSettings.model_fields if f"MARKOFF_LIVE_{name.upper()}" not in page] == []
