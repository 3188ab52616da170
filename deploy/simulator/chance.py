"""Luck that can be had again: numbers that follow from a seed and what they are for, and from nothing else."""

from __future__ import annotations

from hashlib import blake2b

BITS = 2**64 - 1


def seeded(*what: object) -> int:
    """64 bits for these words and numbers, always the same ones."""
    text = "\x1f".join(map(str, what))
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")


def luck(*what: object) -> float:
    """From 0 to 1, without it."""
    return (seeded(*what) >> 11) * 2.0**-53


def flicker(key: int, tick: int) -> float:
    """The same for a key of `seeded` and a count, several times faster (SplitMix64)."""
    bits = (key + tick * 0x9E3779B97F4A7C15) & BITS
    bits = ((bits ^ (bits >> 30)) * 0xBF58476D1CE4E5B9) & BITS
    bits = ((bits ^ (bits >> 27)) * 0x94D049BB133111EB) & BITS
    return ((bits ^ (bits >> 31)) >> 11) * 2.0**-53


__all__ = ["flicker", "luck", "seeded"]
