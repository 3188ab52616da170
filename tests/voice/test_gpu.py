"""Models on a graphics card: CUDA and float16, kept loaded, with the time of each stage. Left out where there is none.

    python -m pytest tests/voice/test_gpu.py tests/voice/test_xtts.py -s

On a bare machine: pip install 'markoff[voice-gpu]', and the folder of libcublas on LD_LIBRARY_PATH.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest
from wyoming.event import Event

from tests.voice.conftest import HEARD
from tests.voice.running import ask, voice_process
from tests.voice.saying import spoken_wav
from voice import audio, cuda
from voice.choice import Notices
from voice.ports import Words
from voice.whisper import LADDER, Whisper

pytestmark = pytest.mark.skipif(cuda.devices() == 0, reason="there is no CUDA device")


@pytest.mark.parametrize("rung", [rung for rung in LADDER if rung.device == "cuda"], ids=str)
def test_whisper_on_the_card(whisper: Path, rung: object) -> None:
    notices = Notices()
    begun = time.perf_counter()
    steps = tuple(one for one in LADDER if one == rung)
    engine = Whisper(whisper, "scripted", steps, notices.add, beam=5, threads=0)
    engine.prepare()
    loaded = time.perf_counter()
    sound = audio.decode(spoken_wav("Покажи тревоги на третьем этаже", "ru"), 60)
    heard = engine.transcribe(sound, None, Words(("Альфа",)), lambda: False)
    print(f"{rung}: loaded in {loaded - begun:.2f} s, heard in {time.perf_counter() - loaded:.3f} s")
    assert heard.text == HEARD
    assert not notices.told
    engine.close()


async def test_the_process_keeps_its_models_on_the_card(whisper: Path) -> None:
    free = cuda.free()
    with voice_process(whisper=str(whisper), device="auto") as running:
        assert running.engines.listener is not None
        assert running.engines.listener.model == "scripted, cuda float16"
        for _ in range(3):
            (note,) = await ask(running.address, Event("note", {"text": "Покажи тревоги.", "language": "ru"}))
            (heard,) = await ask(running.address, Event("recording", {"language": "ru"}, note.payload))
            assert heard.data["text"] == HEARD
        stages = {name: round(stage.last * 1000, 1) for name, stage in running.engines.metrics.stages.items()}
        print(f"stages in ms: {stages}; free on the card: {free} before, {cuda.free()} with the model")


@pytest.mark.skipif("MARKOFF_VOICE_WHISPER" not in os.environ, reason="no real model is told")
def test_a_real_model_hears_what_espeak_says() -> None:
    folder = Path(os.environ["MARKOFF_VOICE_WHISPER"])
    engine = Whisper(folder, folder.name, LADDER[:1], Notices().add, beam=5, threads=0)
    engine.prepare()
    sound = audio.decode(spoken_wav("Show the alarms on the third floor.", "en"), 60)
    assert "third floor" in engine.transcribe(sound, "en", Words(), lambda: False).text.lower()
