"""faster-whisper: the listener where a model is at hand. On CUDA in float16, else on the processor in int8."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voice import cuda
from voice.faults import Fault, missing, no_engine
from voice.ports import LANGUAGES, RATE, Cancelled, Heard, Language, Words

if TYPE_CHECKING:
    from voice.ports import Sound

log = logging.getLogger(__name__)

NEEDED = ("config.json", "model.bin", "tokenizer.json")
"""Files of a model's folder; one of `vocabulary.json` and `vocabulary.txt` comes to them."""
HOTWORDS = 600
"""Letters of hotwords; more slow the decoder down and help no more."""
ROOM = 700 * 2**20
"""Bytes that a model takes on the card beside its weights, for its work."""

Notice = Callable[[str, str], None]
"""Told in English and Russian when something else than the best is chosen."""


@dataclass(frozen=True, slots=True)
class Rung:
    """Where a model runs and how it reckons."""

    device: str
    kind: str
    share: float
    """Part of the file's bytes that the weights take in memory."""

    def __str__(self) -> str:
        return f"{self.device} {self.kind}"


LADDER = (Rung("cuda", "float16", 1.0), Rung("cuda", "int8_float16", 0.55), Rung("cpu", "int8", 0.55))
"""From the best down; a step down is always told."""


def rungs(device: str) -> tuple[Rung, ...]:
    """The steps of a device that is `auto`, `cuda` or `cpu`; auto without a card is the processor's, with no word."""
    if device == "auto":
        device = "any" if cuda.devices() else "cpu"
    return tuple(rung for rung in LADDER if device in ("any", rung.device))


class Whisper:
    """A Transcriber."""

    name = "faster-whisper"
    languages = LANGUAGES

    def __init__(self, folder: Path, title: str, steps: tuple[Rung, ...], notice: Notice, beam: int, threads: int):
        self.folder, self.title, self.notice = folder, title, notice
        self.beam, self.threads = beam, threads
        self.steps = list(steps)
        self.loaded: Any = None

    @property
    def model(self) -> str:
        return f"{self.title}, {self.steps[0]}" if self.steps else self.title

    @property
    def rung(self) -> Rung:
        return self.steps[0]

    def prepare(self) -> None:
        """Load and listen to a second of nothing, on the best step that can."""
        checked(self.folder)
        while True:
            try:
                self._check_room()
                self._load()
                return
            except (RuntimeError, ValueError) as broken:
                self._step_down(broken)

    def transcribe(self, sound: Sound, language: Language | None, words: Words, cancelled: Cancelled) -> Heard:
        """What was said; a card that gives up is left for the next step, once for each."""
        while True:
            try:
                return self._transcribe(sound, language, words, cancelled)
            except RuntimeError as broken:
                if self.rung.device == "cpu":
                    raise
                self._step_down(broken)
                self.prepare()

    def close(self) -> None:
        """Give the memory back."""
        self.loaded = None

    def _transcribe(self, sound: Sound, language: Language | None, words: Words, cancelled: Cancelled) -> Heard:
        found, told = self._begin(sound, language, words)
        if told.language not in LANGUAGES:
            chances = dict(told.all_language_probs or ())
            guess: Language = "ru" if chances.get("ru", 0.0) >= chances.get("en", 0.0) else "en"
            found, told = self._begin(sound, guess, words)
        parts = []
        for segment in found:
            if cancelled():
                break
            parts.append(segment.text.strip())
        return Heard(" ".join(part for part in parts if part), "en" if told.language == "en" else "ru")

    def _begin(self, sound: Sound, language: str | None, words: Words) -> tuple[Any, Any]:
        return self.loaded.transcribe(  # type: ignore[no-any-return]
            sound, language=language, beam_size=self.beam, condition_on_previous_text=False, vad_filter=False,
            hotwords=hotwords(words),
        )  # fmt: skip

    def _load(self) -> None:
        from faster_whisper import WhisperModel

        self.loaded = WhisperModel(
            str(self.folder), device=self.rung.device, compute_type=self.rung.kind,
            cpu_threads=self.threads, local_files_only=True,
        )  # fmt: skip
        listened, wanted = len(self.loaded.feature_extractor.mel_filters), self.loaded.model.n_mels
        if listened != wanted:
            self.loaded = None
            raise no_engine(
                f"{self.folder} lacks preprocessor_config.json: the model wants {wanted} bands",
                f"В {self.folder} нет preprocessor_config.json: модели нужно полос: {wanted}",
            )
        import numpy as np

        list(self.loaded.transcribe(np.zeros(RATE, np.float32), language="en", beam_size=self.beam)[0])

    def _check_room(self) -> None:
        if self.rung.device != "cuda" or (left := cuda.free()) is None:
            return
        wanted = int((self.folder / "model.bin").stat().st_size * self.rung.share) + ROOM
        if left < wanted:
            raise RuntimeError(f"{left >> 20} MiB of the card's memory are free, {wanted >> 20} MiB are needed")

    def _step_down(self, broken: Exception) -> None:
        """The next step of the ladder, told; `Fault` after the last."""
        self.loaded = None
        failed = self.steps.pop(0)
        why = str(broken).strip().splitlines()[0]
        if not self.steps:
            raise no_engine(
                f"Whisper cannot run on {failed}: {why}", f"Whisper не работает на {failed}: {why}"
            ) from broken
        self.notice(
            f"Whisper cannot run on {failed} ({why}); it runs on {self.rung}, slower or less exact",
            f"Whisper не работает на {failed} ({why}); выбрано {self.rung}: медленнее или менее точно",
        )


