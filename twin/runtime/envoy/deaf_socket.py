"""Makes established connections lose what arrives, as over a link that has closed.

A process may attach a packet filter to a socket without any privilege; one that lets nothing pass is a link that loses
everything, and TCP on both sides behaves accordingly. The sockets belong to a process that this one started, from
which the kernel hands out a copy (pidfd_getfd, Linux 5.6). Taken off, retransmissions arrive and all goes on.

Source: Linux man-pages, socket(7) (SO_ATTACH_FILTER), pidfd_getfd(2), ptrace(2) (access mode checking).
"""

import contextlib
import ctypes
import os
import re
import socket
import struct
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Connection", "cut", "established", "make_deaf", "make_hearing"]

_PIDFD_GETFD = 438
_SO_ATTACH_FILTER, _SO_DETACH_FILTER = 26, 27
_RETURN_NOTHING = (0x06, 0, 0, 0)
"""BPF_RET | BPF_K with 0: no byte of the packet passes."""

_ROW = (
    rb"^ *\d+: (%b):([0-9A-F]{4}) ([0-9A-F]{8}):([0-9A-F]{4}) 01 "
    rb"\S+ \S+ \S+ +\d+ +\d+ +(\d+) "
)
"""A row of /proc/net/tcp in state 1, by the own address. Source: proc(5)."""

_ANY_ADDRESS = b"[0-9A-F]{8}"

_SOCKET = re.compile(r"socket:\[(\d+)\]")

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Connection:
    """Of a process, from `own` to `peer`, each address and port."""

    pid: int
    descriptor: int
    own: tuple[str, int]
    peer: tuple[str, int]


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_ushort),
        ("jump_true", ctypes.c_ubyte),
        ("jump_false", ctypes.c_ubyte),
        ("k", ctypes.c_uint32),
    )


def established(pid: int, address: str | None = None) -> Iterator[Connection]:
    """The connections of the process, or those that come from the address; none where it has ended."""
    found = {inode: ends for inode, *ends in _all(address)}
    for descriptor, inode in _sockets(pid) if found else ():
        if inode in found:
            own, peer = found[inode]
            yield Connection(pid, descriptor, own, peer)


def _all(address: str | None) -> Iterator[tuple[int, tuple[str, int], tuple[str, int]]]:
    """Inode and both ends of every established connection, or of those from the address."""
    # A machine has thousands of rows, and few are of one Envoy: the others are passed over unread.
    row = re.compile(_ROW % (_ANY_ADDRESS if address is None else _hexadecimal(address)), re.MULTILINE)
    for own, own_port, peer, peer_port, inode in row.findall(Path("/proc/net/tcp").read_bytes()):
        yield int(inode), (_dotted(own), int(own_port, 16)), (_dotted(peer), int(peer_port, 16))


def _hexadecimal(address: str) -> bytes:
    """As the kernel writes it: the number that it is in the machine's own order of bytes."""
    return b"%08X" % int.from_bytes(socket.inet_aton(address), sys.byteorder)


def _dotted(hexadecimal: bytes) -> str:
    """The reverse of `_hexadecimal`."""
    return socket.inet_ntoa(int(hexadecimal, 16).to_bytes(4, sys.byteorder))


def _sockets(pid: int) -> Iterator[tuple[int, int]]:
    """Descriptor and inode of each."""
    with contextlib.suppress(OSError):
        for name in os.listdir(f"/proc/{pid}/fd"):  # noqa: PTH208 - a hundred paths would be made for nothing
            with contextlib.suppress(OSError):
                if found := _SOCKET.fullmatch(os.readlink(f"/proc/{pid}/fd/{name}")):  # noqa: PTH115
                    yield int(name), int(found[1])


def make_deaf(connection: Connection) -> bool:
    """Nothing arrives on it any more. False where the kernel does not allow it, or it is gone."""
    program = (_Instruction * 1)(_Instruction(*_RETURN_NOTHING))
    filter_ = struct.pack("HxxxxxxP", 1, ctypes.addressof(program))
    return _with_copy(connection, lambda it: it.setsockopt(socket.SOL_SOCKET, _SO_ATTACH_FILTER, filter_))


def make_hearing(connection: Connection) -> bool:
    return _with_copy(connection, lambda it: it.setsockopt(socket.SOL_SOCKET, _SO_DETACH_FILTER, 0))


def cut(connection: Connection) -> bool:
    """It is closed in both directions."""
    return _with_copy(connection, lambda it: it.shutdown(socket.SHUT_RDWR))


def _with_copy(connection: Connection, act: Callable[[socket.socket], None]) -> bool:
    try:
        holder = os.pidfd_open(connection.pid)
    except OSError:
        return False
    try:
        descriptor = _libc.syscall(_PIDFD_GETFD, holder, connection.descriptor, 0)
    finally:
        os.close(holder)
    if descriptor < 0:
        return False
    try:
        with socket.socket(fileno=descriptor) as copy:
            # The number may have been given to another connection meanwhile.
            if copy.getpeername() != connection.peer or copy.getsockname() != connection.own:
                return False
            act(copy)
            return True
    except OSError:
        return False
