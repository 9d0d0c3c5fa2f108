-- name: items_by_stage
-- How many items stand on each stage of the pipelines of a type ($1; null: of every type), or of one of them ($2).
select item_type, pipeline, stage, count(*) as items
from items
where ($1::text is null or item_type = $1) and ($2::text is null or pipeline = $2)
group by item_type, pipeline, stage
order by item_type, pipeline, stage

-- name: stranded_items
-- As items_by_stage, those stages alone that their pipeline does not have (any more), with the first $3 items.
select
    stood.item_type,
    stood.pipeline,
    stood.stage,
    stood.items,
    array(
        select i.item_id from items as i
        where i.item_type = stood.item_type and i.pipeline = stood.pipeline and i.stage = stood.stage
        order by i.item_id limit $3
    ) as first_ids
from (
    select item_type, pipeline, stage, count(*) as items
    from items
    where ($1::text is null or item_type = $1) and ($2::text is null or pipeline = $2)
    group by item_type, pipeline, stage
) as stood
where not exists (
    select from stages as s
    where s.item_type = stood.item_type and s.pipeline = stood.pipeline and s.code = stood.stage
)
order by stood.item_type, stood.pipeline, stood.stage

-- name: items_on_stage
-- The next $5 items after number $4 that stand on a stage of a pipeline, with the number of their arrival.
select item_id, arrival
from items
where item_type = $1 and pipeline = $2 and stage = $3 and item_id > $4
order by item_id
limit $5

-- name: stored_values
-- The values that the items of type $1 have in field $2, null left out, each with the number of items.
select fields -> $2 as value, count(*) as items
from items
where item_type = $1 and fields -> $2 <> 'null'
group by fields -> $2
