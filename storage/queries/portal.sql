-- name: upsert_user
-- Write a user.
insert into users (id, name, active) values ($1, $2, $3)
on conflict (id) do update set name = excluded.name, active = excluded.active

-- name: all_users
-- Every user, by id.
select id, name, active from users order by id

-- name: user_ids
-- The ids of all users, inactive ones included.
select id from users order by id

-- name: known_users
-- Which of these users there are.
select id from users where id = any($1::bigint[])

-- name: lock_definitions
-- Keep other definitions, and publishes, away until the transaction ends: triggers rest on what is defined.
select pg_advisory_xact_lock(hashtextextended('definitions', 0))

-- name: share_definitions
-- Keep definitions away until the transaction ends.
select pg_advisory_xact_lock_shared(hashtextextended('definitions', 0))

-- name: upsert_item_type
-- Write an item type.
insert into item_types (code, title) values ($1, $2)
on conflict (code) do update set title = excluded.title

-- name: all_item_types
-- Every item type with its fields in order, by code; one of them with $1.
select
    t.code,
    t.title,
    coalesce(
        jsonb_agg(
            jsonb_build_object(
                'code', f.code, 'type', f.type, 'multiple', f.multiple, 'title', f.title, 'options', f.options
            )
            order by f.position
        ) filter (where f.code is not null),
        '[]'
    ) as fields
from item_types as t
left join fields as f on f.item_type = t.code
where $1::text is null or t.code = $1
group by t.code
order by t.code

-- name: delete_fields
-- Forget the fields of an item type, before they are written anew.
delete from fields where item_type = $1

-- name: insert_field
-- Write a field of an item type.
insert into fields (item_type, code, type, multiple, title, options, position)
values ($1, $2, $3, $4, $5, $6, $7)

-- name: upsert_pipeline
-- Write a pipeline; a new one stands after the others of its type.
insert into pipelines (item_type, code, title, position, revision)
select $1, $2, $3, count(*), 0 from pipelines where item_type = $1
on conflict (item_type, code) do update set title = excluded.title

-- name: delete_stages
-- Forget the stages of a pipeline, before they are written anew.
delete from stages where item_type = $1 and pipeline = $2

-- name: insert_stage
-- Write a stage of a pipeline.
insert into stages (item_type, pipeline, code, title, semantics, position)
values ($1, $2, $3, $4, $5, $6)

-- name: all_pipelines
-- The pipelines of a type ($1; null: of every type), or one of them ($2), in order, with stages and revision.
select
    p.item_type,
    p.code,
    p.title,
    p.revision,
    jsonb_agg(
        jsonb_build_object('code', s.code, 'title', s.title, 'semantics', s.semantics) order by s.position
    ) as stages
from pipelines as p
join stages as s on s.item_type = p.item_type and s.pipeline = p.code
where ($1::text is null or p.item_type = $1) and ($2::text is null or p.code = $2)
group by p.item_type, p.code
order by p.item_type, p.position
