"""Starts a program that does not outlive us, however we end."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import IO

from deploy.programs import Account
from deploy.trouble import Trouble

CHILD = Path(__file__).with_name("child.py")


def spawn(
    command: Sequence[str], output: int | IO[bytes], env: Mapping[str, str], parting: signal.Signals,
    *, who: Account | None = None, folder: str | None = None, files: Sequence[int] = (),
) -> subprocess.Popen[bytes]:  # fmt: skip
    """A child in a session of its own (Ctrl-C in the terminal is for us; we stop it in order), run as `who`.

    It gets the signal `parting` when we die, on Linux. Must be called from the main thread: what Linux watches is the
    thread that started the child. `files` are descriptors it inherits, `folder` its working folder.
    """
    if threading.current_thread() is not threading.main_thread():
        raise Trouble("wrong_thread", program=Path(command[0]).name)
    user, group = (str(who.uid), str(who.gid)) if who and who.switch else ("-", "-")
    return subprocess.Popen(
        [sys.executable, "-I", "-S", str(CHILD), str(int(parting)), str(os.getpid()), user, group, *command],
        stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT,
        cwd=folder, env=env, pass_fds=files, start_new_session=True,
    )  # fmt: skip
