"""Whether there is a playground, and where its built files are."""

from __future__ import annotations

from pathlib import Path

from pydantic_settings import SettingsConfigDict

from db.settings import FileSettings


class PlaygroundSettings(FileSettings):
    """The page of the graph, at `/graphql`."""

    model_config = SettingsConfigDict(env_prefix="MARKOFF_PLAYGROUND_", toml_table_header=("playground",))

    enabled: bool = True
    """Whether browsers get the page; the graph itself is there in any case."""
    folder: Path | None = None
    """Where `markoff playground build` has put it; `markoff up` keeps it in the data folder."""
