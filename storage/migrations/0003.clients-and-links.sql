-- Clients, what items are linked to, and where client events went (R18).
-- depends: 0001.tables

create table clients (
    client text primary key check (client ~ '^(contact|company):[1-9][0-9]{0,18}$'),
    kind text not null generated always as (split_part(client, ':', 1)) stored,
    number bigint not null generated always as (split_part(client, ':', 2)::bigint) stored,
    name text not null default '',
    unique (kind, number)
);

comment on table clients is 'Contacts and companies by their written reference: contact:7, company:3.';

create table contact_companies (
    contact text not null references clients (client) check (contact like 'contact:%'),
    company text not null references clients (client) check (company like 'company:%'),
    primary key (contact, company)
);

create table client_addresses (
    client text not null references clients (client),
    kind text not null check (kind in ('phone', 'email')),
    address text not null,
    primary key (client, kind, address)
);

comment on column client_addresses.address is
    'In the one form in which it is looked up: a phone number in E.164, an e-mail address folded.';

create index clients_by_address on client_addresses (kind, address);

create table item_clients (
    item_type text not null,
    item_id bigint not null,
    client text not null references clients (client),
    primary key (item_type, item_id, client),
    foreign key (item_type, item_id) references items (item_type, item_id)
);

create index items_by_client on item_clients (client);

create table item_links (
    item_type text not null,
    item_id bigint not null,
    linked_type text not null,
    linked_id bigint not null,
    primary key (item_type, item_id, linked_type, linked_id),
    foreign key (item_type, item_id) references items (item_type, item_id),
    foreign key (linked_type, linked_id) references items (item_type, item_id),
    check ((item_type, item_id) <> (linked_type, linked_id))
);

comment on table item_links is
    'Both directions of a link have a row, so that one look-up finds all that an item is linked to.';

create table automation_kinds (
    item_type text not null,
    pipeline text not null,
    kind text not null,
    primary key (item_type, pipeline, kind),
    foreign key (item_type, pipeline) references pipelines (item_type, code)
);

comment on table automation_kinds is
    'The kinds of which the current revision of a pipeline''s automation has an enabled trigger; written with it.';

insert into automation_kinds (item_type, pipeline, kind)
select distinct p.item_type, p.code, one.trigger ->> 'kind'
from pipelines as p
join automation_revisions as r on r.item_type = p.item_type and r.pipeline = p.code and r.revision = p.revision
cross join jsonb_array_elements(r.content -> 'triggers') as one (trigger)
where one.trigger ->> 'state' = 'enabled';

create table client_events (
    event_id text primary key,
    kind text not null,
    address jsonb not null,
    clients text[] not null,
    items text[] not null,
    recorded_at timestamptz not null default now(),
    message jsonb not null
);

comment on table client_events is
    'Where each client event went, also when it found nobody; the same id sent again goes nowhere new.';
