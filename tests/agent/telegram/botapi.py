"""A stand-in for Telegram's Bot API: real HTTP for the real client, people in chats, and the moods of a bad day.

    api = BotApi()                       # serve api.app()
    api.says(5, "/now")                  # somebody writes; so do speaks, taps, sends, edits, blocks
    await api.sees(5, lambda shown: len(shown) == 1)
    api.moods["sendMessage"] = [Mood(429, retry_after=1), Mood(502), Mood(cut="after")]

Updates wait for `getUpdates`, or are posted to the webhook that the bot has set.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from html import unescape
from time import monotonic
from typing import Any

import httpx
from starlette.applications import Starlette
from starlette.datastructures import UploadFile
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

TOKEN = "7000:AAbbccddeeffgghhiijjkkllmmnnooppqqr"
ME = {"id": 7000, "is_bot": True, "first_name": "Markoff", "username": "markoff_test_bot"}
TEXT, CAPTION, DATA = 4096, 1024, 64
TAG = re.compile(r"</?(b|i|u|s|code|pre|a|tg-spoiler|blockquote)(?: [^>]*)?>")


@dataclass
class Mood:
    """How the next request of a method is answered: by an error, late, or by a line cut before or after it is done."""

    status: int = 0
    retry_after: int | None = None
    cut: str = ""
    description: str = ""
    delay: float = 0.0


@dataclass
class Shown:
    """A message as the person in the chat has it."""

    chat: int
    number: int
    text: str
    markup: Any
    method: str = "sendMessage"
    given: dict[str, Any] = field(default_factory=dict)
    file: bytes = b""
    file_name: str = ""
    edits: int = 0

    @property
    def plain(self) -> str:
        """The words without marks."""
        return unescape(TAG.sub("", self.text)) if self.given.get("parse_mode") == "HTML" else self.text

    def labels(self) -> list[str]:
        """What the buttons say."""
        return [one["text"] for row in (self.markup or {}).get("inline_keyboard", []) for one in row]

    def buttons(self) -> list[str]:
        """What taps on them send."""
        return [one["callback_data"] for row in (self.markup or {}).get("inline_keyboard", []) for one in row]


@dataclass
class BotApi:
    """Telegram; numbers of messages are common to all chats, as a bot sees them."""

    messages: dict[tuple[int, int], Shown] = field(default_factory=dict)
    calls: list[tuple[float, str, dict[str, Any]]] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    moods: dict[str, list[Mood]] = field(default_factory=dict)
    files: dict[str, bytes] = field(default_factory=dict)
    blocked: set[int] = field(default_factory=set)
    menus: dict[str, list[str]] = field(default_factory=dict)
    webhook: dict[str, Any] | None = None
    updates: list[dict[str, Any]] = field(default_factory=list)
    newest: int = 100
    update: int = 1000
    url: str = ""
    fast: bool = False
    """Whether `calls` are counted only, for benches."""
    _more: asyncio.Event = field(default_factory=asyncio.Event)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def app(self) -> Starlette:
        """What to serve."""
        return Starlette(
            routes=[
                Route("/bot{token}/{method}", self._call, methods=["GET", "POST"]),
                Route("/file/bot{token}/{path:path}", self._download),
            ]
        )

    # -- what people see

    def chat(self, chat: int) -> list[Shown]:
        """What is in a chat from the bot, in order."""
        return [one for (where, _), one in sorted(self.messages.items()) if where == chat]

    async def sees(self, chat: int, holds: Callable[[list[Shown]], bool], patience: float = 60.0) -> list[Shown]:
        """What is in the chat, as soon as it is so."""
        await self.until(lambda: holds(self.chat(chat)), patience, lambda: [one.text for one in self.chat(chat)])
        return self.chat(chat)

    async def told(self, chat: int, count: int = 1, patience: float = 60.0) -> Shown:
        """The last of so many messages in the chat."""
        return (await self.sees(chat, lambda shown: len(shown) >= count, patience))[-1]

    async def answered(self, count: int = 1) -> list[str]:
        """What the taps so far were answered, as soon as there are so many."""
        await self.until(lambda: len(self.answers) >= count)
        return [str(one.get("text", "")) for one in self.answers]

    async def until(
        self, holds: Callable[[], bool], patience: float = 60.0, why: Callable[[], object] = lambda: ""
    ) -> None:
        """Wait until it is so."""
        end = monotonic() + patience
        while not holds():
            assert monotonic() < end, why()
            self._changed.clear()
            try:
                async with asyncio.timeout(0.1):
                    await self._changed.wait()
            except TimeoutError:
                pass

    def called(self, method: str) -> list[dict[str, Any]]:
        """What the bot has asked of a method so far."""
        return [given for _, name, given in self.calls if name == method]

    # -- what people do

    def says(self, chat: int, text: str, **more: Any) -> dict[str, Any]:
        """Somebody writes; in a chat below zero it is a group, `user` says who."""
        return self.sends(chat, text=text, entities=_entities(text), **more)

    def speaks(self, chat: int, sound: bytes, **more: Any) -> dict[str, Any]:
        """Somebody sends a voice note."""
        key = self.keep(sound)
        size = more.pop("size", len(sound))
        voice = {"file_id": key, "file_unique_id": key, "duration": 2, "mime_type": "audio/ogg", "file_size": size}
        return self.sends(chat, voice=voice, **more)

    def sends(self, chat: int, user: int | None = None, language: str = "ru", **parts: Any) -> dict[str, Any]:
        """Somebody sends a message of these parts."""
        return self.give({"message": self.message(chat, user, language, **parts)})

    def edits(self, chat: int, number: int, text: str, **more: Any) -> dict[str, Any]:
        """Somebody writes a message anew."""
        message = self.message(chat, **more) | {"message_id": number, "edit_date": 1_700_000_100, "text": text}
        return self.give({"edited_message": message})

    def taps(self, shown: Shown, data: str, user: int | None = None, language: str = "ru") -> dict[str, Any]:
        """Somebody taps on a button, which may be gone since."""
        query = {"id": str(self.update + 1), "from": _person(user or shown.chat, language), "chat_instance": "1"}
        return self.give({"callback_query": query | {"data": data, "message": self._told(shown)}})

    def presses(self, shown: Shown, label: str, **more: Any) -> dict[str, Any]:
        """Somebody taps on the button with this text."""
        found = [data for text, data in zip(shown.labels(), shown.buttons(), strict=True) if label in text]
        assert found, shown.labels()
        return self.taps(shown, found[0], **more)

    def blocks(self, chat: int) -> dict[str, Any]:
        """Somebody blocks the bot."""
        self.blocked.add(chat)
        old, new = {"user": ME, "status": "member"}, {"user": ME, "status": "kicked", "until_date": 0}
        changed = {"chat": _chat(chat), "from": _person(chat, "ru"), "date": 1_700_000_000}
        return self.give({"my_chat_member": changed | {"old_chat_member": old, "new_chat_member": new}})

    def message(self, chat: int, user: int | None = None, language: str = "ru", **parts: Any) -> dict[str, Any]:
        """A message of somebody's."""
        self.newest += 1
        head = {"message_id": self.newest, "date": 1_700_000_000, "chat": _chat(chat)}
        return head | {"from": _person(user or chat, language)} | {k: v for k, v in parts.items() if v is not None}

    def give(self, update: dict[str, Any]) -> dict[str, Any]:
        """Put an update where the bot finds it."""
        self.update += 1
        numbered = {"update_id": self.update, **update}
        self.updates.append(numbered)
        self._more.set()
        return numbered

    def again(self, updates: Iterable[dict[str, Any]]) -> None:
        """Deliver these once more, in this order, whatever their numbers: duplicates, or out of order."""
        self.updates += list(updates)
        self._more.set()

    def take(self) -> list[dict[str, Any]]:
        """Take back what was not fetched yet, to deliver it otherwise."""
        taken, self.updates = self.updates, []
        return taken

    async def post(self, updates: Iterable[dict[str, Any]], secret: str | None = None) -> list[int]:
        """Post updates to the bot's webhook; the statuses."""
        assert self.webhook is not None
        shown = secret if secret is not None else self.webhook["secret_token"]
        headers = {"X-Telegram-Bot-Api-Secret-Token": shown} if shown else {}
        async with httpx.AsyncClient(timeout=60, trust_env=False) as http:
            return [
                (await http.post(self.webhook["url"], json=update, headers=headers)).status_code for update in updates
            ]

    def keep(self, content: bytes) -> str:
        """A file that the bot can fetch; its id."""
        key = f"file{len(self.files) + 1}"
        self.files[key] = content
        return key

    # -- the Bot API

    async def _call(self, request: Request) -> Response:
        method = request.path_params["method"]
        if request.path_params["token"] != TOKEN:
            return _wrong("Unauthorized", 401)
        given = await _given(request)
        self.calls.append((monotonic(), method, {} if self.fast else given))
        mood = self.moods[method].pop(0) if self.moods.get(method) else Mood()
        await asyncio.sleep(mood.delay)
        if mood.cut == "before":
            return Cut()
        if mood.status:
            told = {"ok": False, "error_code": mood.status, "description": mood.description or "refused"}
            extra = {"parameters": {"retry_after": mood.retry_after}} if mood.retry_after is not None else {}
            return JSONResponse(told | extra, mood.status)
        result = await getattr(self, method)(given) if hasattr(self, method) else _wrong("Not Found", 404)
        self._changed.set()
        if mood.cut == "after":
            return Cut()
        return result if isinstance(result, Response) else JSONResponse({"ok": True, "result": result})

    async def _download(self, request: Request) -> Response:
        mood = self.moods["download"].pop(0) if self.moods.get("download") else Mood()
        if mood.status:
            return Response(status_code=mood.status)
        return Response(self.files[request.path_params["path"]])

    async def getMe(self, given: dict[str, Any]) -> Any:
        return ME

    async def setWebhook(self, given: dict[str, Any]) -> Any:
        self.webhook = given
        return True

    async def deleteWebhook(self, given: dict[str, Any]) -> Any:
        self.webhook = None
        return True

    async def getUpdates(self, given: dict[str, Any]) -> Any:
        if self.webhook is not None:
            return _wrong("Conflict: can't use getUpdates method while webhook is active", 409)
        offset = int(given.get("offset") or 0)
        self.updates = [one for one in self.updates if one["update_id"] >= offset]
        if not self.updates:
            self._more.clear()
            try:
                async with asyncio.timeout(min(1.0, float(given.get("timeout") or 0))):
                    await self._more.wait()
            except TimeoutError:
                pass
        return self.updates[:100]

    async def getFile(self, given: dict[str, Any]) -> Any:
        key = given["file_id"]
        if key not in self.files:
            return _wrong("Bad Request: wrong file_id or the file is temporarily unavailable")
        return {"file_id": key, "file_unique_id": key, "file_size": len(self.files[key]), "file_path": key}

    async def sendMessage(self, given: dict[str, Any]) -> Any:
        return self._sent("sendMessage", given, str(given.get("text") or ""), TEXT)

    async def sendPhoto(self, given: dict[str, Any]) -> Any:
        if len(given.get("photo") or b"") > 10_000_000:
            return _wrong("Bad Request: PHOTO_SAVE_FILE_INVALID: too big for a photo")
        return self._sent("sendPhoto", given, str(given.get("caption") or ""), CAPTION, "photo")

    async def sendDocument(self, given: dict[str, Any]) -> Any:
        return self._sent("sendDocument", given, str(given.get("caption") or ""), CAPTION, "document")

    async def sendVoice(self, given: dict[str, Any]) -> Any:
        return self._sent("sendVoice", given, str(given.get("caption") or ""), CAPTION, "voice")

    async def sendChatAction(self, given: dict[str, Any]) -> Any:
        return True

    async def editMessageText(self, given: dict[str, Any]) -> Any:
        return self._edited(given, text=True)

    async def editMessageReplyMarkup(self, given: dict[str, Any]) -> Any:
        return self._edited(given, text=False)

    async def answerCallbackQuery(self, given: dict[str, Any]) -> Any:
        self.answers.append(given)
        return True

    async def setMyCommands(self, given: dict[str, Any]) -> Any:
        scope = given.get("scope") or {}
        where = f"chat {scope['chat_id']}" if scope.get("chat_id") else str(given.get("language_code") or "")
        self.menus[where] = [one["description"] for one in given["commands"]]
        return True

    async def setMyShortDescription(self, given: dict[str, Any]) -> Any:
        return True

    def _sent(self, method: str, given: dict[str, Any], text: str, most: int, file: str = "") -> Any:
        chat = int(given["chat_id"])
        if chat in self.blocked:
            return _wrong("Forbidden: bot was blocked by the user", 403)
        self.newest += 1
        shown = Shown(chat, self.newest, text, given.get("reply_markup"), method, given)
        if wrong := _unfit(shown, most):
            return wrong
        if file:
            shown.file, shown.file_name = given[file], str(given.get(f"{file}_name"))
        self.messages[shown.chat, shown.number] = shown
        return self._told(shown)

    def _edited(self, given: dict[str, Any], *, text: bool) -> Any:
        shown = self.messages.get((int(given["chat_id"]), int(given["message_id"])))
        if shown is None:
            return _wrong("Bad Request: message to edit not found")
        now = (given["text"] if text else shown.text, given.get("reply_markup"))
        if (shown.text, shown.markup) == now:
            return _wrong("Bad Request: message is not modified: content and reply markup are exactly the same")
        shown.text, shown.markup = now
        shown.given |= {"parse_mode": given.get("parse_mode")} if text else {}
        shown.edits += 1
        return self._told(shown)

    def _told(self, shown: Shown) -> dict[str, Any]:
        told = {"message_id": shown.number, "date": 1_700_000_000, "chat": _chat(shown.chat), "from": ME}
        words = {"text": shown.plain} if shown.method == "sendMessage" else {"caption": shown.plain}
        return told | words | ({"reply_markup": shown.markup} if shown.markup else {})


