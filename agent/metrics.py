"""What the agent process did for people, for Prometheus: `GET /metrics`. No label holds what anybody says or is."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from prometheus_client import Counter, Gauge, Histogram, disable_created_metrics, generate_latest

disable_created_metrics()  # type: ignore[no-untyped-call]

TEXT = "text/plain; version=0.0.4; charset=utf-8"
CHANNEL = "X-Markoff-Channel"
"""The header in which a client says by which channel a person speaks."""
CHANNELS = frozenset({"terminal", "voice", "telegram", "web", "mcp", "satellite"})
LONG = (0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 30.0, 60.0, 120.0)
"""Upper bounds of durations, in seconds."""
SHORT = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 15.0)
STEPS = (2, 4, 6, 8, 10, 15, 20, 25)

TURNS = Counter(
    "markoff_agent_turns",
    "Turns, by channel and outcome: answered, asked (a yes or a choice), timeout, steps, broken, nothing.",
    ["channel", "outcome"],
)
TURN_SECONDS = Histogram("markoff_agent_turn_seconds", "Time of a turn.", ["channel"], buckets=LONG)
TURN_STEPS = Histogram("markoff_agent_turn_steps", "Steps of the state machine in a turn.", buckets=STEPS)
UNDER_WAY = Gauge("markoff_agent_turns_under_way", "Turns that are being worked on.")
REJECTED = Counter("markoff_agent_rejected_replies", "Replies of a model that said more than the results did.")
CONFIRMATIONS = Counter(
    "markoff_agent_confirmations", "Questions before a change or among names, and what people said.", ["outcome"]
)
TOOLS = Counter("markoff_agent_tool_calls", "Tools that were called, by outcome.", ["tool", "outcome"])
TOOL_SECONDS = Histogram("markoff_agent_tool_seconds", "Time of one, the graph's included.", ["tool"], buckets=SHORT)
TOOL_FAILURES = Counter("markoff_agent_tool_failures", "Tool calls without a result, by code.", ["code"])
MODELS = Counter("markoff_agent_model_answers", "Answers of models: configured or offline.", ["engine", "outcome"])
MODEL_SECONDS = Histogram("markoff_agent_model_seconds", "Time of an answer of a model.", ["engine"], buckets=LONG)
FIRST_SECONDS = Histogram(
    "markoff_agent_model_first_token_seconds", "Time to the first piece of a streamed answer.", buckets=LONG
)
TOKENS = Counter("markoff_agent_model_tokens", "Tokens of the configured model, as it tells.", ["kind"])
FALLBACKS = Counter("markoff_agent_fallbacks", "Answers that the offline model gave for the configured one.")
VOICE = Counter("markoff_agent_voice_requests", "Requests to the voice process, by outcome.", ["kind", "outcome"])
VOICE_SECONDS = Histogram("markoff_agent_voice_seconds", "Time of one of them.", ["kind"], buckets=LONG)
REFUSED = Counter("markoff_agent_refused_requests", "Requests that were not served, by code.", ["code"])


def channel(told: str) -> str:
    """How a channel is counted."""
    return told if told in CHANNELS else "other"


@dataclass
class Turn:
    """One turn under way; `with` measures it."""

    channel: str
    outcome: str = "nothing"
    steps: int = 0
    begun: float = field(default_factory=time.perf_counter)

    def __enter__(self) -> Turn:
        UNDER_WAY.inc()
        return self

    def saw(self, kind: str, data: Mapping[str, Any]) -> None:
        """Something happened in it."""
        match kind:
            case "state":
                self.steps += "rejected" not in data and "failed" not in data
                REJECTED.inc("rejected" in data)
            case "reply":
                self.outcome = "answered"
            case "confirm" | "choice":
                self.outcome = "asked"
                CONFIRMATIONS.labels(f"{kind}_asked").inc()
            case "error":
                self.outcome = str(data["code"]).lower()

    def __exit__(self, *_: object) -> None:
        UNDER_WAY.dec()
        TURNS.labels(self.channel, self.outcome).inc()
        TURN_SECONDS.labels(self.channel).observe(time.perf_counter() - self.begun)
        TURN_STEPS.observe(self.steps)


def decided(decision: Mapping[str, Any]) -> None:
    """A person has said yes or no, or has chosen."""
    chosen = "chosen" if "choice" in decision else "approved" if decision.get("approve") is True else "declined"
    CONFIRMATIONS.labels(chosen).inc()


def called(tool: str, known: bool, outcome: str, code: str | None, seconds: float) -> None:
    """A tool was called; `known` says whether there is such a one, for names that a model makes up are no label."""
    name = tool if known else "unknown"
    TOOLS.labels(name, outcome).inc()
    TOOL_SECONDS.labels(name).observe(seconds)
    if code is not None:
        TOOL_FAILURES.labels(code).inc()


def answered(engine: str, outcome: str, seconds: float, usage: Mapping[str, Any] | None = None) -> None:
    """A model has answered, or failed to."""
    MODELS.labels(engine, outcome).inc()
    MODEL_SECONDS.labels(engine).observe(seconds)
    for kind in ("input", "output"):
        TOKENS.labels(kind).inc(usage[f"{kind}_tokens"] if usage else 0)


def page() -> bytes:
    """Everything, as Prometheus reads it."""
    return generate_latest()
