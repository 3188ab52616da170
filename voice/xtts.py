"""XTTS-v2 by coqui-tts: the most natural voice, on a graphics card. Its weights may not be used commercially (CPML), so
it speaks only where the licence was accepted."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from voice import torchless
from voice.faults import missing, no_engine
from voice.ports import LANGUAGES, Language

NEEDED = ("config.json", "model.pth", "vocab.json")
"""Files of the folder; `speakers_xtts.pth` comes to them unless a recording to speak like is given."""
RATE = 24_000
STREAM = 20
"""Tokens of sound that are made before they are spoken: about 0.9 s."""


class Xtts:
    """A Speaker."""

    name = "xtts"
    languages = LANGUAGES
    rate = RATE

    def __init__(self, folder: Path, speaker: str, device: str, accepted: bool, speed: float = 1.0) -> None:
        self.folder = folder.expanduser()
        self.speaker = speaker
        self.device = device
        self.accepted = accepted
        self.speed = speed
        self.loaded: Any = None
        self.sounds_like: tuple[Any, Any] = (None, None)

    @property
    def model(self) -> str:
        return f"{self.folder.name}, {self.device}"

    def prepare(self) -> None:
        """Load on the card, find the speaker, speak a word. `Fault` without the licence, the library or the files."""
        if not self.accepted:
            raise no_engine(
                "XTTS-v2's weights may not be used commercially (Coqui Public Model Licence): having read it, set "
                "MARKOFF_VOICE_XTTS_LICENCE=accepted",
                "Веса XTTS-v2 нельзя использовать коммерчески (Coqui Public Model Licence): прочитав её, задайте "
                "MARKOFF_VOICE_XTTS_LICENCE=accepted",
            )
        self._check()
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("COQUI_TOS_AGREED", "1")
        try:
            torchless.prepare()
            from TTS.tts.configs.xtts_config import XttsConfig
            from TTS.tts.models.xtts import Xtts as Model
        except (ImportError, OSError) as absent:
            raise missing("voice-xtts", getattr(absent, "name", None) or "coqui-tts") from absent
        try:
            config = XttsConfig()
            config.load_json(str(self.folder / "config.json"))
            model = Model.init_from_config(config)
            model.load_checkpoint(config, checkpoint_dir=str(self.folder), eval=True)
            self.loaded = model.to(self.device)
            self.sounds_like = self._speaker()
            for _ in self.speak("раз", "ru"):
                pass
        except (RuntimeError, ValueError, KeyError, OSError) as broken:
            self.loaded = None
            why = str(broken).strip().splitlines()[0]
            raise no_engine(f"XTTS in {self.folder} fails: {why}", f"XTTS из {self.folder}: ошибка: {why}") from broken

    def speak(self, sentence: str, language: Language) -> Iterator[bytes]:
        """Pieces of about a second, the first after the shortest time."""
        import torch

        latent, voice = self.sounds_like
        with torch.inference_mode():
            pieces = self.loaded.inference_stream(
                sentence, language, latent, voice, stream_chunk_size=STREAM, speed=self.speed
            )
            for piece in pieces:
                samples = (piece.float().clamp(-1, 1) * 32767).to(torch.int16)
                yield samples.cpu().numpy().tobytes()

    def close(self) -> None:
        """Give the card's memory back."""
        if self.loaded is None:
            return
        import torch

        self.loaded, self.sounds_like = None, (None, None)
        if torch.cuda.is_available():
            torch.cuda.empty_cache()

    def _check(self) -> None:
        wanted = [*NEEDED, *([] if self._example() else ["speakers_xtts.pth"])]
        if absent := [name for name in wanted if not (self.folder / name).is_file()]:
            names = ", ".join(absent)
            raise no_engine(
                f"{self.folder} is no XTTS model: no {names}", f"{self.folder} — не модель XTTS: нет {names}"
            )

    def _example(self) -> Path | None:
        """The recording to speak like, if one is told."""
        told = Path(self.speaker).expanduser()
        return told if self.speaker and told.is_file() else None

    def _speaker(self) -> tuple[Any, Any]:
        """What makes the voice: of a recording, of a named speaker, or of the first that there is."""
        if example := self._example():
            latent, voice = self.loaded.get_conditioning_latents(audio_path=[str(example)])
            return latent, voice
        speakers = self.loaded.speaker_manager.speakers
        name = self.speaker or next(iter(speakers))
        if name not in speakers:
            known = ", ".join(list(speakers)[:10])
            raise no_engine(
                f"XTTS has no speaker {name}; it has {known} …", f"У XTTS нет голоса {name}; есть {known} …"
            )
        told = speakers[name]
        return told["gpt_cond_latent"].to(self.device), told["speaker_embedding"].to(self.device)
