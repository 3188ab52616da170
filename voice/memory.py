"""How much memory this process has."""

from __future__ import annotations

import ctypes
import gc
import os
import resource
import sys
from pathlib import Path


def resident() -> int:
    """Bytes of memory that are in use now; where the system does not tell, the most that ever were."""
    try:
        pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError):
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
        return most if sys.platform == "darwin" else most * 1024
    return pages * os.sysconf("SC_PAGE_SIZE")


def give_back() -> None:
    """Hand unused memory back to the system."""
    gc.collect()
    try:
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    except (OSError, AttributeError):
        return
