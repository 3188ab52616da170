"""Listening sockets, opened by us and inherited by the servers: callers wait through a restart of one."""

from __future__ import annotations

import errno
import socket

from deploy.trouble import Trouble


def listen(host: str, port: int, option: str) -> socket.socket:
    """A listening TCP socket; port 0 takes any free one. Raises Trouble, which names `option`."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as refusal:
        raise Trouble("port.bad_host", host=host) from refusal
    server = socket.socket(family, kind, protocol)
    try:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(address)
        server.listen(512)
    except OSError as refusal:
        server.close()
        codes = {errno.EADDRINUSE: "port.taken", errno.EACCES: "port.forbidden", errno.EADDRNOTAVAIL: "port.bad_host"}
        if refusal.errno not in codes:
            raise
        raise Trouble(codes[refusal.errno], host=host, port=port, option=option) from refusal
    return server


def address(server: socket.socket) -> str:
    """`http://host:port`, as a program on this machine reaches it."""
    host, port = server.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
