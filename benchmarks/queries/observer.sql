-- name: handled_events
-- How many events each of the deals from $1 to $2 has handled: each writes its item, so it is one version on.
select item_id, version - 1 as handled
from items
where item_type = 'deal' and item_id between $1 and $2

-- name: commit_times
-- When the transaction of each event of the deals from $1 to $2 committed, in seconds since the epoch.
select item_id, event_id, extract(epoch from pg_xact_commit_timestamp(xmin))::float8 as committed_at
from ledger
where item_type = 'deal' and item_id between $1 and $2

-- name: moves
-- How many stage changes the deals from $1 to $2 have behind them, their creation apart.
select count(*) from stage_history where item_type = 'deal' and item_id between $1 and $2 and number > 1

-- name: record_commit_times
-- Keep the time of each commit; counts from the server's next start.
alter system set track_commit_timestamp = on
