"""`markoff link`: a code by which a chat or a satellite is linked to a person."""

from __future__ import annotations

from typing import Annotated, Any

import typer

from deploy import console, reach
from deploy.options import ApiUrl, Data, Token
from deploy.telegram_part import bot_name
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


def register(app: typer.Typer) -> None:
    app.command("link")(link)


def link(
    login: Login = None,
    channel: Channel = "telegram",
    bot: Bot = None,
    data: Data = None,
    url: ApiUrl = None,
    token: Token = None,
) -> None:
    """Make a one-time code that links a chat to a person: tap the link, or send the bot the code.

    It is good for ten minutes. The chat then has the person's rights, until they unlink it.
    """
    from deploy.house_client import HouseClient

    if channel not in CHANNELS:
        raise Trouble("link.channel", channel=channel, known=", ".join(CHANNELS))
    door = reach.api(data, url, token, login)
    asked: dict[str, Any] = {"channel": channel.upper(), "user": login if url else None}
    with HouseClient(door, console.language(), PATIENCE) as client:
        result = client.graph(MAKE, asked)["result"]
    if result["__typename"] != "LinkCode":
        raise Trouble("link.refused", why=result["message"])
    code = result["code"]
    if channel == "satellite":
        console.say("link.satellite", secret=code)
    elif bot := bot or bot_name():
        console.say("link.tap", secret=code, address=f"https://t.me/{bot.lstrip('@')}?start={code}")
    else:
        console.say("link.send", secret=code)
