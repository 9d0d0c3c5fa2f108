-- name: route_client_event
-- Record where a client event goes (R18): $1 its id, $2 its kind, $3 the address as in the message, $4 and $5 the
-- address's kind and value, $6 the item types that are no smart processes, $7 the message. No row where it is
-- recorded already.
with found as (
    select client from clients where $4 = 'client' and client = $5
    union
    select client from client_addresses where kind = $4 and address = $5
), reached as (
    select client, client as linked_by, 0 as distance
    from found
    -- What belongs to a company that was found beside its contact, is reached through the contact.
    where not exists (
        select from contact_companies as c join found as f on f.client = c.contact where c.company = found.client
    )
    union all
    select f.client, c.company, 1
    from found as f join contact_companies as c on c.contact = f.client
), in_progress as (
    select r.client, r.distance, i.item_type, i.item_id, i.pipeline, i.modified_at
    from reached as r
    join item_clients as l on l.client = r.linked_by
    join items as i using (item_type, item_id)
    join stages as s on (s.item_type, s.pipeline, s.code) = (i.item_type, i.pipeline, i.stage)
    where s.semantics = 'in_progress' and (i.item_type in ('deal', 'lead') or i.item_type <> all ($6::text[]))
), nearest as (
    select *, min(distance) over (partition by client, item_type) as least
    from in_progress
), ranked as (
    select
        *,
        rank() over (partition by client, item_type order by modified_at desc, item_id desc) as place,
        bool_or(item_type = 'deal') over (partition by client) as has_deal
    from nearest
    where distance = least
), chosen as (
    select distinct item_type, item_id
    from ranked as r
    where
        case item_type
            when 'deal' then place = 1
            when 'lead' then place = 1 and not has_deal
            else exists (
                select from automation_kinds as k
                where (k.item_type, k.pipeline, k.kind) = (r.item_type, r.pipeline, $2)
            )
        end
)
insert into client_events (event_id, kind, address, clients, items, message)
values (
    $1,
    $2,
    $3,
    array(select client from found join clients using (client) order by kind desc, number),
    array(select item_type || ':' || item_id from chosen order by item_type, item_id),
    $7
)
on conflict (event_id) do nothing
returning clients, items, message

-- name: routed_client_event
-- Where a client event went, and the message that went there.
select clients, items, message from client_events where event_id = $1
