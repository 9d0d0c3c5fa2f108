-- name: lock_automation
-- Keep commits and other publishes of a pipeline's automation away until the transaction ends (R13).
select pg_advisory_xact_lock(pipeline_lock_key($1, $2))

-- name: current_revision
-- The number of the current revision of a pipeline's automation.
select revision from pipelines where item_type = $1 and code = $2

-- name: current_automation
-- The current automation of a pipeline.
select r.content
from pipelines as p
join automation_revisions as r on r.item_type = p.item_type and r.pipeline = p.code and r.revision = p.revision
where p.item_type = $1 and p.code = $2

-- name: automations_with_kinds
-- The current automations that have an enabled trigger of one of these kinds.
select r.content
from pipelines as p
join automation_revisions as r on r.item_type = p.item_type and r.pipeline = p.code and r.revision = p.revision
where exists (
    select from automation_kinds as k
    where k.item_type = p.item_type and k.pipeline = p.code and k.kind = any($1::text[])
)
order by p.item_type, p.code

-- name: automation_at
-- The automation of a pipeline at one revision.
select content from automation_revisions where item_type = $1 and pipeline = $2 and revision = $3

-- name: automations_at
-- The automations of pipelines at revisions; $2 and $3 go together.
select r.pipeline, r.revision, r.content
from unnest($2::text[], $3::int[]) as wanted (pipeline, revision)
join automation_revisions as r
    on r.item_type = $1 and r.pipeline = wanted.pipeline and r.revision = wanted.revision

-- name: insert_revision
-- Write one revision of an automation.
insert into automation_revisions (item_type, pipeline, revision, content, author, comment)
values ($1, $2, $3, $4, $5, $6)

-- name: set_current_revision
-- Make a revision the current one.
update pipelines set revision = $3 where item_type = $1 and code = $2

-- name: replace_automation_kinds
-- Make $3 the kinds of which a pipeline's current automation has an enabled trigger.
with gone as (
    delete from automation_kinds where item_type = $1 and pipeline = $2 and kind <> all ($3::text[])
)
insert into automation_kinds (item_type, pipeline, kind)
select $1, $2, kind from unnest($3::text[]) as kind
on conflict do nothing

-- name: current_automations
-- The current automations of all pipelines of item types without their triggers, in the order of pipelines.
select p.item_type, r.content - 'triggers' as content
from pipelines as p
join automation_revisions as r on r.item_type = p.item_type and r.pipeline = p.code and r.revision = p.revision
where p.item_type = any($1::text[])
order by p.item_type, p.position
