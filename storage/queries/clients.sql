-- name: lock_client_numbers
-- Keep other definitions of clients of a kind away until the transaction ends.
select pg_advisory_xact_lock(hashtextextended('numbers of clients: ' || $1, 0))

-- name: next_client_number
-- The number after the highest of the clients of a kind.
select coalesce(max(number), 0) + 1 from clients where kind = $1

-- name: upsert_client
-- Write a client.
insert into clients (client, name) values ($1, $2)
on conflict (client) do update set name = excluded.name

-- name: replace_client_addresses
-- Make $2 (kinds) with $3 (addresses) all that a client is reached by.
with given as (
    select distinct kind, address from unnest($2::text[], $3::text[]) as given (kind, address)
), gone as (
    delete from client_addresses as a
    where a.client = $1 and (a.kind, a.address) not in (select kind, address from given)
)
insert into client_addresses (client, kind, address)
select $1, kind, address from given
on conflict do nothing

-- name: replace_contact_companies
-- Make $2 the companies of a contact.
with gone as (
    delete from contact_companies where contact = $1 and company <> all ($2::text[])
)
insert into contact_companies (contact, company)
select distinct $1, company from unnest($2::text[]) as company
on conflict do nothing

-- name: known_clients
-- Which of these clients there are.
select client from clients where client = any ($1::text[])

-- name: find_clients
-- The clients with the reference $2 ($1 = 'client'), or with such an address ($1 'phone', 'email'), in order.
select
    c.client,
    c.name,
    array(select address from client_addresses as a where a.client = c.client and a.kind = 'phone' order by 1) as phones,
    array(select address from client_addresses as a where a.client = c.client and a.kind = 'email' order by 1) as emails,
    array(
        select company from contact_companies join clients as o on o.client = company
        where contact = c.client order by o.number
    ) as companies
from clients as c
where
    case $1
        when 'client' then c.client = $2
        else c.client in (select client from client_addresses where kind = $1 and address = $2)
    end
order by c.kind desc, c.number
