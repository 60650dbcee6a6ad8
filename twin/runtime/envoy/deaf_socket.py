"""Makes established connections lose what arrives, as over a link that has closed.

A process may attach a packet filter to a socket without any privilege; one that lets nothing pass is a link that loses
everything, and TCP on both sides behaves accordingly. The sockets belong to a process that this one started, from
which the kernel hands out a copy (pidfd_getfd, Linux 5.6). Taken off, retransmissions arrive and all goes on.

Source: Linux man-pages, socket(7) (SO_ATTACH_FILTER), pidfd_getfd(2), ptrace(2) (access mode checking).
"""

import contextlib
import ctypes
import errno
import os
import socket
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass

__all__ = ["Connection", "cut", "established", "make_deaf", "make_hearing"]

_PIDFD_GETFD = 438
_SO_ATTACH_FILTER, _SO_DETACH_FILTER = 26, 27
_RETURN_NOTHING = (0x06, 0, 0, 0)
"""BPF_RET | BPF_K with 0: no byte of the packet passes."""

_REFUSALS = frozenset({errno.EPERM, errno.ENOSYS})
"""Of pidfd_getfd, where it is this machine that refuses and not this socket."""

_ESTABLISHED = 1
"""Source: Linux, include/net/tcp_states.h, TCP_ESTABLISHED; it is the first byte of TCP_INFO, tcp(7)."""

_libc = ctypes.CDLL(None, use_errno=True)


@dataclass(frozen=True)
class Connection:
    """Of a process, from `own` to `peer`, each address and port."""

    pid: int
    descriptor: int
    own: tuple[str, int]
    peer: tuple[str, int]


class _Gone(Exception):
    """There is no such process, or it has closed its socket."""


class _Instruction(ctypes.Structure):
    _fields_ = (
        ("code", ctypes.c_ushort),
        ("jump_true", ctypes.c_ubyte),
        ("jump_false", ctypes.c_ubyte),
        ("k", ctypes.c_uint32),
    )


def established(pid: int, address: str | None = None) -> Iterator[Connection]:
    """The connections of the process, or those that come from the address; none where it has ended.

    Its own sockets are asked. /proc/net/tcp has those of the whole machine, which under load are thousands.

    Raises: PermissionError: this kernel does not lend sockets.
    """
    for descriptor in _sockets(pid):
        found = None
        with contextlib.suppress(_Gone), _copy(pid, descriptor) as copy:
            found = _ends(copy)
        if found and address in (None, found[0][0]):
            yield Connection(pid, descriptor, *found)


def _ends(copy: socket.socket) -> tuple[tuple[str, int], tuple[str, int]] | None:
    """Both ends of an established connection over IPv4; None of anything else."""
    if copy.family != socket.AF_INET or copy.type != socket.SOCK_STREAM:
        return None
    try:
        is_established = copy.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == _ESTABLISHED
        return (copy.getsockname(), copy.getpeername()) if is_established else None
    except OSError:
        return None


def _sockets(pid: int) -> Iterator[int]:
    """The descriptor of each."""
    with contextlib.suppress(OSError):
        for name in os.listdir(f"/proc/{pid}/fd"):  # noqa: PTH208 - a hundred paths would be made for nothing
            with contextlib.suppress(OSError):
                if os.readlink(f"/proc/{pid}/fd/{name}").startswith("socket:"):  # noqa: PTH115
                    yield int(name)


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
        with _copy(connection.pid, connection.descriptor) as copy:
            # The number may have been given to another connection meanwhile.
            if _ends(copy) != (connection.own, connection.peer):
                return False
            act(copy)
            return True
    except (OSError, _Gone):
        return False


@contextlib.contextmanager
def _copy(pid: int, descriptor: int) -> Iterator[socket.socket]:
    """Of the process's socket. Raises: _Gone; PermissionError: this kernel lends none."""
    try:
        holder = os.pidfd_open(pid)
    except OSError as error:
        raise _Gone from error
    try:
        lent = _libc.syscall(_PIDFD_GETFD, holder, descriptor, 0)
    finally:
        os.close(holder)
    if lent < 0 and ctypes.get_errno() in _REFUSALS:
        raise PermissionError(ctypes.get_errno(), "this kernel does not lend sockets")
    if lent < 0:
        raise _Gone
    with socket.socket(fileno=lent) as copy:
        yield copy
