"""How the workflow reaches the database: a quick local attempt, then a patient one.

The quick one is short and costs no round trip to the server. When the database is away the same
work goes on as a regular activity, which retries for as long as it takes and stands in the UI as
pending with its last error (design section 4). Both are the same activity, safe to repeat.
"""

from datetime import timedelta
from typing import Any, TypeVar

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError, ApplicationError, FailureError, is_cancelled_exception

from crm.contract import ERROR_COMMIT_REFUSED

T = TypeVar("T")

_QUICK_TIMEOUT = timedelta(seconds=2)
_QUICK_RETRY = RetryPolicy(maximum_attempts=1)
_PATIENT_TIMEOUT = timedelta(seconds=15)
_PATIENT_RETRY = RetryPolicy(
    initial_interval=timedelta(milliseconds=500),
    backoff_coefficient=1.6,
    maximum_interval=timedelta(seconds=10),
)


class DatabaseAway(Exception):
    """The database did not answer in time; the message says why."""


class Refusal(Exception):
    """The database refuses what it was asked to write, and always would; the message says why."""


async def quickly(activity: str, request: Any, answer: type[T], summary: str) -> T:
    """The answer of one short local attempt.

    Raises `Refusal`, and `DatabaseAway`, with the reason, where patience may help.
    """
    try:
        found: T = await workflow.execute_local_activity(
            activity,
            request,
            result_type=answer,
            start_to_close_timeout=_QUICK_TIMEOUT,
            schedule_to_close_timeout=_QUICK_TIMEOUT,
            retry_policy=_QUICK_RETRY,
            summary=summary,
        )
        return found
    except FailureError as error:
        if is_cancelled_exception(error):
            raise
        _raise_refusal(error)
        raise DatabaseAway(_reason(error)) from error


async def patiently(activity: str, request: Any, answer: type[T], summary: str) -> T:
    """The answer, however long it takes; raises `Refusal`."""
    try:
        found: T = await workflow.execute_activity(
            activity,
            request,
            result_type=answer,
            start_to_close_timeout=_PATIENT_TIMEOUT,
            retry_policy=_PATIENT_RETRY,
            summary=summary,
        )
        return found
    except FailureError as error:
        _raise_refusal(error)
        raise


def _raise_refusal(error: FailureError) -> None:
    cause = _cause(error)
    if isinstance(cause, ApplicationError) and cause.type == ERROR_COMMIT_REFUSED:
        raise Refusal(_reason(error)) from error


def _reason(error: FailureError) -> str:
    cause = _cause(error)
    return cause.message if isinstance(cause, FailureError) else str(cause)


def _cause(error: FailureError) -> BaseException:
    """What the activity raised: a regular one wraps it, a local one does not."""
    return error.cause if isinstance(error, ActivityError) and error.cause else error
