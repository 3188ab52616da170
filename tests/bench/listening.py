"""Many subscribers of one operation, in a process of their own, so that they cost the one that measures nothing.

    python -m tests.bench.listening ws://host:port/graphql SUBSCRIBERS TOKEN...

Says `ready` when all follow; at the end of its input it writes the arrivals: for each raise the value that the sensor had,
and when it came (`time.monotonic`, which all processes of a machine share).
"""

from __future__ import annotations

import asyncio
import sys

import orjson
import websockets

FOLLOW = (
    "subscription { alarmChanged { cursor kind alarm { id title state sensor room floor value unit occurrences } } }"
)


async def follow(url: str, token: str, arrivals: list[tuple[float, float]], ready: asyncio.Semaphore) -> None:
    clock = asyncio.get_running_loop().time
    async with websockets.connect(
        url, subprotocols=[websockets.Subprotocol("graphql-transport-ws")], compression=None, max_queue=None
    ) as line:
        await line.send(
            orjson.dumps({"type": "connection_init", "payload": {"authorization": f"Bearer {token}"}}).decode()
        )
        await line.recv()
        await line.send(orjson.dumps({"type": "subscribe", "id": "1", "payload": {"query": FOLLOW}}).decode())
        await line.send('{"type":"ping"}')
        ready.release()
        async for text in line:
            came = clock()
            message = orjson.loads(text)
            if message["type"] == "next":
                change = message["payload"]["data"]["alarmChanged"]
                if change["kind"] == "RAISED":
                    arrivals.append((change["alarm"]["value"], came))
            elif message["type"] == "ping":
                await line.send('{"type":"pong"}')


async def main(url: str, subscribers: int, tokens: list[str]) -> None:
    arrivals: list[tuple[float, float]] = []
    ready = asyncio.Semaphore(0)
    async with asyncio.TaskGroup() as group:
        tasks = [
            group.create_task(follow(url, tokens[number % len(tokens)], arrivals, ready))
            for number in range(subscribers)
        ]
        for _ in tasks:
            await ready.acquire()
        print("ready", flush=True)
        await asyncio.to_thread(sys.stdin.read)
        for task in tasks:
            task.cancel()
    sys.stdout.buffer.write(orjson.dumps(arrivals))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3:]))
