"""The page of all metrics, made from the code: `python -m deploy.exposed > docs/metrics.md`."""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module

from prometheus_client import CollectorRegistry
from prometheus_client.metrics import MetricWrapperBase

HEAD = """\
# Metrics

Made from the code by `python -m deploy.exposed`; do not edit.

Every process tells at `/metrics` what it does, in Prometheus's text format: the api on its port (8000), the agent on
its own (8001), the bot at `[telegram] health` (127.0.0.1:8002), the voice process at `[voice] health`
(127.0.0.1:10301), `markoff backup --every` where `[backup] metrics` says. nginx does not let it out. No label holds
what anybody wrote, said or is called. `[metrics] enabled = false` leaves it out; the last serves only when told to.

`deploy/prometheus/prometheus.yml` asks them all: in compose by their names, every replica by itself; elsewhere write
a file for each part into `deploy/prometheus/targets/`, for instance `api.yml` with `- targets: ["127.0.0.1:8000"]`.
Rules that wake somebody are in `deploy/prometheus/rules/`, what they mean in [alerts.md](alerts.md).
`deploy/grafana/` holds the dashboards *API*, *Alarms*, *Agent and voice* and *GPU*, which Grafana loads by itself.

Counters end in `_total` and begin anew with their process: ask for `rate` or `increase`. Histograms have `_bucket`,
`_sum` and `_count`. Where several processes serve on one address (`--workers`), whichever is asked tells the sums of
all, also of those that have died since. What concerns the whole house is told by the leader only, and is not-a-number
elsewhere: take the `max` over all instances. Why so: [decision 22](decisions/0022-figures-of-many-processes.md).
"""

PARTS = {
    "The api process": ("api.metrics", "api.standing"),
    "The house, by the leader": ("api.figures",),
    "The agent process": ("agent.metrics",),
    "The Telegram bot": ("agent.channels.telegram.metrics",),
    "The voice process": ("voice.metrics",),
    "The copies": ("deploy.keeping.metrics",),
}


def page() -> str:
    """The page."""
    lines = [HEAD]
    for title, modules in PARTS.items():
        lines += [f"## {title}", "", "| metric | type | |", "|---|---|---|"]
        lines += [_row(metric) for module in modules for metric in of(module)]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def of(module: str) -> Iterable[MetricWrapperBase]:
    """The metrics of a module, in the order in which they stand there."""
    loaded = import_module(module)
    held = [one for one in vars(loaded).values() if isinstance(one, MetricWrapperBase)]
    if held or not hasattr(loaded, "Metrics"):
        return held
    registry: CollectorRegistry = loaded.Metrics().registry
    return [one for one in registry._collector_to_names if isinstance(one, MetricWrapperBase)]


def _row(metric: MetricWrapperBase) -> str:
    name = f"{metric._name}_total" if metric._type == "counter" else metric._name
    labels = f"{{{', '.join(metric._labelnames)}}}" if metric._labelnames else ""
    return f"| `{name}{labels}` | {metric._type} | {metric._documentation} |"


if __name__ == "__main__":
    print(page(), end="")