class Cut(Response):
    """The line is cut instead of an answer."""

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"1000")]})
        await send({"type": "http.response.body", "body": b"{", "more_body": True})
        raise ConnectionAbortedError


def _unfit(shown: Shown, most: int) -> Response | None:
    """Why Telegram would not take a message."""
    plain = shown.plain
    if len(plain) + sum(letter > "\uffff" for letter in plain) > most:
        return _wrong("Bad Request: message is too long")
    if shown.method == "sendMessage" and not plain.strip():
        return _wrong("Bad Request: message text is empty")
    left = re.sub(r"&(lt|gt|amp|quot|#\d+);", "", TAG.sub("", shown.text))
    if shown.given.get("parse_mode") == "HTML" and re.search(r"[<>&]", left):
        return _wrong("Bad Request: can't parse entities: unsupported start tag")
    if any(len(data.encode()) > DATA for data in shown.buttons()):
        return _wrong("Bad Request: BUTTON_DATA_INVALID")
    return None


async def _given(request: Request) -> dict[str, Any]:
    """The parameters of a call; an uploaded file stands under the parameter that names it."""
    given: dict[str, Any] = dict(request.query_params)
    if request.headers.get("content-type", "").startswith("application/json"):
        return given | dict(await request.json())
    files = {}
    async with request.form() as form:
        for name, value in form.items():
            if isinstance(value, UploadFile):
                files[name] = (await value.read(), value.filename)
            else:
                given[name] = _read(value)
    for name, value in list(given.items()):
        if isinstance(value, str) and value.startswith("attach://"):
            given[name], given[f"{name}_name"] = files[value.removeprefix("attach://")]
    for name, (content, called) in files.items():
        if name in ("photo", "document", "voice"):
            given[name], given[f"{name}_name"] = content, called
    return given


def _read(value: str) -> Any:
    return json.loads(value) if value[:1] in ("{", "[") and value[-1:] in ("}", "]") else value


def _entities(text: str) -> list[dict[str, Any]]:
    found = [("bot_command", one) for one in re.finditer(r"^/\w+(@\w+)?", text)]
    found += [("mention", one) for one in re.finditer(r"(?<![\w/])@\w+", text)]
    return [{"type": kind, "offset": one.start(), "length": len(one.group())} for kind, one in found]


def _person(user: int, language: str) -> dict[str, Any]:
    return {"id": user, "is_bot": False, "first_name": f"P{user}", "language_code": language}


def _chat(chat: int) -> dict[str, Any]:
    if chat < 0:
        return {"id": chat, "type": "supergroup", "title": "Shift"}
    return {"id": chat, "type": "private", "first_name": f"P{chat}"}


def _wrong(description: str, status: int = 400) -> Response:
    return JSONResponse({"ok": False, "error_code": status, "description": description}, status)
