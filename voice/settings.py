"""What the voice process is told: where it listens, its engines, its limits. Environment over `markoff.toml` over
defaults."""

from __future__ import annotations

from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Literal

from pydantic import Field, field_validator
from pydantic_settings import SettingsConfigDict

from voice.filed import FileSettings
from voice.ports import Language


class VoiceSettings(FileSettings):
    """The voice process: where it listens, its engines, its limits."""

    model_config = SettingsConfigDict(env_prefix="MARKOFF_VOICE_", toml_table_header=("voice",))

    listen: str = Field(
        "tcp://127.0.0.1:10300", description="Where Wyoming is spoken: tcp://host:port or unix:///path."
    )
    allow: tuple[IPv4Network | IPv6Network, ...] = Field(
        (IPv4Network("127.0.0.0/8"), IPv6Network("::1/128")),
        description="Networks that may call; the protocol knows no sign-in.",
    )
    health: str = Field("127.0.0.1:10301", description="host:port of /health and /metrics; empty for none.")

    stt: Literal["auto", "whisper", "grammar", "none"] = Field(
        "auto", description="Who listens: auto is Whisper if a model is there, else the grammar recogniser."
    )
    whisper: str | None = Field(
        None,
        description="Whisper's model: a folder as faster-whisper reads it, or the name of one that was downloaded; "
        "unless told large-v3 on CUDA and small on a CPU, if they are there.",
    )
    download: bool = Field(False, description="Whether a Whisper model may be fetched from its hub.")
    beam: int = Field(5, ge=1, le=10, description="Whisper's beam: more is slower and a little better.")

    tts: Literal["auto", "espeak", "piper", "xtts"] = Field(
        "auto", description="Who speaks: auto is Piper for a language that has a voice, else espeak-ng."
    )
    piper_ru: Path | None = Field(None, description="Piper's Russian voice, an .onnx with its .onnx.json beside it.")
    piper_en: Path | None = Field(None, description="Piper's English voice.")
    espeak_ru: str = Field("ru", description="espeak-ng's Russian voice, with a variant if wished: ru+f3.")
    espeak_en: str = Field("en-us", description="espeak-ng's English voice.")
    xtts: Path | None = Field(None, description="The folder of XTTS-v2.")
    xtts_licence: Literal["accepted"] | None = Field(
        None, description="`accepted`: the Coqui Public Model Licence was read; it allows no commercial use."
    )
    xtts_speaker: str = Field("", description="XTTS's speaker: a name, or a recording to speak like; else the first.")
    speed: float = Field(1.0, ge=0.5, le=2.0, description="How fast is spoken.")

    device: Literal["auto", "cpu", "cuda"] = Field("auto", description="Where models run; auto is CUDA if it is there.")
    threads: int = Field(0, ge=0, description="Processor threads of a model; 0 leaves it to the engine.")

    waiting: int = Field(8, ge=0, description="Requests that may wait for an engine; more are told to try again.")
    calls: int = Field(64, ge=1, description="Connections at once.")
    most_seconds: float = Field(120.0, gt=0, description="Seconds of a recording.")
    most_letters: int = Field(5000, ge=1, description="Letters of a text to speak.")
    most_bytes: int = Field(20_000_000, ge=1, description="Bytes of a recording.")
    patience: float = Field(60.0, gt=0, description="Seconds that one request may take.")
    memory: int | None = Field(
        None, ge=1, description="MiB of memory; with more the process ends, to be started again by whoever watches it."
    )
    pause: float = Field(0.6, ge=0.2, le=3, description="Seconds of silence that end what is said at a microphone.")

    @field_validator("listen")
    @classmethod
    def _an_address(cls, told: str) -> str:
        scheme, _, rest = told.partition("://")
        if scheme == "unix" and rest.startswith("/"):
            return told
        if scheme == "tcp" and rest.rpartition(":")[2].isdigit() and rest.rpartition(":")[0]:
            return told
        raise ValueError("write it as tcp://host:port or unix:///path")

    def piper(self, language: Language) -> Path | None:
        """Piper's voice for a language."""
        return self.piper_ru if language == "ru" else self.piper_en

    def espeak(self, language: Language) -> str:
        """espeak-ng's voice for a language."""
        return self.espeak_ru if language == "ru" else self.espeak_en
