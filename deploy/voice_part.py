"""The voice process of a house: a child beside its servers, and the address at which the agent finds it."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path

from deploy.job import Job
from deploy.listening import listen
from deploy.told import told
from deploy.trouble import Trouble

USUAL = 10300
"""The port that Wyoming's recognisers usually have."""
NEEDED = ("av", "espeakng_loader", "faster_whisper", "numpy")
"""Libraries of the extra `voice` without which no sound is made."""


def voice_part(host: str, port: int, log: Path) -> tuple[str, Job]:
    """Where the voice process will listen, and the process, not yet started. Raises Trouble.

    Port 0 takes any free one. Its health is told one port further, unless the settings say where.
    """
    if any(find_spec(name) is None for name in NEEDED):
        raise Trouble("up.no_voice")
    with listen(host, port, "--voice-port") as probe:
        free = probe.getsockname()[1]
    address = f"tcp://[{host}]:{free}" if ":" in host else f"tcp://{host}:{free}"
    settled = "MARKOFF_VOICE_HEALTH" in os.environ or told(place="voice.health") is not None or port == USUAL
    health = [] if settled else ["--health", f"{host}:{port + 1 if port else 0}"]
    return address, Job(["voice", "serve", "--listen", address, *health], log)
