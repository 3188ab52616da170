"""`markoff telegram`: the house's bot, in a process of its own."""

from __future__ import annotations

import os
import runpy

import typer

from deploy import logs, reach, tracing
from deploy.config.checked import check
from deploy.folder import DataFolder
from deploy.options import Data
from deploy.telegram_part import configured
from deploy.told import told
from deploy.trouble import Trouble

NEEDED = ("MARKOFF_API_URL", "MARKOFF_AGENT_URL", "MARKOFF_AGENT_KEY", "MARKOFF_MEMORY_URL")


def register(app: typer.Typer) -> None:
    app.command("telegram")(telegram)


def telegram(data: Data = None) -> None:
    """Run the house's Telegram bot: talks, plans, voice notes, and alarms with buttons.

    The bot's token is in MARKOFF_TELEGRAM_TOKEN, or in markoff.toml. `markoff up` starts it by itself when there is
    one. Without a data folder MARKOFF_API_URL, MARKOFF_AGENT_URL, MARKOFF_AGENT_KEY and MARKOFF_MEMORY_URL say where
    the house is.
    """
    check()
    if not configured():
        raise Trouble("telegram.no_token")
    if data is not None or _told("MARKOFF_AGENT_KEY") is None:
        run, secrets = reach.running(data), DataFolder(data).secrets()
        os.environ.update(zip(NEEDED, (run.api, run.agent, secrets.agent_key, run.memory), strict=True))
    for name in NEEDED:
        if _told(name) is None:
            raise Trouble("telegram.no_setting", name=name)
    logs.begin("telegram")
    tracing.begin("telegram")
    runpy.run_module("agent.channels.telegram", run_name="__main__")


def _told(variable: str) -> str | None:
    key = variable.removeprefix("MARKOFF_").lower()
    return told(variable, place=f"telegram.{key}") or told(variable, place=f"agent.{key}")
