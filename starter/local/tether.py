"""Turns into a program that ends when its parent does.

`tether.py PARENT_PID SIGNAL USER PROGRAM ARGUMENT...`: SIGNAL is the number of what the parent's death
sends, an empty USER stays who it is. Where the kernel has no such signal, the program simply runs.

The kernel's parent-death signal is cleared by a change of user and survives an exec, so it must be
asked for between the two. Doing that in a fork of the parent is unsafe, because a Temporal client
keeps threads there; so this runs as a program of its own, by path, with the standard library alone.
"""

from __future__ import annotations

import ctypes
import os
import pwd
import sys

PR_SET_PDEATHSIG = 1


def become(user: str) -> None:
    """Drop root's rights for those of `user`."""
    entry = pwd.getpwnam(user)
    os.setgroups([])
    os.setgid(entry.pw_gid)
    os.setuid(entry.pw_uid)


def die_with(parent_pid: int, death_signal: int) -> None:
    """Ask for `death_signal` at the parent's death; end here if it is dead already."""
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, death_signal, 0, 0, 0)
    if os.getppid() != parent_pid:
        sys.exit("the parent has ended")


def main() -> None:
    """Read the arguments, then become the program."""
    parent_pid, death_signal, user, *command = sys.argv[1:]
    if user:
        become(user)
    die_with(int(parent_pid), int(death_signal))
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
