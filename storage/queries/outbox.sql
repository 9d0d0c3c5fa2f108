-- name: lead_outbox
-- Become the one session that delivers the outbox, unless another one is, for as long as the session lasts.
-- A leader whose machine vanished is gone for the server too once it has been idle for so long.
select pg_try_advisory_lock(hashtextextended('relay of the outbox', 0)) as leads,
    set_config('idle_session_timeout', $1, false)

-- name: leave_outbox
-- Let another session deliver the outbox.
select pg_advisory_unlock(hashtextextended('relay of the outbox', 0))

-- name: waiting_messages
-- The oldest $1 messages that wait, but none to the items $2. Ordered as the index is: null is one value to it.
-- As text: not all that jsonb can hold can be read, and one such message must not keep the others from us.
select id, item_type || ':' || item_id as item, signal, message::text as message, attempts
from outbox
where delivered_at is null and item_type || ':' || item_id <> all ($2::text[])
order by delivered_at, id
limit $1

-- name: mark_delivered
-- Note that messages were delivered.
update outbox set delivered_at = now(), attempts = attempts + 1 where id = any ($1::bigint[])

-- name: mark_failed
-- Note that an attempt to deliver a message failed, and why.
update outbox set attempts = attempts + 1, last_error = $2 where id = $1

-- name: forget_delivered
-- Delete at most $2 messages that were delivered longer than $1 ago; answers with how many.
with forgotten as (
    delete from outbox
    where id in (select id from outbox where delivered_at < now() - $1::interval limit $2)
    returning id
)
select count(*) from forgotten
