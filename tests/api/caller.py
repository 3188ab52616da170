"""A client of the graph for tests: asks over HTTP, as somebody, in a language."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import httpx

from api.auth import mint

KEY = "a key for tests, thirty-two characters or more"

CHANGES = "changes { id noun label fields { name before after } }"
DRY_RUN = f"... on DryRun {{ confirmation expiresAt {CHANGES} }}"
REFUSAL = "... on Refusal { code message }"
ALARM = (
    "id state active acknowledged annunciated note occurrences acknowledgedAt resetAt resetBy { name } closedAt"
    " shelvedUntil shelvedReason shelvedBy { name } suppressed outOfService escalatedTo escalatedAt"
)
FIRE_ZONE = (
    "... on FireZone { id code name standing rooms { number }"
    " conditions { kind standing note since reportedBy { login } clearedBy { login } } }"
)
SENSOR = "id code outOfService outOfServiceUntil outOfServiceReason outOfServiceBy { name }"
CHANGED_SINCE = f"... on ChangedSince {{ now {{ confirmation {CHANGES} }} }}"


@dataclass(frozen=True)
class Caller:
    """One caller; `token` is anything that goes behind `Bearer`."""

    http: httpx.AsyncClient
    token: str | None = None
    language: str | None = None

    def as_user(self, user_id: int, acting: str | None = None, lifetime: timedelta = timedelta(hours=1)) -> Caller:
        return replace(self, token=mint(KEY, user_id, lifetime, acting).token)

    def with_token(self, token: str | None) -> Caller:
        return replace(self, token=token)

    def speaking(self, language: str | None) -> Caller:
        return replace(self, language=language)

    @property
    def headers(self) -> dict[str, str]:
        headers = {}
        if self.token is not None:
            headers["Authorization"] = f"Bearer {self.token}"
        if self.language is not None:
            headers["Accept-Language"] = self.language
        return headers

    async def post(self, query: str, **variables: Any) -> httpx.Response:
        return await self.http.post("/graphql", json={"query": query, "variables": variables}, headers=self.headers)

    async def ask(self, query: str, **variables: Any) -> dict[str, Any]:
        """The data; there must be no errors."""
        response = await self.post(query, **variables)
        answer = response.json()
        assert response.status_code == 200, response.text
        assert "errors" not in answer, answer["errors"]
        data: dict[str, Any] = answer["data"]
        return data

    async def faults(self, query: str, **variables: Any) -> list[dict[str, Any]]:
        """The errors; there must be some, and no 5xx."""
        response = await self.post(query, **variables)
        assert response.status_code < 500, response.text
        errors: list[dict[str, Any]] = response.json()["errors"]
        assert errors
        return errors

    async def change(
        self,
        name: str,
        types: dict[str, str],
        selection: str,
        *,
        dry_run: bool = False,
        confirmation: str | None = None,
        **arguments: Any,
    ) -> dict[str, Any]:
        """Call a mutation that takes `dryRun` and `confirmation`: `types` are its arguments' types."""
        declared = "".join(f", ${argument}: {type_}" for argument, type_ in types.items())
        passed = "".join(f", {argument}: ${argument}" for argument in types)
        query = (
            f"mutation($dryRun: Boolean!, $confirmation: String{declared})"
            f" {{ result: {name}(dryRun: $dryRun, confirmation: $confirmation{passed})"
            f" {{ __typename {selection} {DRY_RUN} {REFUSAL} {CHANGED_SINCE} }} }}"
        )
        data = await self.ask(query, dryRun=dry_run, confirmation=confirmation, **arguments)
        result: dict[str, Any] = data["result"]
        return result

    async def create_lease(self, **given: Any) -> dict[str, Any]:
        return await self._input(
            "createLease", "CreateLeaseInput!", "... on Lease { id number start end rent currency }", given
        )

    async def place_tenant(self, **given: Any) -> dict[str, Any]:
        return await self._input("placeTenant", "PlaceTenantInput!", "... on Placement { id start end }", given)

    async def update_room(self, **given: Any) -> dict[str, Any]:
        return await self._input(
            "updateRoom", "UpdateRoomInput!", "... on Room { id number name kind capacity aliases }", given
        )

    async def create_sensor(self, **given: Any) -> dict[str, Any]:
        return await self._input("createSensor", "CreateSensorInput!", "... on Sensor { id code kind unit }", given)

    async def create_alarm_rule(self, **given: Any) -> dict[str, Any]:
        return await self._input("createAlarmRule", "CreateAlarmRuleInput!", "... on AlarmRule { id name }", given)

    async def update_alarm_rule(self, **given: Any) -> dict[str, Any]:
        selection = "... on AlarmRule { id name threshold thresholdHigh window onDelay enabled priority }"
        return await self._input("updateAlarmRule", "UpdateAlarmRuleInput!", selection, given)

    async def create_fire_zone(self, **given: Any) -> dict[str, Any]:
        return await self._input("createFireZone", "CreateFireZoneInput!", FIRE_ZONE, given)

    async def update_fire_zone(self, **given: Any) -> dict[str, Any]:
        return await self._input("updateFireZone", "UpdateFireZoneInput!", FIRE_ZONE, given)

    async def delete_fire_zone(self, **given: Any) -> dict[str, Any]:
        return await self.change("deleteFireZone", {"zone": "ID!"}, "... on Building { id code }", **given)

    async def report_panel_condition(self, **given: Any) -> dict[str, Any]:
        return await self._input("reportPanelCondition", "ReportPanelConditionInput!", FIRE_ZONE, given)

    async def clear_panel_condition(self, **given: Any) -> dict[str, Any]:
        types = {"zone": "ID!", "kind": "PanelState", "note": "String"}
        return await self.change("clearPanelCondition", types, FIRE_ZONE, **{"kind": None, "note": None} | given)

    async def end_lease(self, **given: Any) -> dict[str, Any]:
        return await self.change(
            "endLease", {"lease": "ID!", "end": "Date!"}, "... on Lease { id number start end }", **given
        )

    async def report_event(self, **given: Any) -> dict[str, Any]:
        selection = (
            "... on Event { id at kind text building { code } room { number } sensor { code } reportedBy { name } }"
        )
        return await self._input("reportEvent", "ReportEventInput!", selection, given)

    async def set_sensor_status(self, **given: Any) -> dict[str, Any]:
        selection = "... on Sensor { id code status statusChanges(first: 1) { at status reason changedBy { name } } }"
        types = {"sensor": "ID!", "status": "SaidStatus!", "reason": "String!"}
        return await self.change("setSensorStatus", types, selection, **given)

    async def acknowledge_alarm(self, **given: Any) -> dict[str, Any]:
        selection = "... on Alarm { id state note acknowledgedBy { name } }"
        return await self.change(
            "acknowledgeAlarm", {"alarm": "ID!", "note": "String"}, selection, **{"note": None} | given
        )

    async def reset_alarm(self, **given: Any) -> dict[str, Any]:
        selection = f"... on Alarm {{ {ALARM} }}"
        return await self.change("resetAlarm", {"alarm": "ID!", "note": "String"}, selection, **{"note": None} | given)

    async def note_alarm(self, **given: Any) -> dict[str, Any]:
        return await self.change(
            "noteAlarm", {"alarm": "ID!", "note": "String!"}, f"... on Alarm {{ {ALARM} }}", **given
        )

    async def shelve_alarm(self, **given: Any) -> dict[str, Any]:
        types = {"alarm": "ID!", "reason": "String!", "minutes": "Int", "until": "DateTime"}
        given = {"minutes": None, "until": None} | given
        return await self.change("shelveAlarm", types, f"... on Alarm {{ {ALARM} }}", **given)

    async def unshelve_alarm(self, **given: Any) -> dict[str, Any]:
        return await self.change("unshelveAlarm", {"alarm": "ID!"}, f"... on Alarm {{ {ALARM} }}", **given)

    async def take_out_of_service(self, **given: Any) -> dict[str, Any]:
        types = {"sensor": "ID!", "reason": "String!", "until": "DateTime"}
        given = {"until": None} | given
        return await self.change("takeOutOfService", types, f"... on Sensor {{ {SENSOR} }}", **given)

    async def return_to_service(self, **given: Any) -> dict[str, Any]:
        return await self.change("returnToService", {"sensor": "ID!"}, f"... on Sensor {{ {SENSOR} }}", **given)

    async def _input(self, name: str, type_: str, selection: str, given: dict[str, Any]) -> dict[str, Any]:
        control = {key: given.pop(key) for key in ("dry_run", "confirmation") if key in given}
        return await self.change(name, {"input": type_}, selection, **control, input=given)
