"""Whom PostgreSQL runs as when the local stack was started by root, which it refuses to run as."""

from __future__ import annotations

import os
import pwd
import shutil
import stat
from pathlib import Path

# It exists on every system, so that no account has to be made on somebody's machine.
UNPRIVILEGED_USER = "nobody"


def unprivileged_user() -> str:
    """The user to run PostgreSQL as; empty to stay who we are."""
    return UNPRIVILEGED_USER if os.geteuid() == 0 else ""


def hand_over(directory: Path, user: str) -> None:
    """Make `directory` belong to `user`."""
    shutil.chown(directory, user, pwd.getpwnam(user).pw_gid)


def let_pass(path: Path) -> None:
    """Let other users pass, but not look, through the directories above `path`."""
    for directory in path.resolve().parents:
        mode = directory.stat().st_mode
        if not mode & stat.S_IXOTH:
            directory.chmod(mode | stat.S_IXOTH)
