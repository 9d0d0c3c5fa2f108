-- Messages to items, written with what they tell of, until they are delivered.
-- depends: 0001.tables

create table outbox (
    id bigint generated always as identity primary key,
    item_type text not null check (item_type ~ '^[a-z][a-z0-9_]{0,62}$'),
    item_id bigint not null check (item_id between 1 and 999999999999999999),
    signal text not null default 'item_event'
        check (signal in ('field_changed', 'responsible_changed', 'document_executed', 'item_event')),
    message jsonb not null check (jsonb_typeof(message) = 'object' and coalesce(message ->> 'event_id', '') <> ''),
    created_at timestamptz not null default now(),
    delivered_at timestamptz,
    attempts int not null default 0,
    last_error text
);

comment on table outbox is
    'Whoever changes something can tell an item of it in the same transaction (docs/reference/outbox.md). '
    'No foreign key to items: a message to one that does not exist is recorded as rejected.';
comment on column outbox.id is 'The order in which the messages to one item are delivered.';
comment on column outbox.last_error is 'Why the newest attempt that failed did; kept after delivery.';

create index outbox_by_delivery on outbox (delivered_at, id);
