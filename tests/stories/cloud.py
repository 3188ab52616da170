"""A stand-in for the part of Telegram's cloud that alarms need: real HTTP, messages with numbers, and its moods."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from html import unescape
from time import monotonic
from typing import Any

from fastapi import FastAPI
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

TOKEN = "7000:AAbbccddeeffgghhiijjkkllmmnnooppqqr"
ME = {"id": 7000, "is_bot": True, "first_name": "Markoff", "username": "markoff_test_bot"}


@dataclass
class Shown:
    """A message as the person in the chat has it."""

    chat: int
    number: int
    text: str
    markup: Any
    silent: bool
    edits: int = 0
    photo: bool = False

    def buttons(self) -> list[str]:
        return [one["callback_data"] for row in (self.markup or {}).get("inline_keyboard", []) for one in row]


@dataclass
class Refusal:
    """How the next request of a method is answered: an error, or a line that is cut before or after it is done."""

    status: int = 0
    retry_after: int | None = None
    cut: str = ""
    description: str = ""


@dataclass
class Cloud:
    """Telegram; numbers of messages are common to all chats, as a bot sees them."""

    messages: dict[tuple[int, int], Shown] = field(default_factory=dict)
    calls: list[tuple[float, str, dict[str, Any]]] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    moods: dict[str, list[Refusal]] = field(default_factory=dict)
    newest: int = 100
    updates: list[dict[str, Any]] = field(default_factory=list)
    delay: float = 0.0
    _more: asyncio.Event = field(default_factory=asyncio.Event)

    def app(self) -> FastAPI:
        app = FastAPI()
        app.add_api_route("/bot{token}/{method}", self._call, methods=["GET", "POST"])
        return app

    # -- what people see and do

    def chat(self, chat: int) -> list[Shown]:
        return [one for (where, _), one in sorted(self.messages.items()) if where == chat]

    async def sees(self, chat: int, holds: Callable[[list[Shown]], bool], patience: float = 15.0) -> list[Shown]:
        """What is in the chat, as soon as it is so."""
        await until(lambda: holds(self.chat(chat)), patience, lambda: [one.text for one in self.chat(chat)])
        return self.chat(chat)

    async def answered(self, count: int = 1) -> list[str]:
        """What the taps so far were answered, as soon as there are so many."""
        await until(lambda: len(self.answers) >= count)
        return [str(one.get("text", "")) for one in self.answers]

    def tap(self, shown: Shown, data: str, user: int | None = None, language: str = "ru") -> None:
        assert data in shown.buttons(), shown.buttons()
        who = {"id": user or shown.chat, "is_bot": False, "first_name": "X", "language_code": language}
        query = {"id": str(len(self.updates) + 1), "from": who, "chat_instance": "1", "data": data}
        self._update({"callback_query": query | {"message": self._message(shown)}})

    def say(self, chat: int, text: str) -> None:
        """Somebody writes to the bot."""
        self.newest += 1
        who = {"id": chat, "is_bot": False, "first_name": "X", "language_code": "ru"}
        message = {"message_id": self.newest, "date": 1_700_000_000, "text": text, "from": who}
        if text.startswith("/"):
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": len(text.split()[0])}]
        self._update({"message": message | {"chat": {"id": chat, "type": "private", "first_name": "X"}}})

    def _update(self, update: dict[str, Any]) -> None:
        self.updates.append({"update_id": 1 + len(self.updates), **update})
        self._more.set()

    # -- the Bot API

    async def _call(self, request: Request, token: str, method: str) -> Response:
        given: dict[str, Any] = dict(request.query_params) | dict(await request.form())
        if request.headers.get("content-type", "").startswith("application/json"):
            given |= await request.json()
        given = {name: _read(value) for name, value in given.items()}
        self.calls.append((monotonic(), method, given))
        mood = self.moods.get(method, []).pop(0) if self.moods.get(method) else Refusal()
        if mood.cut == "before":
            return Cut()
        if mood.status:
            told = {"ok": False, "error_code": mood.status, "description": mood.description or "refused"}
            extra = {"parameters": {"retry_after": mood.retry_after}} if mood.retry_after is not None else {}
            return JSONResponse(told | extra, mood.status)
        if self.delay:
            await asyncio.sleep(self.delay)
        result = await getattr(self, method)(given)
        if mood.cut == "after":
            return Cut()
        return result if isinstance(result, Response) else JSONResponse({"ok": True, "result": result})

    async def getMe(self, given: dict[str, Any]) -> Any:
        return ME

    async def deleteWebhook(self, given: dict[str, Any]) -> Any:
        return True

    async def getUpdates(self, given: dict[str, Any]) -> Any:
        offset = int(given.get("offset") or 0)
        if not [one for one in self.updates if one["update_id"] >= offset]:
            self._more.clear()
            try:
                async with asyncio.timeout(min(1.0, float(given.get("timeout") or 0))):
                    await self._more.wait()
            except TimeoutError:
                pass
        return [one for one in self.updates if one["update_id"] >= offset]

    async def sendMessage(self, given: dict[str, Any]) -> Any:
        return self._message(self._put(given, str(given["text"])))

    async def sendPhoto(self, given: dict[str, Any]) -> Any:
        shown = self._put(given, str(given.get("caption") or ""))
        shown.photo = True
        return self._message(shown)

    async def editMessageText(self, given: dict[str, Any]) -> Any:
        shown = self.messages.get((int(given["chat_id"]), int(given["message_id"])))
        if shown is None:
            return _wrong("message to edit not found")
        if (shown.text, shown.markup) == (given["text"], given.get("reply_markup")):
            return _wrong(
                "message is not modified: specified new message content and reply markup are exactly the same"
            )
        shown.text, shown.markup, shown.edits = given["text"], given.get("reply_markup"), shown.edits + 1
        return self._message(shown)

    async def editMessageReplyMarkup(self, given: dict[str, Any]) -> Any:
        shown = self.messages.get((int(given["chat_id"]), int(given["message_id"])))
        if shown is None:
            return _wrong("message to edit not found")
        if shown.markup == given.get("reply_markup"):
            return _wrong(
                "message is not modified: specified new message content and reply markup are exactly the same"
            )
        shown.markup = given.get("reply_markup")
        return self._message(shown)

    async def answerCallbackQuery(self, given: dict[str, Any]) -> Any:
        self.answers.append(given)
        return True

    def _put(self, given: dict[str, Any], text: str) -> Shown:
        self.newest += 1
        silent = str(given.get("disable_notification")).lower() == "true"
        shown = Shown(int(given["chat_id"]), self.newest, text, given.get("reply_markup"), silent)
        self.messages[shown.chat, shown.number] = shown
        return shown

    def _message(self, shown: Shown) -> dict[str, Any]:
        chat = {"id": shown.chat, "type": "private", "first_name": "X"}
        plain = unescape(re.sub(r"<[^>]+>", "", shown.text))
        told = {"message_id": shown.number, "date": 1_700_000_000, "chat": chat, "from": ME, "text": plain}
        return told | ({"reply_markup": shown.markup} if shown.markup else {})


async def until(holds: Callable[[], bool], patience: float = 15.0, why: Callable[[], object] = lambda: "") -> None:
    """Wait until it is so."""
    end = monotonic() + patience
    while not holds():
        assert monotonic() < end, why()
        await asyncio.sleep(0.02)


class Cut(Response):
    """The line is cut instead of an answer."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})
        scope["extensions"]["markoff.cut"]()


def _wrong(description: str) -> Response:
    told = {"ok": False, "error_code": 400, "description": f"Bad Request: {description}"}
    return JSONResponse(told, 400)


def _read(value: Any) -> Any:
    if isinstance(value, str) and value[:1] in "{[":
        return json.loads(value)
    return value
