"""A real vLLM server with a model of random weights, on a free port of this machine."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from pathlib import Path

import httpx
import psutil

from agent.contract import contract
from agent.jsonschema import compact
from agent.prompts import RULES
from agent.tools import build
from tests.ports import free_port

HERE, ROOT = Path(__file__).parent, Path(__file__).parents[2]
FLAGS = (
    "--served-model-name", "tiny", "--host", "127.0.0.1", "--dtype", "bfloat16", "--enforce-eager",
    "--max-model-len", "16384", "--max-num-batched-tokens", "16384", "--max-num-seqs", "4", "--kv-cache-memory-bytes", "64M",
    "--enable-auto-tool-choice", "--tool-call-parser", "hermes", "--tool-strict-level", "parameter",
    "--enable-log-requests",
)  # fmt: skip
ALONE = {"HF_HUB_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1", "DO_NOT_TRACK": "1"}
"""Environment in which it asks nobody on the internet."""
PATIENCE = 300.0


def python() -> Path:
    """The Python of vLLM's own environment, which `.ci/vllm` builds."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return Path(os.environ.get("MARKOFF_VLLM_VENV") or cache / "markoff" / "vllm") / "bin" / "python"


def make_model(folder: Path, seed: int = 0) -> Path:
    """A model of random weights whose tokenizer knows our prompts."""
    corpus, out = folder / "corpus.txt", folder / "model"
    said = [(ROOT / "README.md").read_text(), (ROOT / "agent" / "words.toml").read_text()]
    corpus.write_text("\n".join([RULES, *map(compact, build(contract()).wire()), *said]))
    command = [str(python()), str(HERE / "tiny_model.py"), str(out), str(corpus), str(seed)]
    subprocess.run(command, check=True, capture_output=True, env=os.environ | ALONE, cwd=folder)
    return out


class Vllm:
    """The server; it can be killed in the middle of anything, and started again on the same port."""

    def __init__(self, model: Path, log: Path) -> None:
        self.model, self.log, self.port = model, log, free_port()
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/v1"

    def start(self) -> None:
        """Begin; `wait` tells when it serves."""
        command = [str(python()), str(HERE / "entry.py"), "serve", str(self.model), "--port", str(self.port), *FLAGS]
        ours = {n: v for n, v in os.environ.items() if n != "PYTHONPATH"}
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, env=ours | ALONE, cwd=self.model.parent, start_new_session=True
            )

    def wait(self) -> None:
        """Until it serves."""
        assert self.process is not None
        until = time.monotonic() + PATIENCE
        while not self.healthy():
            assert self.process.poll() is None, f"vLLM ended:\n{self.log.read_text()[-3000:]}"
            assert time.monotonic() < until, f"vLLM did not begin in time:\n{self.log.read_text()[-3000:]}"
            time.sleep(0.5)

    def healthy(self) -> bool:
        """Whether `/health` says so."""
        try:
            return httpx.get(f"{self.url.removesuffix('/v1')}/health", timeout=2, trust_env=False).status_code == 200
        except httpx.TransportError:
            return False

    def asked(self) -> int:
        """How many requests have come, as its log tells."""
        return self.log.read_text().count("Received request")

    def freeze(self) -> None:
        """Let what comes be taken and not answered: the engine stands still."""
        for each in self._engine():
            each.suspend()

    def kill(self) -> None:
        """kill -9, the server and its engine."""
        if self.process is None:
            return
        family = self._engine()
        self.process.send_signal(signal.SIGKILL)
        for each in family:
            try:
                each.kill()
            except psutil.NoSuchProcess:
                continue
        self.process.wait()
        psutil.wait_procs(family, timeout=10)
        self.process = None

    def memory(self) -> int:
        """Bytes of the server and its engine, what they share counted once."""
        assert self.process is not None
        whole = psutil.Process(self.process.pid)
        return sum(p.memory_full_info().pss for p in (whole, *whole.children(recursive=True)))

    def _engine(self) -> list[psutil.Process]:
        assert self.process is not None
        try:
            return psutil.Process(self.process.pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []
