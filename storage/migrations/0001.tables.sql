-- The tables of the product.

create table users (
    id bigint primary key check (id > 0),
    name text not null default '',
    active boolean not null default true
);

create table item_types (
    code text primary key,
    title text not null default '',
    last_item_id bigint not null default 0
);

comment on column item_types.last_item_id is
    'The highest number given to an item of this type; its row lock makes numbers unique.';

create table fields (
    item_type text not null references item_types (code),
    code text not null,
    type text not null,
    multiple boolean not null default false,
    title text not null default '',
    options text[] not null default '{}',
    position int not null,
    primary key (item_type, code)
);

create table pipelines (
    item_type text not null references item_types (code),
    code text not null,
    title text not null default '',
    position int not null,
    revision int not null,
    primary key (item_type, code)
);

comment on column pipelines.revision is
    'The current revision of its automation; changed only under the exclusive advisory lock of the pipeline.';

create table stages (
    item_type text not null,
    pipeline text not null,
    code text not null,
    title text not null default '',
    semantics text not null check (semantics in ('in_progress', 'won', 'lost')),
    position int not null,
    primary key (item_type, pipeline, code),
    foreign key (item_type, pipeline) references pipelines (item_type, code)
);

create table automation_revisions (
    item_type text not null,
    pipeline text not null,
    revision int not null check (revision > 0),
    content jsonb not null,
    author bigint,
    comment text not null default '',
    created_at timestamptz not null default now(),
    primary key (item_type, pipeline, revision),
    foreign key (item_type, pipeline) references pipelines (item_type, code)
);

comment on column automation_revisions.content is
    'The whole automation: the pipeline with its stages, the fields of the item type, all triggers.';

create function refuse_change_of_revision() returns trigger language plpgsql as $$
begin
    raise exception 'revision % of pipeline %:% is immutable; publish a new one',
        old.revision, old.item_type, old.pipeline using errcode = 'restrict_violation';
end
$$;

create trigger revisions_are_immutable before update or delete on automation_revisions
    for each row execute function refuse_change_of_revision();

create table items (
    item_type text not null,
    item_id bigint not null check (item_id > 0),
    title text not null default '',
    pipeline text not null,
    stage text not null,
    responsible bigint,
    observers bigint[] not null default '{}',
    fields jsonb not null default '{}',
    executed_documents text[] not null default '{}',
    version bigint not null default 1,
    arrival int not null default 1,
    created_at timestamptz not null default now(),
    modified_at timestamptz not null default now(),
    primary key (item_type, item_id),
    foreign key (item_type, pipeline) references pipelines (item_type, code)
);

comment on column items.stage is
    'No foreign key: a stage may be deleted from the pipeline while items stand on it.';
comment on column items.responsible is
    'No foreign key: a user may be unknown here; an active user or the system stands in as author.';
comment on column items.arrival is 'The number of the newest row in stage_history.';
comment on column items.modified_at is 'When the item got its version.';

create index items_by_stage on items (item_type, pipeline, stage);

create table stage_history (
    item_type text not null,
    item_id bigint not null,
    number int not null,
    from_stage text,
    to_stage text not null,
    author bigint,
    author_note text,
    cause text not null,
    cause_user bigint,
    trigger text,
    trigger_name text,
    event_id text,
    revision int not null,
    at timestamptz not null default now(),
    primary key (item_type, item_id, number),
    foreign key (item_type, item_id) references items (item_type, item_id)
);

comment on column stage_history.author is 'On whose behalf; null is the system.';
comment on column stage_history.cause is 'What raised the event: user, client, rule, import, the name of a service.';

create table timeline (
    id bigint generated always as identity primary key,
    item_type text not null,
    item_id bigint not null,
    at timestamptz not null default now(),
    kind text not null,
    author bigint,
    author_note text,
    cause text not null,
    cause_user bigint,
    from_stage text,
    to_stage text,
    trigger text,
    trigger_name text,
    event_id text,
    revision int,
    text text
);

comment on table timeline is
    'What people see of an item. No foreign key to items: a rejected event may name an item that does not exist.';

create index timeline_by_item on timeline (item_type, item_id, id);

create table ledger (
    item_type text not null,
    item_id bigint not null,
    event_id text not null,
    position bigint generated always as identity,
    commit_id text not null,
    kind text not null,
    verdict text not null,
    reason text,
    pipeline text,
    stage text,
    revision int,
    considered jsonb not null,
    data jsonb,
    changes jsonb,
    occurred_at timestamptz,
    actor bigint,
    cause text not null,
    chain text[] not null,
    outcome jsonb not null,
    decided_at timestamptz not null default now(),
    primary key (item_type, item_id, event_id)
);

comment on table ledger is
    'Every handled event with its decision; the authority on what was handled. No foreign key to items: a '
    'rejected event may name an item that does not exist.';
comment on column ledger.position is 'The order in which the events of an item were handled.';
comment on column ledger.commit_id is 'Tells a retry of the commit that wrote the row from a duplicate of its event.';
comment on column ledger.changes is 'What the event wrote to the item, null for nothing.';

create index ledger_by_item on ledger (item_type, item_id, position);
