"""The reference page of settings and the commented example of `markoff.toml`: `python -m deploy.config.page`."""

from __future__ import annotations

import textwrap

from deploy.config import catalogue
from deploy.config.catalogue import Setting
from deploy.config.values import shown, written
from deploy.config.wanted import wanted
from deploy.words import sentence

HEAD = """# Settings

Made by `python -m deploy.config.page > docs/configuration.md`; do not edit.

All settings are optional. They stand in `markoff.toml` in the working folder (MARKOFF_CONFIG names another file), in
the environment, or in files of secrets. The environment wins, then files of secrets, then `markoff.toml`.

```
markoff config example > markoff.toml
markoff config check
markoff config show
```

`example` prints every setting with its default; `check` tells all that is wrong at once, by file, line, table and key;
`show` prints what counts and where it comes from, without secrets. What is wrong is told by every start too (`up`,
`serve`, `agent`, `telegram`, `voice serve`), and nothing starts. A key that nobody knows is a mistake; a variable
MARKOFF_… that nobody knows is only warned of.

**Secrets** are marked with 🔑. With MARKOFF_SECRETS=DIR any setting may be a file of its own, called like its variable
in lower case: `DIR/markoff_jwt_key`, `DIR/markoff_telegram_token`, `DIR/markoff_database_url`. A `markoff.toml` that
holds secrets should be readable by its owner alone.

Durations are ISO 8601: `PT10M`, `PT30S`, `P30D`. In a variable, lists are JSON. Options of a command win over settings.

The agent's settings once stood at the top of `markoff.toml`; they belong in `[agent]`, and `markoff config check` names
each that has to move.
"""
RULE = "|---"


def page() -> str:
    """docs/configuration.md."""
    parts = [HEAD]
    for table, inside in catalogue.tables().items():
        heading = f"## [{table}]" if table else "## [[satellites]]"
        about = catalogue.about(table) if table else "Satellites of Home Assistant: [voice.md](voice.md#satellites)."
        rows = "\n".join(_row(one) for one in inside)
        parts.append(f"{heading}\n\n{about}\n\n| key | variable | takes | default | |\n{RULE * 5}|\n{rows}\n")
    others = "\n".join(f"| {name} | {english} |" for name, (english, _) in sorted(catalogue.OTHERS.items()))
    parts.append(f"## Other variables\n\n| variable | |\n{RULE * 2}|\n{others}\n")
    return "\n".join(parts)


def _row(one: Setting) -> str:
    default = shown(one, one.default) if not one.secret else ""
    cells = (
        f"`{one.key}`" + (" 🔑" if one.secret else ""),
        ", ".join(one.variables),
        wanted(one.field, "en"),
        f"`{default}`" if default else "–",
        one.description,
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


def example(language: str) -> str:
    """A commented markoff.toml: nothing counts until its `#` is taken away."""
    parts = [_comment(sentence("settings.example", language))]
    for table, inside in catalogue.tables().items():
        if table:
            about = catalogue.about(table, language)
            parts.append(f"\n{_comment(about) + chr(10) if about else ''}[{table}]")
        else:
            parts.append("")
        parts += [_lines(one, language) for one in inside]
    return "\n".join(parts) + "\n"


def _lines(one: Setting, language: str) -> str:
    words = [catalogue.purpose(one, language), f"({wanted(one.field, language)}; {', '.join(one.variables)})"]
    if one.secret:
        words.append(sentence("settings.example_secret", language))
    if one.key in ("satellites", "topics"):  # tables of tables are written so
        name = ".".join(filter(None, [one.table, one.key]))
        return f"{_comment(' '.join(words))}\n#[[{name}]]"
    value = "…" if one.default is None or one.secret else written(one.default)
    return f"{_comment(' '.join(words))}\n#{one.key} = {value}"


def _comment(text: str) -> str:
    lines = [part for line in text.splitlines() for part in textwrap.wrap(line, 116)]
    return "\n".join(f"# {line}" for line in lines)


if __name__ == "__main__":
    print(page(), end="")
