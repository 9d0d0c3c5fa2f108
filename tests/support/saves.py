"""Saves of items that their workflows know nothing of."""

from __future__ import annotations

from typing import Any

from pydantic_core import to_json

from tests.support.databases import query
from tests.support.workbench import Workbench


async def save_by_another_hand(bench: Workbench, deal: str, /, **columns: Any) -> int:
    """Change an item's row past its workflow, `fields` being merged; the version that this leaves."""
    item_type, item_id = deal.split(":")
    [(version,)] = await query(
        bench.database_url,
        "update items as i set version = i.version + 1, fields = i.fields || coalesce(saved.fields, '{}'), "
        "pipeline = coalesce(saved.pipeline, i.pipeline), stage = coalesce(saved.stage, i.stage), "
        "responsible = coalesce(saved.responsible, i.responsible) "
        "from jsonb_to_record($3::text::jsonb) as saved "
        "(fields jsonb, pipeline text, stage text, responsible bigint) "
        "where item_type = $1 and item_id = $2 returning i.version",
        item_type,
        int(item_id),
        to_json(columns).decode(),
    )
    return int(version)