def hotwords(words: Words) -> str | None:
    """Names, then terms, as many as help."""
    told: list[str] = []
    length = 0
    for word in dict.fromkeys((*words.names, *words.terms)):
        length += len(word) + 2
        if length > HOTWORDS:
            break
        told.append(word)
    return ", ".join(told) or None


def checked(folder: Path) -> None:
    """`Fault` if the folder is no whole model: the library would look for what lacks in the net."""
    absent = [name for name in NEEDED if not (folder / name).is_file()]
    if not any((folder / f"vocabulary.{kind}").is_file() for kind in ("json", "txt")):
        absent.append("vocabulary.json")
    if absent:
        names = ", ".join(absent)
        raise no_engine(f"{folder} is no Whisper model: no {names}", f"{folder} — не модель Whisper: нет {names}")


def located(wanted: str, download: bool) -> Path:
    """The folder of a model that is told by a folder, or by a name at the hub: fetched before, or now if allowed."""
    folder = Path(wanted).expanduser()
    if folder.is_dir():
        return folder
    if wanted.startswith(("/", ".", "~")) or wanted.count("/") > 1:
        raise no_engine(f"There is no folder {wanted} with a Whisper model", f"Папки {wanted} с моделью Whisper нет")
    try:
        from faster_whisper.utils import download_model
        from huggingface_hub.errors import HfHubHTTPError, LocalEntryNotFoundError
    except ImportError as absent:
        raise missing("voice", absent.name or "faster-whisper") from absent
    try:
        return Path(download_model(wanted, local_files_only=True))
    except (LocalEntryNotFoundError, ValueError) as absent:
        if not download:
            raise no_engine(
                f"The Whisper model {wanted} is not on this machine: name its folder, or allow it to be fetched "
                "(MARKOFF_VOICE_DOWNLOAD=true)",
                f"Модели Whisper {wanted} на этой машине нет: укажите её папку или разрешите загрузку "
                "(MARKOFF_VOICE_DOWNLOAD=true)",
            ) from absent
    try:
        log.info("fetching the Whisper model %s", wanted)
        return Path(download_model(wanted))
    except (OSError, ValueError, HfHubHTTPError) as failed:
        raise no_engine(
            f"The Whisper model {wanted} cannot be fetched: {failed}",
            f"Модель Whisper {wanted} не загружается: {failed}",
        ) from failed


__all__ = ["Fault", "Whisper", "checked", "hotwords", "located", "rungs"]
