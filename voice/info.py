"""What the process tells of itself: the services and engines in use (`info`), and of each transcript who heard it."""

from __future__ import annotations

from importlib.metadata import PackageNotFoundError, version
from typing import Any

from voice.engines import Engines
from voice.ports import Engine, Heard, Language

HOMES = {
    "faster-whisper": "https://github.com/SYSTRAN/faster-whisper",
    "espeak-ng": "https://github.com/espeak-ng/espeak-ng",
    "piper": "https://github.com/OHF-Voice/piper1-gpl",
    "xtts": "https://github.com/idiap/coqui-ai-TTS",
    "grammar": "https://github.com/cmusphinx/pocketsphinx",
}
"""Where engines come from."""


def of(engines: Engines) -> dict[str, Any]:
    """The data of an `info` event."""
    return {
        "asr": [_listener(engines)] if engines.listener else [],
        "tts": _speakers(engines),
        **{service: [] for service in ("handle", "intent", "wake", "mic", "snd")},
    }


def _listener(engines: Engines) -> dict[str, Any]:
    assert engines.listener is not None
    listener = engines.listener
    model = {**_artifact(listener, listener.model), "languages": list(listener.languages)}
    return {**_artifact(listener, listener.name), "models": [model], "supports_transcript_streaming": False,
            "requires_external_vad": True, "prefers_auto_gain_enabled": True,
            "prefers_noise_reduction_enabled": True}  # fmt: skip


def _speakers(engines: Engines) -> list[dict[str, Any]]:
    """A program for each engine, with a voice for each language that it speaks."""
    programs: dict[str, dict[str, Any]] = {}
    for language, speaker in engines.speakers.items():
        program = programs.setdefault(
            speaker.name,
            {**_artifact(speaker, speaker.name), "voices": [], "supports_synthesize_streaming": True},
        )
        name = f"{speaker.name}-{language}"
        program["voices"].append({**_artifact(speaker, name), "languages": [language], "speakers": None})
    return list(programs.values())


def _artifact(engine: Engine, name: str) -> dict[str, Any]:
    attribution = {"name": engine.name, "url": HOMES.get(engine.name, "")}
    return {"name": name, "attribution": attribution, "installed": True, "description": f"{engine.name} {engine.model}",
            "version": _version()}  # fmt: skip


def transcript(engines: Engines, heard: Heard) -> dict[str, Any]:
    """The data of a `transcript` event."""
    assert engines.listener is not None
    context = {"engine": engines.listener.name, "model": engines.listener.model, "confirm": heard.confirm}
    return {"text": heard.text, "language": heard.language, "context": context}


def silence(engines: Engines, language: Language | None) -> dict[str, Any]:
    """The transcript of nothing."""
    engine = engines.listener.name if engines.listener else ""
    return {"text": "", "language": language, "context": {"engine": engine, "confirm": False}}


def _version() -> str:
    try:
        return version("markoff")
    except PackageNotFoundError:
        return "0"
