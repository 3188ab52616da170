"""How words sound, for the acoustic model of the recogniser: espeak-ng's IPA told in the sounds of American English."""

from __future__ import annotations

import re
from functools import lru_cache

from voice.ports import Language

ARPABET: dict[str, str] = {
    "tʃʲ": "CH", "tʃ": "CH", "dʒ": "JH", "ts": "T S", "eɪ": "EY", "aɪ": "AY", "aʊ": "AW", "oʊ": "OW", "ɔɪ": "OY",
    "əʊ": "OW", "ɪə": "IH R", "eə": "EH R", "ʊə": "UH R", "n̩": "AH N", "l̩": "AH L", "ɡ": "G", "g": "G", "p": "P",
    "b": "B", "t": "T", "d": "D", "k": "K", "f": "F", "v": "V", "s": "S", "z": "Z", "ʃ": "SH", "ʒ": "ZH", "ʂ": "SH",
    "ʐ": "ZH", "ɕ": "SH", "ʑ": "ZH", "x": "HH", "h": "HH", "ɣ": "G", "m": "M", "n": "N", "ŋ": "NG", "ɲ": "N", "l": "L",
    "ɭ": "L", "ɫ": "L", "r": "R", "ɹ": "R", "ɾ": "T", "j": "Y", "w": "W", "θ": "TH", "ð": "DH", "ʔ": "T", "β": "V",
    "a": "AA", "ɑ": "AA", "ɒ": "AA", "ʌ": "AH", "ə": "AH", "ɐ": "AH", "æ": "AE", "e": "EH", "ɛ": "EH", "i": "IY",
    "ɪ": "IH", "ᵻ": "IH", "ɨ": "IH", "y": "IH", "o": "AO", "ɔ": "AO", "ɵ": "AO", "u": "UW", "ʊ": "UH", "ʉ": "UW",
    "ɚ": "ER", "ɜ": "ER", "ø": "ER",
}  # fmt: skip
"""One sound or two letters that are one, to the model's phones."""
PIECE = re.compile("|".join(sorted(map(re.escape, ARPABET), key=len, reverse=True)) + r"|ʲ")
BACK = frozenset(("AA", "AO", "UW", "AH"))
"""Vowels before which a soft consonant is heard with a short [j]."""
VOICES: dict[Language, str] = {"ru": "ru", "en": "en-us"}


@lru_cache(maxsize=20_000)
def phones(text: str, language: Language) -> str:
    """The phones of a word or of several: "T R EH V AO G IH"; empty if espeak-ng says nothing for it."""
    from voice import espeak

    return " ".join(phone for word in espeak.phonemes(text, VOICES[language]).split() for phone in _of(word))


def _of(ipa: str) -> list[str]:
    found: list[str] = []
    soft = False
    for piece in PIECE.findall(re.sub("[ˈˌːˑ‿.]", "", ipa)):
        if piece == "ʲ":
            soft = True
            continue
        told = ARPABET[piece].split()
        if soft and told[0] in BACK and found[-1:] != ["Y"]:
            found.append("Y")
        soft = False
        if told != found[-1:]:
            found += told
    return found
