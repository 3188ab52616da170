"""Does the Dockerfile's steps up to the stage `voice` in a Debian of debootstrap, then runs tests/deploy/test_containers.py there.

`python -m tests.deploy.image CACHE`, by `.ci/images`. A stage is a copy of the one it comes from; COPY and RUN are done in order, RUN in
a chroot as root, without a cache. What the image of Node.js makes is left out.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCKER = ROOT / "deploy" / "docker"
OTHERS = ("node", "python")
"""Stages that only name an image."""
LEFT = {"playground"}
"""Needs the image of Node.js; tests/stories/test_playground.py builds it."""


def stages() -> dict[str, tuple[str, list[tuple[str, str]]]]:
    """Of each stage: what it comes from, and its instructions."""
    text = re.sub(r"^#.*\n", "", (DOCKER / "Dockerfile").read_text(encoding="utf-8"), flags=re.MULTILINE)
    found: dict[str, tuple[str, list[tuple[str, str]]]] = {}
    for line in text.replace("\\\n", " ").splitlines():
        word, _, rest = line.partition(" ")
        if word == "FROM":
            base, _, name = rest.partition(" AS ")
            found[name] = (base, [])
        elif word and word != "ARG" and found:
            found[name][1].append((word, rest.strip()))
    return found


class Image:
    """A stage's file system."""

    def __init__(self, place: Path, base: Path, variables: Mapping[str, str]) -> None:
        self.place, self.variables = place, dict(variables)
        shutil.rmtree(place, ignore_errors=True)
        subprocess.run(["cp", "-a", "--reflink=auto", str(base), str(place)], check=True)

    def run(self, rest: str) -> None:
        """RUN, as root."""
        words = rest.split()
        while words[0].startswith("--mount"):
            words.pop(0)
        env = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/root"} | registries() | self.variables
        command = " ".join(words)
        print(f"RUN {command}", flush=True)
        bound = f"mount --rbind /proc {self.place}/proc; mount --rbind /dev {self.place}/dev; "
        bound += f"cp /etc/resolv.conf {self.place}/etc/; " + "".join(
            f"mkdir -p {self.place}{one}; mount --bind {one} {self.place}{one}; " for one in shared()
        )
        given = " ".join(shlex.quote(f"{name}={value}") for name, value in env.items())
        entered = f"{bound} exec env -i {given} chroot {self.place} sh -c {shlex.quote(command)}"
        subprocess.run(["unshare", "--mount", "sh", "-ec", entered], check=True)

    def copy(self, rest: str, made: Mapping[str, Image]) -> None:
        """COPY, from the checkout or a stage."""
        words = rest.split()
        options = dict(word[2:].split("=", 1) for word in words if word.startswith("--"))
        *sources, target = [word for word in words if not word.startswith("--")]
        if options.get("from") in LEFT | set(OTHERS):
            print(f"not here: COPY {rest}", flush=True)
            return
        origin = made[options["from"]].place if "from" in options else ROOT
        for source in sources:
            there = origin / source.lstrip("/")
            to = self.place / target.lstrip("/")
            if there.is_dir():
                ignored = shutil.ignore_patterns("__pycache__", "node_modules", "built", "compose", ".env")
                shutil.copytree(there, to, dirs_exist_ok=True, ignore=ignored)
            else:
                to = to / there.name if target.endswith("/") else to
                to.parent.mkdir(parents=True, exist_ok=True)
                shutil.copy(there, to)
                to.chmod(int(options["chmod"], 8)) if "chmod" in options else None


def registries() -> dict[str, str]:
    """Where packages come from on this machine."""
    return {
        name: value for name, value in os.environ.items() if re.match(r"(PIP_|SSL_|https?_proxy|HTTPS?_PROXY)", name)
    }


def shared() -> list[str]:
    """Folders and files that those names lead to."""
    found = subprocess.run([sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True).stdout
    places = set(re.findall(r"(?:file://)?(/[\w./-]+?)(?:/simple)?(?=['\s])", found + " ".join(registries().values())))
    return sorted(place for place in places if Path(place).is_dir()) + [
        place for place in ("/etc/pip.conf", "/etc/ssl/certs") if Path(place).is_dir()
    ]


def built(cache: Path, target: str) -> Path:
    """The file system of a stage, all that it comes from done before."""
    known, made = stages(), dict[str, Image]()

    def make(name: str) -> Image:
        base, instructions = known[name]
        for word, rest in instructions:
            named = re.search(r"--from=(\w+)", rest)
            if word == "COPY" and named and named[1] not in {*made, *LEFT, *OTHERS}:
                made[named[1]] = make(named[1])
        below = made.get(base) or (make(base) if base in known else None)
        image = Image(cache / name, below.place if below else cache / "debian", below.variables if below else {})
        for word, rest in instructions:
            if word == "RUN":
                image.run(rest)
            elif word == "COPY":
                image.copy(rest, made)
            elif word == "ENV":
                path = image.variables.get("PATH", "/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin")
                pairs = [pair.split("=", 1) for pair in shlex.split(rest)]
                image.variables |= {one: value.replace("$PATH", path) for one, value in pairs}
        made[name] = image
        return image

    return make(target).place


def main(cache: Path, *more: str) -> int:
    """Build, then run the tests on what was built."""
    place = built(cache, "voice")
    for name in stages():
        if name != place.name:
            shutil.rmtree(cache / name, ignore_errors=True)
    env = os.environ | {"MARKOFF_ROOT": str(place)}
    return subprocess.run(
        [sys.executable, "-m", "pytest", "tests/deploy/test_containers.py", "-q", *more], env=env
    ).returncode


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), *sys.argv[2:]))
