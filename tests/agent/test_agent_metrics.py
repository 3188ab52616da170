"""What `/metrics` of the agent tells: turns by channel, tools, models, what people confirmed."""

from __future__ import annotations

import httpx
from prometheus_client.parser import text_string_to_metric_families

from agent.server import create


async def scraped(http: httpx.AsyncClient, url: str) -> dict[tuple[str, str], float]:
    """The figures of one moment, by name and labels."""
    told = (await http.get(f"{url}/metrics")).text
    samples = [sample for family in text_string_to_metric_families(told) for sample in family.samples]
    return {(one.name, ",".join(f"{k}={v}" for k, v in sorted(one.labels.items()))): one.value for one in samples}


async def test_turns_are_counted_by_channel_with_their_tools_and_yeses(http, serve, house_with, script, call):
    done, no = "{if r1 done}Готово: {r1.title}{end}", "{if r1 failed}Нет{end}"
    house = house_with(
        script(steps=[call(("acknowledgeAlarm", {"alarm": "alarm_1"})), done, call(("nonsense", {})), no])
    )
    headers = {"Authorization": "Bearer anna", "Accept-Language": "ru", "X-Markoff-Channel": "telegram"}
    with serve(create(made=house), lifespan="on") as server:
        before = await scraped(http, server.url)
        await http.post(f"{server.url}/turns", json={"text": "Подтверди тревогу", "thread": "one"}, headers=headers)
        await http.post(f"{server.url}/threads/one/resume", json={"approve": True}, headers=headers)
        odd = headers | {"X-Markoff-Channel": "Anna's own secret channel"}
        await http.post(f"{server.url}/turns", json={"text": "Чепуха", "thread": "two"}, headers=odd)
        await http.post(f"{server.url}/turns", json={"text": "кто здесь?"})
        after = await scraped(http, server.url)

    def more(name: str, labels: str = "") -> float:
        return after.get((name, labels), 0) - before.get((name, labels), 0)

    assert more("markoff_agent_turns_total", "channel=telegram,outcome=asked") == 1
    assert more("markoff_agent_turns_total", "channel=telegram,outcome=answered") == 1
    assert more("markoff_agent_turn_seconds_count", "channel=other") == 1, "what is no channel is another"
    assert more("markoff_agent_confirmations_total", "outcome=confirm_asked") == 1
    assert more("markoff_agent_confirmations_total", "outcome=approved") == 1
    assert more("markoff_agent_tool_calls_total", "outcome=done,tool=acknowledgeAlarm") == 1
    assert more("markoff_agent_tool_calls_total", "outcome=failed,tool=unknown") == 1, "no name of a model is a label"
    assert more("markoff_agent_tool_failures_total", "code=BAD_ARGUMENTS") == 1
    assert more("markoff_agent_refused_requests_total", "code=UNAUTHORISED") == 1
    assert after["markoff_agent_turns_under_way", ""] == 0
    assert not any("anna" in labels.lower() for _, labels in after), "nobody's name is a label"
