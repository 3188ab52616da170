"""What the things of an archive are called besides their own names, by language."""

from __future__ import annotations

import re

from db.imports.imdf.archive import Feature
from db.imports.imdf.labels import labels
from db.imports.imdf.model import Names
from db.models import Language


def names_of(feature: Feature, *keys: str) -> Names:
    """All that these properties call it, by language."""
    found: dict[Language, tuple[str, ...]] = {}
    for key in keys:
        for language, text in labels(feature.properties.get(key)).items():
            found[language] = (*found.get(language, ()), text)
    return found


def joined(one: Names, other: Names) -> Names:
    """Both, one after the other."""
    return {language: (*one.get(language, ()), *other.get(language, ())) for language in (*one, *other)}


def without(names: Names, *own: str) -> Names:
    """Names that add something to its own, each once."""
    known_names = {each.lower() for each in own}
    found: dict[Language, tuple[str, ...]] = {}
    for language in sorted(names, key=lambda each: each.value):
        for text in names[language]:
            if text.lower() not in known_names and not re.fullmatch(r"[\d\W]+", text):
                known_names.add(text.lower())
                found[language] = (*found.get(language, ()), text)
    return found
