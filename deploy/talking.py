"""A talk by voice at this machine: a key, what is said, the reply; and a key again cuts the reply short."""

from __future__ import annotations

import base64
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

from deploy import console
from deploy.keys import END

if TYPE_CHECKING:
    from voice.microphone import Device

MOST = 60.0
"""Seconds of one utterance."""
WHOLE = 600.0
"""Seconds of a reply."""

Ask = Callable[[bytes], Any]
"""A turn with a recording: what the agent told (`agent.channels.cli.Told`)."""


class Keyboard(Protocol):
    """Where keys are pressed."""

    def wait(self) -> str:
        """The next key; empty at the end."""

    def pressed(self) -> bool:
        """Whether a key was pressed; it is taken."""


def converse(device: Device, keys: Keyboard, ask: Ask, pause: float) -> None:
    """Talk until q is pressed. Raises `voice.faults.Fault` where a device fails."""
    console.say("voice.hello")
    while keys.wait() not in END:
        while _exchange(device, keys, ask, pause):
            pass  # a key cut the reply short: somebody wants to speak


def _exchange(device: Device, keys: Keyboard, ask: Ask, pause: float) -> bool:
    """One question and its reply; whether the reply was cut short."""
    from voice import audio
    from voice.microphone import utterance
    from voice.ports import RATE

    console.say("voice.listening")
    sound = utterance(device, pause, MOST, keys.pressed)
    if sound is None:
        console.say("voice.nothing")
        return False
    pcm = (sound * 32767).astype("int16").tobytes()
    told = ask(audio.encode(pcm, RATE))
    if told.heard:
        print(f"« {told.heard['text']} »  ({told.heard['engine']})")
    if told.reply or told.error:
        print(told.reply or told.error["message"])
    if told.waiting:
        print(told.waiting["question"])
    if not told.audio:
        return False
    reply = audio.decode(base64.b64decode(told.audio["ogg"]), WHOLE)
    return device.play((reply * 32767).astype("int16").tobytes(), RATE, keys.pressed)
