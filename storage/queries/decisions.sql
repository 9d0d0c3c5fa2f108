-- name: item_ledger
-- The newest $3 handled events of an item, newest last.
select * from (
    select * from ledger where item_type = $1 and item_id = $2 order by position desc limit $3
) as newest
order by position
