"""The voice process of a house: a child beside its servers, and the address at which the agent finds it."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

from deploy.job import Job
from deploy.listening import listen
from deploy.trouble import Trouble

NEEDED = ("av", "espeakng_loader", "numpy")
"""Libraries of the extra `voice` without which no sound is made."""


def voice_part(host: str, port: int, log: Path) -> tuple[str, Job]:
    """Where the voice process will listen, and the process, not yet started. Raises Trouble.

    Port 0 takes any free one. It does not inherit the socket: what listens there is a library's server.
    """
    if any(find_spec(name) is None for name in NEEDED):
        raise Trouble("up.no_voice")
    with listen(host, port, "--voice-port") as probe:
        free = probe.getsockname()[1]
    address = f"tcp://[{host}]:{free}" if ":" in host else f"tcp://{host}:{free}"
    return address, Job(["voice", "serve", "--listen", address], log)
