-- name: reserve_item_ids
-- Make $3 new numbers for items of type $1, above $2 and all former ones; answers with the highest.
update item_types
set last_item_id = greatest(last_item_id, $2) + $3
where code = $1
returning last_item_id

-- name: insert_items
-- Write new items ($1, a JSON array) with the first row of their stage history and a timeline record (R11).
with new as (
    select * from jsonb_to_recordset($1::jsonb) as (
        item_type text, item_id bigint, title text, pipeline text, stage text, responsible bigint,
        observers bigint[], fields jsonb, version bigint, cause text, cause_user bigint, revision int,
        created_at timestamptz
    )
), written as (
    insert into items (
        item_type, item_id, title, pipeline, stage, responsible, observers, fields, version,
        created_at, modified_at
    )
    select
        item_type, item_id, title, pipeline, stage, responsible, observers, fields, version,
        coalesce(created_at, now()), coalesce(created_at, now())
    from new
), history as (
    insert into stage_history (
        item_type, item_id, number, to_stage, author, cause, cause_user, revision, at
    )
    select item_type, item_id, 1, stage, cause_user, cause, cause_user, revision, coalesce(created_at, now())
    from new
)
insert into timeline (item_type, item_id, kind, author, cause, cause_user, to_stage, revision, at)
select item_type, item_id, 'created', cause_user, cause, cause_user, stage, revision, coalesce(created_at, now())
from new

-- name: existing_items
-- Which of the items of type $1 with the numbers $2 there are.
select item_id from items where item_type = $1 and item_id = any($2::bigint[]) order by item_id

-- name: load_item
-- One item with all that is kept of it.
select * from items where item_type = $1 and item_id = $2

-- name: item_exists
-- Whether there is such an item.
select exists (select from items where item_type = $1 and item_id = $2)

-- name: item_timeline
-- The newest $3 timeline records of an item, newest last.
select * from (
    select * from timeline where item_type = $1 and item_id = $2 order by id desc limit $3
) as newest
order by id

-- name: item_stage_history
-- Every stage change of an item, newest last.
select * from stage_history where item_type = $1 and item_id = $2 order by number
