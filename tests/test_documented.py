"""Every command of the pages is run by a test: by the one below on the demo house, or by the one that is named here.

A line may say what it takes that few machines have: `# needs Docker`.
"""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.deploy.conftest import fresh_folder
from tests.stories.house import House, environment
from tests.test_docs import PAGES, ROOT, cli, relative

FENCE = re.compile(r"^```([^\n]*)\n(.*?)^```", re.MULTILINE | re.DOTALL)
SHELLS = {"", "sh", "bash", "console"}
PROGRAMS = r"(markoff|uv|docker|curl|python3?|pip|bash|export|cd|graph|\./\w+|LANGGRAPH\w+=)\b"
COMMAND = re.compile(rf"^(?:\$ )?(?:[A-Z_]+=\S+ )*{PROGRAMS}(?!\S*:)")
NEEDS = re.compile(r"#.*\bneeds \w+")

FIRST_LIGHT, GUIDE = "tests/stories/test_first_light.py", "tests/stories/test_playground.py"
ELSEWHERE = {
    r"README.md .*(up --no-demo|duplex|graph|TOKEN|listen.py|replay|import ifc|CO2|тревог|alarms|stuffy|последн|last one|@-)": (
        FIRST_LIGHT
    ),
    r"README.md .*(up --simulate|simulate --incident|важно)": "tests/stories/test_simulated_day.py",
    r"README.md .*план": "tests/stories/test_plans.py",
    r"README.md .*imdf": "tests/stories/test_faculty.py",
    r"README.md .*TELEGRAM_TOKEN": "tests/stories/test_up_with_telegram.py",
    r"README.md .*(душно|uv run)": "tests/stories/house.py",
    r"agent.md .*MODEL_URL": "tests/vllm/serving.py",
    r"agent.md curl": "tests/agent/test_agent_server.py",
    r"backup.md .*(--every|backups)": "tests/deploy/test_backup_routine.py",
    r"(backup|running).md .*restore house|running.md .*backup house": "tests/deploy/test_backup.py",
    r"backup.md .*move": "tests/deploy/test_moving.py",
    r"doctor.md .*--public-url": "tests/deploy/test_doctor.py",
    r"(graph|guide).md .*(graph|@-)": GUIDE,
    r"guide.md .*(playground|PLAYGROUND)": GUIDE,
    r"import.md .*import ifc": "tests/deploy/test_importing.py",
    r"import.md .*import imdf": "tests/stories/test_faculty.py",
    r"import.md .*import readings": "tests/deploy/test_importing.py",
    r"import.md .*replay": "tests/deploy/test_replay.py",
    r"ingest.md .*ingest\?": "tests/api/test_ingest_ndjson.py",
    r"ingest.md .*write\?": "tests/api/test_ingest_line_protocol.py",
    r"installation.md .*(venv|pip install)": "tests/deploy/test_images.py",
    r"installation.md .*(prepare|deploy/compose|DATABASE_URL)": "tests/deploy/test_compose.py",
    r"keeping.md .*--workers": "tests/deploy/test_workers.py",
    r"live.md curl": "tests/api/test_live_page.py",
    r"models.md .*vllm": ".ci/vllm",
    r"performance.md .*bench": "tests/bench/bench_start.py",
    r"\w+.md markoff up( --no-demo --clock.*)?$": "tests/stories/house.py",
    r"simulator.md .*(up --simulate|simulate \[)": "tests/stories/test_simulated_day.py",
    r"simulator.md .*--speed max": "tests/deploy/test_simulator_driving.py",
    r"studio.md .*": "tests/stories/test_studio.py",
    r"telegram.md .*TOKEN": "tests/stories/test_up_with_telegram.py",
    r"tracing.md .*TRACES": "tests/stories/test_traced.py",
    r"voice.md .*(up --voice|voice serve)": "tests/stories/test_spoken.py",
    r"voice.md markoff transcribe": "tests/voice/test_voice_command.py",
    r"voice.md markoff voice$": "tests/voice/test_microphone.py",
}
"""What is run by another test, as it stands in a page or with other names."""
HERE = r"\w+.md markoff (link|ask|token|speak|backup \S+$|restore --check|config|doctor$|audit verify|db check)"


def lines(page: Path) -> Iterator[str]:
    """The commands of a page's blocks, without prompt and remark."""
    for info, block in FENCE.findall(page.read_text(encoding="utf-8")):
        if info.strip() not in SHELLS:
            continue
        for line in block.replace("\\\n", " ").splitlines():
            if COMMAND.match(line.strip()) and not NEEDS.search(line):
                yield re.split(r"\s+#\s", line.strip().removeprefix("$ "))[0].strip()


ALL = list(dict.fromkeys((relative(page).removeprefix("docs/"), line) for page in PAGES for line in lines(page)))
TOLD = [f"{page} {line}" for page, line in ALL]
RUN = [line for line in TOLD if re.match(HERE, line) and not any(re.match(known, line) for known in ELSEWHERE)]


def test_every_command_is_run_by_a_test() -> None:
    rest = [line for line in TOLD if line not in RUN and not any(re.match(known, line) for known in ELSEWHERE)]
    assert rest == [], "these are run by no test; say `# needs …` of what few machines have"
    assert [known for known in ELSEWHERE if not any(re.match(known, line) for line in TOLD)] == []
    assert [file for file in ELSEWHERE.values() if not (ROOT / file).is_file()] == []


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    with fresh_folder() as folder, House.up(folder) as house:
        yield house


def takes_data(words: list[str]) -> bool:
    command = cli()
    for word in words[1:]:
        command = getattr(command, "commands", {}).get(word, command)
    return any("--data" in parameter.opts for parameter in command.params)


def test_what_the_pages_show_works(house: House) -> None:
    """All in one folder, in the order of the pages: what one makes, another takes."""
    folder = house.data.parent
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))
    said = {}
    for told in RUN:
        line = told.partition(" ")[2].replace("/var/backups", str(folder))
        words = shlex.split(line.partition(" > ")[0])
        more = f" --data {house.data}" if takes_data(words) else ""
        command, shift, file = line.partition(" > ")
        done = subprocess.run(
            ["bash", "-c", command + more + shift + file], cwd=folder, capture_output=True, text=True,
            timeout=120, env=environment() | {"PATH": path},
        )  # fmt: skip
        found_wanting = 1 if "doctor" in words else 0  # the demo house has no copy of itself, and says so
        if done.returncode > found_wanting:
            said[told] = done.stdout + done.stderr
    assert said == {}
