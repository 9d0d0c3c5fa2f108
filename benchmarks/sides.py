"""The two sides of the comparison, as the load and the campaign need to know them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from crm import contract
from crm.items import ItemRef


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One side: the module that runs its worker, and the names under which its workflows are reached."""

    name: str
    worker_module: str
    task_queue: str
    workflow_type: str
    workflow_id: Callable[[ItemRef], str]


FLOOR = Side(
    name="floor",
    worker_module="benchmarks.floor",
    task_queue="bench-floor",
    workflow_type="FloorItem",
    workflow_id="floor-item:{}".format,
)
PRODUCT = Side(
    name="product",
    worker_module="worker",
    task_queue=contract.TASK_QUEUE,
    workflow_type=contract.WORKFLOW_TYPE,
    workflow_id=contract.workflow_id,
)
SIDES = {side.name: side for side in (FLOOR, PRODUCT)}
"""In the order in which they are measured."""
