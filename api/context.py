"""What a resolver is given: the parts of the running process, and who asks, in which language."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, TypeAlias

from sqlalchemy.ext.asyncio import AsyncEngine
from strawberry.types import Info as StrawberryInfo

from api.settings import ApiSettings
from api.viewer import ANONYMOUS, Viewer
from db.clock import Clock
from db.engine import Pool
from db.models import Language

if TYPE_CHECKING:
    from api.ingest.doors import Doors
    from api.limits import Attempts, Rates
    from api.live import Live
    from api.plans.pictures import Pictures
    from api.viewers import Viewers


@dataclass(slots=True)
class Parts:
    """What one api process holds for as long as it runs."""

    settings: ApiSettings
    pool: Pool
    """For ingest, the stream, and small things."""
    reads: Pool
    """For planned reads."""
    engine: AsyncEngine
    """For changes by people."""
    clock: Clock
    viewers: Viewers
    attempts: Attempts
    rates: Rates
    doors: Doors | None = None
    """Where readings go in, while the process runs."""
    live: Live | None = None
    """The hub and the duties, while the process runs."""
    pictures: Pictures | None = None
    """Plans of floors, while the process runs."""
    checks: list[Callable[[], str | None]] = field(default_factory=list)
    """What else has to be there to be ready: each says what is missing, or None."""


@dataclass(slots=True)
class Context:
    """One request."""

    parts: Parts
    viewer: Viewer = ANONYMOUS
    language: Language = Language.EN
    address: str = ""
    """The caller's network address, for limits."""
    scratch: dict[str, Any] = field(default_factory=dict)
    """What one part of a request leaves for a later one; each part uses keys of its own name."""

    @property
    def pool(self) -> Pool:
        return self.parts.pool

    @property
    def clock(self) -> Clock:
        return self.parts.clock


Info: TypeAlias = StrawberryInfo[Context, None]
