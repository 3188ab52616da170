"""What sound costs: espeak-ng, the first sound of a reply, voice notes in and out, the finding of speech.

    uv run pytest tests/bench/bench_voice.py -m bench -s

Wall time beside processor time: on a busy machine the second is the truer.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from rich.console import Console
from rich.table import Table
from wyoming.client import AsyncClient
from wyoming.event import Event

from tests.voice.conftest import HEARD
from tests.voice.running import ask, voice_process
from tests.voice.scripted import scripted
from voice import audio, spoken, vad
from voice.espeak import Espeak

TEXT = (
    "Сейчас две активные тревоги. Первая: утечка воды в подвале, температура 21.5 °C. "
    "Вторая: дым на третьем этаже, комната 312."
)
TIMES = 15


def measured(work: Callable[[], object]) -> tuple[float, float]:
    """Milliseconds by the clock and of the processor, medians."""
    wall, processor = [], []
    for _ in range(TIMES):
        begun, used = time.perf_counter(), time.process_time()
        work()
        wall.append(time.perf_counter() - begun)
        processor.append(time.process_time() - used)
    return statistics.median(wall) * 1000, statistics.median(processor) * 1000


@pytest.mark.bench
def test_stages() -> None:
    espeak = Espeak({"ru": "ru", "en": "en-us"})
    espeak.prepare()
    said = [spoken.said(one, "ru") for one in spoken.sentences(TEXT, "ru")]
    pcm = b"".join(b"".join(espeak.speak(one, "ru")) for one in said)
    length = audio.seconds(pcm, espeak.rate)
    ten = (pcm * 3)[: espeak.rate * 2 * 10]
    note = audio.encode(ten, espeak.rate)
    sound = audio.decode(note, 60)
    table = Table("what", "ms", "processor ms", "bar", title="Sound")
    for name, bar, work in (
        (
            f"espeak-ng, {length:.1f} s of Russian",
            f"{length * 50:.0f}",
            lambda: [b"".join(espeak.speak(s, "ru")) for s in said],
        ),
        ("text as it is said", "–", lambda: [spoken.said(one, "ru") for one in spoken.sentences(TEXT, "ru")]),
        ("OGG/Opus, 10 s: in", "", lambda: audio.decode(note, 60)),
        ("OGG/Opus, 10 s: out", "", lambda: audio.encode(ten, espeak.rate)),
        ("both", "200", lambda: (audio.decode(note, 60), audio.encode(ten, espeak.rate))),
        ("finding speech in 10 s", "–", lambda: vad.spoken(sound)),
    ):
        wall, processor = measured(work)
        table.add_row(name, f"{wall:.1f}", f"{processor:.1f}", bar)
    Console(width=100).print(table)


@pytest.mark.bench
async def test_through_the_process(tmp_path: Path) -> None:
    table = Table("what", "median ms", "worst ms", "bar", title="Through Wyoming, on one connection each")
    with voice_process(stt="whisper", whisper=str(scripted(tmp_path, HEARD))) as voice:
        firsts, notes, heard = [], [], []
        for _ in range(TIMES):
            begun = time.perf_counter()
            async with AsyncClient.from_uri(voice.address) as client:
                await client.write_event(Event("synthesize", {"text": TEXT, "voice": {"language": "ru"}}))
                while (event := await client.read_event()) and event.type != "audio-chunk":
                    pass
            firsts.append(time.perf_counter() - begun)
            begun = time.perf_counter()
            (note,) = await ask(voice.address, Event("note", {"text": TEXT, "language": "ru"}))
            notes.append(time.perf_counter() - begun)
            begun = time.perf_counter()
            await ask(voice.address, Event("recording", {"language": "ru"}, note.payload))
            heard.append(time.perf_counter() - begun)
    for name, bar, took in (
        ("first sound of three sentences", "150", firsts),
        (f"whole voice note, {note.data['duration']:.1f} s", "–", notes),
        ("its words, by a tiny Whisper", "–", heard),
    ):
        table.add_row(name, f"{statistics.median(took) * 1000:.0f}", f"{max(took) * 1000:.0f}", bar)
    Console(width=100).print(table)
