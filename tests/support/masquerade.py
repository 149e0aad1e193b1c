"""Network address translation for the tests' routers: the kernel is told over netlink, since `nft` may not be there.

Of nftables' protocol this has what one rule needs: a table, a chain after routing, and in it `masquerade`. The numbers
are those of linux/netfilter/nfnetlink.h and nf_tables.h.
"""

from __future__ import annotations

import os
import socket
import struct

_NETFILTER = 12
_NFTABLES = 10
_BATCH_BEGIN, _BATCH_END = 16, 17
_NEW_TABLE, _NEW_CHAIN, _NEW_RULE = 0, 3, 6
_REQUEST, _ACK, _CREATE, _APPEND = 0x1, 0x4, 0x400, 0x800
_ERROR = 2
_NESTED = 0x8000
_POSTROUTING, _SOURCE_NAT = 4, 100
_TABLE, _CHAIN = b"casa\0", b"uscita\0"


def masquerade() -> None:
    """Hide whatever the router of this thread's namespace forwards behind its own address; raises `OSError`."""
    hook = _attribute(1, struct.pack(">I", _POSTROUTING)) + _attribute(2, struct.pack(">i", _SOURCE_NAT))
    expression = _attribute(1, b"masq\0") + _attribute(2 | _NESTED, b"")
    chain = _attribute(1, _TABLE) + _attribute(3, _CHAIN) + _attribute(4 | _NESTED, hook) + _attribute(7, b"nat\0")
    rules = _attribute(4 | _NESTED, _attribute(1 | _NESTED, expression))
    asked = [
        _message(_NEW_TABLE, _CREATE, _attribute(1, _TABLE)),
        _message(_NEW_CHAIN, _CREATE, chain),
        _message(_NEW_RULE, _CREATE | _APPEND, _attribute(1, _TABLE) + _attribute(2, _CHAIN) + rules),
    ]
    with socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, _NETFILTER) as kernel:
        kernel.settimeout(5)
        kernel.send(b"".join([_batch(_BATCH_BEGIN), *asked, _batch(_BATCH_END)]))
        for _ in asked:
            _check(kernel.recv(4096))


def _attribute(kind: int, value: bytes) -> bytes:
    return struct.pack("=HH", 4 + len(value), kind) + value + bytes(-len(value) % 4)


def _message(kind: int, flags: int, attributes: bytes) -> bytes:
    body = struct.pack(">BBH", socket.AF_INET, 0, 0) + attributes
    return struct.pack("=IHHII", 16 + len(body), _NFTABLES << 8 | kind, _REQUEST | _ACK | flags, 1, 0) + body


def _batch(kind: int) -> bytes:
    return struct.pack("=IHHII", 20, kind, _REQUEST, 1, 0) + struct.pack(">BBH", socket.AF_UNSPEC, 0, _NFTABLES)


def _check(answers: bytes) -> None:
    while answers:
        length, kind = struct.unpack_from("=IH", answers)
        if kind == _ERROR and (number := struct.unpack_from("=i", answers, 16)[0]):
            raise OSError(-number, os.strerror(-number))
        answers = answers[(length + 3) & ~3 :]
