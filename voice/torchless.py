"""coqui-tts beside a torch without CUDA: the wheel of torchaudio is linked to CUDA, though XTTS needs none of that.

torchaudio itself treats "no compiled library" as a supported case; it is told so before its first import. For
`torchcodec` it is only looked, never used: recordings are read with PyAV.
"""

from __future__ import annotations

import importlib.machinery
import importlib.util
import sys
import types
from pathlib import Path
from typing import Any


def prepare() -> None:
    """Make `import TTS` work; call it before. Raises ImportError where torch or torchaudio lacks."""
    import torch

    if torch.version.cuda:
        return
    if "torchaudio" not in sys.modules:
        sys.modules["torchaudio._extension"] = _not_compiled()
    if importlib.util.find_spec("torchcodec") is None:
        codec = types.ModuleType("torchcodec")
        codec.__spec__ = importlib.machinery.ModuleSpec("torchcodec", None)
        sys.modules["torchcodec"] = codec
    import torchaudio

    torchaudio.load = _load


def _not_compiled() -> types.ModuleType:
    extension: Any = types.ModuleType("torchaudio._extension")
    extension._IS_TORCHAUDIO_EXT_AVAILABLE = False
    extension._IS_ALIGN_AVAILABLE = False
    extension._check_cuda_version = lambda: None
    extension.fail_if_no_align = lambda function: function
    return extension  # type: ignore[no-any-return]


def _load(place: str, *given: Any, **named: Any) -> tuple[Any, int]:
    """A recording as torchaudio would give it: channels by samples, and the rate."""
    import torch

    from voice import audio
    from voice.ports import RATE

    sound = audio.decode(Path(place).read_bytes(), most_seconds=600)
    return torch.from_numpy(sound[None, :].copy()), RATE
