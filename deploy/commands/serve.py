"""`markoff serve` and `markoff agent`: one part alone, for machines where something else looks after it."""

from __future__ import annotations

import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from deploy import console, external
from deploy.config.checked import check
from deploy.folder import DataFolder
from deploy.listening import address, listen
from deploy.options import Data, DatabaseUrl, Workers
from deploy.playground_part import folder_of
from deploy.signals import Stopped, stoppable
from deploy.told import settled, told
from deploy.trouble import Trouble

Host = Annotated[str | None, typer.Option("--host", help="Address to listen on; 127.0.0.1 unless told.")]
Port = Annotated[
    int | None,
    typer.Option(
        "--port", min=0, max=65535, help="Port to listen on, 0: any free one; unless told 8000, the agent's 8001."
    ),
]
LOCAL = "127.0.0.1"


def register(app: typer.Typer) -> None:
    app.command("serve")(serve)
    app.command("agent")(agent)


def serve(
    data: Data = None,
    url: DatabaseUrl = None,
    host: Host = None,
    port: Port = None,
    workers: Workers = None,
) -> None:
    """Serve the api alone, against a database elsewhere (--url, or DATABASE_URL).

    Tokens are signed with MARKOFF_JWT_KEY, or with the key of the data folder given by --data.
    """
    check()
    url = url or external.from_settings()
    if not url:
        raise Trouble("serve.no_url")
    if not told("MARKOFF_JWT_KEY", place="api.jwt_key"):
        if data is None:
            raise Trouble("serve.no_key")
        folder = DataFolder(data)
        folder.open()
        os.environ["MARKOFF_JWT_KEY"] = folder.secrets().jwt_key
    if data is not None and (page := folder_of(data)):
        os.environ["MARKOFF_PLAYGROUND_FOLDER"] = str(page)
    external.check(external.direct() or url)
    os.environ["DATABASE_URL"] = url
    host = host or told("MARKOFF_HOST", place="api.host") or LOCAL
    port = settled(port, "MARKOFF_PORT", "api.port", 8000)
    if (workers := settled(workers, "MARKOFF_WORKERS", "house.workers", 1)) == 1:
        _run("api.app:create", host, port)
    else:
        _run_several("api.app:create", host, port, workers)


def agent(host: Host = None, port: Port = None) -> None:
    """Serve the agent alone: MARKOFF_API_URL, MARKOFF_AGENT_KEY and MARKOFF_MEMORY_URL say whom it asks and where it
    remembers."""
    check()
    for name in ("MARKOFF_API_URL", "MARKOFF_AGENT_KEY", "MARKOFF_MEMORY_URL"):
        if not told(name, place=f"agent.{name.removeprefix('MARKOFF_').lower()}"):
            raise Trouble("serve.no_setting", name=name)
    host = host or told("MARKOFF_AGENT_HOST", place="agent.host") or LOCAL
    _run("agent.server:create", host, settled(port, "MARKOFF_AGENT_PORT", "agent.port", 8001))


def _run(factory: str, host: str, port: int) -> None:
    from deploy.serving import serve as serve_forever

    with listen(host, port, "--port", later=True) as listening:
        console.report("serve.at", {"address": address(listening)})
        serve_forever(factory, listening, sole=True)


def _run_several(factory: str, host: str, port: int, workers: int) -> None:
    """Processes on one socket; one that dies is started again, and SIGHUP starts all anew, one after the other."""
    from deploy.local import names
    from deploy.rolling import asked_to_roll, roll, stop
    from deploy.supervisor import OUR_SETTINGS, Server, Supervisor, wait_ready

    supervisor = Supervisor(console.report)
    counting = TemporaryDirectory(prefix="markoff-counting-")
    with (
        counting as folder,
        listen(host, port, "--port") as listening,
        asked_to_roll() as wish,
        stoppable(wish.stops),
    ):
        servers = [Server(name, factory, listening, "/ready", None, Path(folder)) for name in names(workers)]
        try:
            for server in servers:
                supervisor.add(server.name, server)
                server.start()
                server.settle({name: os.environ[name] for name in OUR_SETTINGS if name in os.environ})
            wait_ready(servers)
            console.report("serve.at", {"address": address(listening)})
            while True:
                time.sleep(0.25)
                supervisor.look()
                if wish.taken():
                    roll(servers, supervisor, console.report)
        except Stopped as stopped:
            stop(supervisor, listening, gently=stopped.gently)
        finally:
            supervisor.stop()
