"""Listening sockets, opened by us and inherited by the servers: callers wait through a restart of one."""

from __future__ import annotations

import contextlib
import ctypes
import errno
import socket
import struct
import sys

from deploy.trouble import Trouble

HANDSHAKE = 0.02
"""Seconds for connections whose making has begun when newcomers are turned away."""
SO_ATTACH_FILTER = 26
FLAGS, SYN, SYN_OR_ACK = 13, 0x02, 0x12  # of a TCP header: which byte they are, and two of them
NO_NEWCOMERS = (
    (0x30, 0, 0, FLAGS),  # load the byte of flags
    (0x54, 0, 0, SYN_OR_ACK),
    (0x15, 0, 1, SYN),  # a first packet: SYN without ACK
    (0x06, 0, 0, 0),  # is dropped
    (0x06, 0, 0, 0xFFFFFFFF),  # others pass
)
"""A filter of packets (classic BPF) for a listening socket."""


def listen(host: str, port: int, option: str, *, later: bool = False) -> socket.socket:
    """A listening TCP socket; port 0 takes any free one. Raises Trouble, which names `option`.

    `later`: the port is taken, but callers are refused until somebody listens: they have another process to go to, and
    would wait for this one to load.
    """
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as refusal:
        raise Trouble("port.bad_host", host=host) from refusal
    server = socket.socket(family, kind, protocol)
    try:
        server.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        server.bind(address)
        if not later:
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


def turn_newcomers_away(listening: socket.socket) -> None:
    """Drop the first packets of new connections. Their callers send them again after a second, and are refused then,
    when the socket is closed: that loses nothing. (Closing a socket resets all who wait in its queue.) Only on Linux.
    """
    if sys.platform != "linux":
        return
    program = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in NO_NEWCOMERS))
    with contextlib.suppress(OSError):
        listening.setsockopt(
            socket.SOL_SOCKET, SO_ATTACH_FILTER, struct.pack("HL", len(NO_NEWCOMERS), ctypes.addressof(program))
        )
