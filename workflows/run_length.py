"""How long a run and a workflow task have become, and when the next must begin.

A cold replay must fit the SDK's limit of 2 seconds, and the server ends a run at 51,200 events, 50 MB, 10,000
signals or 2,000 updates. So a run ends early: best between messages, and under a flood with messages waiting
(docs/decisions/0008).
"""

from temporalio import workflow

from workflows.inbox import Inbox

EVENTS_PER_RUN = 1_000
"""After so many handled the run is long: it ends when no message waits."""

CALLERS_PER_RUN = 1_200
"""After so many handled, new callers are asked to come again, or the run could not end under their stream."""

RECEIVED_PER_RUN = 4_000
"""A flood that never lets the inbox run empty: after so many received or handled, the rest is carried."""

HISTORY_BYTES_PER_RUN = 8_000_000
"""The same for few but large messages."""

CARRIED_CHARACTERS = 300_000
"""Of waiting messages, which may take four bytes each: what is carried must fit a payload of 2 MB."""

ACTIVITIES_PER_TASK = 25
"""Local activities of one workflow task, some 0.1 s: the server buffers at most 100 signals meanwhile."""

CHARACTERS_PER_TASK = 200_000
"""And at most 2 MB of signals."""


class RunLength:
    """Counts what this run has handled, and what the present workflow task has."""

    def __init__(self) -> None:
        self.handled = 0
        self._task = 0
        self._activities = 0
        self._characters = 0

    def is_long(self, inbox: Inbox) -> bool:
        """Whether the run ends as soon as it can."""
        return (
            self.handled >= EVENTS_PER_RUN
            or workflow.info().is_continue_as_new_suggested()
            or self.is_flooded(inbox)
        )

    def is_overdue(self, inbox: Inbox) -> bool:
        """Whether callers must wait for the next run, so that this one can end."""
        return self.handled >= CALLERS_PER_RUN or inbox.received >= RECEIVED_PER_RUN

    def is_flooded(self, inbox: Inbox) -> bool:
        """Whether to go on in a new run though messages wait: they can be carried, and no caller waits."""
        too_much = (
            max(inbox.received, self.handled) >= RECEIVED_PER_RUN
            or workflow.info().get_current_history_size() >= HISTORY_BYTES_PER_RUN
        )
        return too_much and self.handled > 0 and inbox.size <= CARRIED_CHARACTERS and not inbox.has_caller()

    def handle(self, characters: int) -> None:
        """Count a message of so many characters."""
        self.handled += 1
        self._characters += characters

    def begins_task(self) -> bool:
        """Whether a workflow task has begun since this was asked last.

        The history grows only between tasks, so its length tells them apart, in a replay too.
        """
        length = workflow.info().get_current_history_length()
        if length == self._task:
            return False
        self._task = length
        self._activities = self._characters = 0
        return True

    def task_must_end(self) -> bool:
        """Count one more activity; whether the workflow task has gone on for so long that it must end now.

        A local activity prolongs the task, and the server throws a task away, with all that was done in it,
        when too much was signalled meanwhile. A regular one ends it.
        """
        self._activities += 1
        return self._activities > ACTIVITIES_PER_TASK or self._characters > CHARACTERS_PER_TASK
