"""Becomes another program that dies with the process that asked for it; run as a script, never imported.

`python -I -S child.py SIGNAL PARENT USER GROUP PROGRAM ARGUMENT…`: drops privileges (USER and GROUP are numbers
or `-`), asks Linux for SIGNAL when the parent's starting thread ends (prctl(2), PR_SET_PDEATHSIG: after the privileges,
because changing them clears it) and turns into PROGRAM. A `preexec_fn` would do the same, but is unsafe with threads.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1


def become(signal: int, parent: int, user: str, group: str, command: list[str]) -> None:
    if user != "-":
        os.setgroups([])
        os.setgid(int(group))
        os.setuid(int(user))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal, 0, 0, 0)
    if os.getppid() != parent:  # it died before we asked
        os._exit(1)
    os.execv(command[0], command)  # noqa: S606


if __name__ == "__main__":
    become(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4], sys.argv[5:])
