"""Errors of the import; nothing was changed where one of the first two is raised.

CrmError
├── MappingRefused       the mapping file is wrong, or does not fit the log or what is defined
├── LogRefused           the file is no CSV that the mapping can read
└── ImportFailed         servers or workers that don't answer
"""

from __future__ import annotations

from crm.errors import CrmError


class MappingRefused(CrmError):
    """The mapping file is wrong, or does not fit; the message names the place of each problem."""


class LogRefused(CrmError):
    """The file is no CSV that the mapping can read; the message names the file and the line."""


class ImportFailed(CrmError):
    """Servers or workers don't answer; the message says what is missing, and what was done."""
