"""`markoff link`: a code by which a chat or a satellite is linked to a person."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any

import typer

from deploy import console, reach
from deploy.folder import DataFolder
from deploy.options import ApiUrl, Data, Token
from deploy.telegram_part import bot_name
from deploy.told import told
from deploy.trouble import Trouble

MAKE = """
    mutation($channel: LinkChannel!, $user: ID) { result: makeLinkCode(channel: $channel, user: $user) {
        __typename ... on LinkCode { code } ... on Refusal { message }
    } }
"""
CHANNELS = ("telegram", "satellite")
PATIENCE = 5.0
"""Seconds."""

Login = Annotated[
    str | None,
    typer.Option("--login", metavar="WHO", help="For whom; an administrator unless told.", show_default=False),
]
Channel = Annotated[str, typer.Option("--channel", metavar="|".join(CHANNELS), help="Where they are to be known.")]
Bot = Annotated[
    str | None,
    typer.Option(
        "--bot", envvar="MARKOFF_TELEGRAM_BOT", metavar="NAME", show_default=False,
        help="The bot's name in Telegram, for a link that can be tapped; asked of Telegram unless told.",
    ),
]  # fmt: skip
Satellite = Annotated[
    str | None,
    typer.Option(
        "--satellite", metavar="NAME", help="Link this satellite to --login at once, without a code to pass on.",
        show_default=False,
    ),
]  # fmt: skip


def register(app: typer.Typer) -> None:
    app.command("link")(link)


def link(
    login: Login = None,
    channel: Channel = "telegram",
    bot: Bot = None,
    satellite: Satellite = None,
    data: Data = None,
    url: ApiUrl = None,
    token: Token = None,
) -> None:
    """Make a one-time code that links a chat to a person: tap the link, or send the bot the code.

    It is good for ten minutes. The chat then has the person's rights, until they unlink it.
    """
    from deploy.house_client import HouseClient

    if satellite:
        if not login:
            raise Trouble("link.nobody", name=satellite)
        channel = "satellite"
    if channel not in CHANNELS:
        raise Trouble("link.channel", channel=channel, known=", ".join(CHANNELS))
    door = reach.api(data, url, token, login)
    asked: dict[str, Any] = {"channel": channel.upper(), "user": login if url else None}
    with HouseClient(door, console.language(), PATIENCE) as client:
        result = client.graph(MAKE, asked)["result"]
    if result["__typename"] != "LinkCode":
        raise Trouble("link.refused", why=result["message"])
    code = result["code"]
    if satellite:
        console.say("link.satellite_of", name=satellite, person=_redeemed(door.address, data, satellite, code))
    elif channel == "satellite":
        console.say("link.satellite", secret=code)
    elif bot := bot or bot_name():
        console.say("link.tap", secret=code, address=f"https://t.me/{bot.lstrip('@')}?start={code}")
    else:
        console.say("link.send", secret=code)


def _redeemed(address: str, data: Path | None, satellite: str, code: str) -> str:
    """Show the code for the satellite, as the agent would; the name of whom it is linked to. Raises Trouble."""
    import httpx

    key = told("MARKOFF_AGENT_KEY", place="agent.agent_key") or DataFolder(data).secrets().agent_key
    form = {"actor_token": key, "channel": "satellite", "identity": satellite, "name": satellite, "code": code}
    try:
        answer = httpx.post(f"{address}/link", data=form, timeout=PATIENCE)
        said = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise Trouble("link.refused", why=str(error) or type(error).__name__) from error
    if answer.status_code != 200:
        raise Trouble("link.refused", why=said.get("error_description") or said.get("error") or answer.status_code)
    return str(said["name"])
