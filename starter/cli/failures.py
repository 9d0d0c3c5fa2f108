"""What a person is told when a command fails for a reason that is to be expected."""

from __future__ import annotations

from temporalio.service import RPCError

from crm.errors import CrmError
from starter.local.errors import LocalStackError
from storage.errors import DatabaseUnavailable, StorageError

_START_OR_SET = (
    "start the local stack with `crm-triggers run`, or say where it is with --database-url "
    "or CRM_TRIGGERS_DATABASE_URL"
)


class CommandRefused(CrmError):
    """What the command asks for can't be done; the message says why, and what can."""


def explain(error: BaseException) -> str | None:
    """The failure in words, and what to do about it; None for a defect, which keeps its traceback."""
    match error:
        case DatabaseUnavailable():
            return _explain_database(error)
        case CrmError() | StorageError() | LocalStackError():
            return str(error)
        case RPCError():
            return (
                f"the Temporal server does not do it: {error.message} ({error.status.name}); "
                "is a worker running, and what does its log say?"
            )
        case OSError(errno=int()):
            return f"the system does not do it: {error}"
        case _:
            return None


def _explain_database(error: DatabaseUnavailable) -> str:
    # Class 42 of SQLSTATE: a table or a function that should be there is not.
    if str(getattr(error.__cause__, "sqlstate", "")).startswith("42"):
        return f"the database is not up to date ({error}): run `crm-triggers migrate`"
    return f"the database does not answer ({error}): {_START_OR_SET}"
