"""What is looked at: where the parts of the house are, by its data folder if it runs there, else by the settings."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from deploy import external, reach
from deploy.folder import DataFolder
from deploy.told import told

WELL, DOUBTFUL, WRONG = "well", "doubtful", "wrong"


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: how it is, and the sentence for it."""

    subject: str
    grade: str
    code: str
    parameters: Mapping[str, object] = field(default_factory=dict)


@dataclass(frozen=True)
class Patient:
    """Addresses and keys of one house; what is empty is not there, and not looked at."""

    folder: Path | None = None
    """The data folder of a house at work here."""
    database: str = ""
    memory: str = ""
    api: str = ""
    agent: str = ""
    agent_key: str = ""
    jwt_key: str = ""
    voice: str = ""
    public: str = ""
    """Where people reach it, https://…"""
    front: str = ""
    """host:port where that door is reached from here, if its name leads elsewhere."""
    prometheus: str = ""
    copies: Path | None = None
    """Where copies are kept."""
    patience: float = 5.0
    """Seconds that each answer may take."""


Check = Callable[[Patient], Iterator[Finding]]


def met(
    data: Path | None, url: str | None, public: str | None, prometheus: str | None, front: str | None = None
) -> Patient:
    """The house in `data`, if it runs; else the one that the settings describe."""
    folder = DataFolder(data)
    run = folder.running() if folder.exists else None
    secrets = folder.secrets() if run else None
    copies = told("MARKOFF_BACKUP_TO", place="backup.to")
    return Patient(
        folder=folder.path if run else None,
        database=url or (run.database if run else "") or external.from_settings() or "",
        memory=(run.memory if run else "") or told("MARKOFF_MEMORY_URL", place="agent.memory_url") or "",
        api=run.api if run else reach.api_address(),
        agent=run.agent if run else reach.agent_address(),
        agent_key=(secrets.agent_key if secrets else "") or told("MARKOFF_AGENT_KEY", place="agent.agent_key") or "",
        jwt_key=(secrets.jwt_key if secrets else "") or told("MARKOFF_JWT_KEY", place="api.jwt_key") or "",
        voice=(run.voice if run else "") or told("MARKOFF_VOICE_URL", place="agent.voice_url") or "",
        public=(public or told("MARKOFF_PUBLIC_URL", place="agent.public_url") or "").rstrip("/"),
        front=front or "",
        prometheus=(prometheus or "").rstrip("/"),
        copies=Path(copies) if copies else None,
    )  # fmt: skip


def settled_elsewhere() -> bool:
    """Whether the settings tell of a house that does not run from a data folder."""
    return bool(external.from_settings() or told("MARKOFF_API_URL", place="agent.api_url"))


def in_container() -> bool:
    """Whether addresses are those inside a container, where listening on all of them opens nothing."""
    return Path("/.dockerenv").exists() or "KUBERNETES_SERVICE_HOST" in os.environ
