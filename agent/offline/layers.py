"""What a plan of a floor is to show, by the words of a sentence."""

from __future__ import annotations

from collections.abc import Sequence

MEASURED = frozenset({"TEMPERATURE", "HUMIDITY", "CO2", "OCCUPANCY", "SMOKE", "POWER", "LIGHT", "NOISE", "VALVE"})
"""Kinds of sensors whose values a heat map can show."""
SAID = {
    "TENANTS": {"TENANT", "RENT", "RENT_STRICT", "WHO"},
    "VACANCY": {"FREE", "TO_RENT"},
    "LEASES": {"ENDING", "LEASE", "LEASE_UNTIL", "END_VERB"},
    "SENSORS": {"SENSOR", "SILENT", "FAULT"},
    "ALARMS": {"ALARM", "BURNING", "PROBLEM", "CRITICAL"},
    "FIRE_ZONES": {"ZONES", "EVACUATION", "WAY_OUT"},
    "EVACUATION": {"EVACUATION", "WAY_OUT"},
}
"""Words by the layer that they ask for."""
INSTEAD = (("VACANCY", "TENANTS"), ("LEASES", "TENANTS"), ("EVACUATION", "ALARMS"), ("EVACUATION", "TENANTS"))
"""The second is not meant where the first is: a room is free of tenants."""


def shown(features: frozenset[str], kinds: Sequence[str]) -> tuple[str, ...]:
    """The layers besides the rooms; none where the words ask for none."""
    found = {layer for layer, words in SAID.items() if words & features}
    if (heat(kinds) and not features & {"ALARM", "ZONES", "EVACUATION", "WAY_OUT", "DARK"}) or "HEATMAP" in features:
        found.add("HEAT")
    if kinds and not heat(kinds) and not features & {"ALARM", "EVACUATION"}:
        found.add("SENSORS")
    for meant, other in INSTEAD:
        if meant in found:
            found.discard(other)
    return tuple(layer for layer in (*SAID, "HEAT") if layer in found)


def heat(kinds: Sequence[str]) -> str | None:
    """The kind of a heat map."""
    return next((kind for kind in kinds if kind in MEASURED), None)
