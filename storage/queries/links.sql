-- name: link_clients
-- Link items to clients: $1 item types, $2 item ids and $3 clients go together. A row for each that is new.
insert into item_clients (item_type, item_id, client)
select distinct * from unnest($1::text[], $2::bigint[], $3::text[])
on conflict do nothing
returning client

-- name: unlink_client
-- Undo the link of an item to a client; a row if there was one.
delete from item_clients where item_type = $1 and item_id = $2 and client = $3
returning client

-- name: link_items
-- Link pairs of items, both ways: $1 to $4 go together. Two rows for each link that is new.
with pairs as (
    select * from unnest($1::text[], $2::bigint[], $3::text[], $4::bigint[]) as pairs (a_type, a_id, b_type, b_id)
)
insert into item_links (item_type, item_id, linked_type, linked_id)
select a_type, a_id, b_type, b_id from pairs
union
select b_type, b_id, a_type, a_id from pairs
-- One order for everybody, so that none waits for one that waits for it.
order by 1, 2, 3, 4
on conflict do nothing
returning item_type

-- name: unlink_items
-- Undo the link of two items, both ways; rows if there was one.
delete from item_links
where (item_type, item_id, linked_type, linked_id) in (($1, $2, $3, $4), ($3, $4, $1, $2))
returning item_type

-- name: links_of_item
-- The items and the clients that an item is linked to, as references in order.
select
    array(
        select linked_type || ':' || linked_id from item_links
        where item_type = $1 and item_id = $2 order by linked_type, linked_id
    ) as items,
    array(
        select client from item_clients join clients using (client)
        where item_type = $1 and item_id = $2 order by kind desc, number
    ) as clients

-- name: items_of_client
-- The items that are linked to a client.
select item_type, item_id from item_clients where client = $1 order by item_type, item_id

-- name: known_items
-- Which of these items there are; $1 and $2 go together.
select item_type, item_id
from items
join unnest($1::text[], $2::bigint[]) as wanted (item_type, item_id) using (item_type, item_id)
