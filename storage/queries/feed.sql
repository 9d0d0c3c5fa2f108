-- name: latest_timeline_id
-- The highest id of any timeline record, 0 without one.
select coalesce(max(id), 0) from timeline

-- name: moves_after
-- At most $2 moves of any item with an id above $1, in order.
select * from timeline where id > $1 and kind = 'moved' order by id limit $2
