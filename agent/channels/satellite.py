"""Which satellites there are: where each is listened to, who may call there, and who it stands for."""

from __future__ import annotations

import ipaddress
from typing import Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, IPvAnyNetwork, model_validator

from agent.words import Language


class Satellite(BaseModel):
    """One satellite, or one Home Assistant: Wyoming has no login, so each has a listener and an account of its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(pattern=r"^[\w-]{1,40}$", description="What it is called, such as `lobby`.")
    listen: str = Field(description="Where it calls: tcp://127.0.0.1:10700 or unix:///path.")
    allow: list[IPvAnyNetwork] = Field([], description="Addresses that may call; this machine alone unless told.")
    identity: str = Field("", max_length=100, description="The linked identity it stands for; its name unless told.")
    language: Language | None = Field(None, description="Of its replies, where it does not tell.")
    announce: bool = Field(False, description="Tell the network of it by zeroconf; takes `markoff[satellites]`.")

    @model_validator(mode="after")
    def _closed(self) -> Self:
        """Nothing listens to a network unless somebody said to whom."""
        parts = urlsplit(self.listen)
        if parts.scheme == "unix" and parts.path:
            return self
        try:
            known = parts.scheme == "tcp" and parts.hostname is not None and parts.port is not None
        except ValueError:
            known = False
        if not known:
            raise ValueError("listen is tcp://address:port or unix:///path")
        if not self.allow and not _loopback(parts.hostname or ""):
            raise ValueError("listen is not this machine alone, so allow has to name the addresses that may call")
        return self

    @property
    def known_as(self) -> str:
        """The identity under which it is linked."""
        return self.identity or self.name

    def lets_in(self, address: str) -> bool:
        """Whether a caller's address is one of those allowed."""
        try:
            caller = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return False
        mapped = caller.ipv4_mapped if isinstance(caller, ipaddress.IPv6Address) else None
        caller = mapped or caller
        if not self.allow:
            return caller.is_loopback
        return any(caller in network for network in self.allow)


def _loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
