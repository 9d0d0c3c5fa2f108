-- What a move of an item tells the items that are linked to it (R9).
-- depends: 0002.outbox 0003.clients-and-links

create function raise_events_of_move(mover items, from_stage text, chain text[]) returns void language plpgsql as $$
declare
    mover_reference constant text := mover.item_type || ':' || mover.item_id;
    step constant text := mover_reference || '#' || mover.arrival;
    stages_of_pipeline constant text := mover.item_type || ':' || mover.pipeline || '/';
    to_semantics text;
begin
    -- For most items this look-up is all.
    if not exists (
        select from item_links as l where l.item_type = mover.item_type and l.item_id = mover.item_id
    ) then
        return;
    end if;
    select s.semantics into to_semantics from stages as s
        where s.item_type = mover.item_type and s.pipeline = mover.pipeline and s.code = mover.stage;
    -- No actor: an automatic step is never put down to the person who caused the first (R7).
    insert into outbox (item_type, item_id, signal, message)
    select linked.item_type, linked.item_id, 'item_event', jsonb_build_object(
        'event_id', step || ':' || raised.kind,
        'kind', raised.kind,
        'occurred_at', now(),
        'source', 'linked item',
        'chain', chain || step,
        'data', raised.data
    )
    from item_links as l
    join items as linked on linked.item_type = l.linked_type and linked.item_id = l.linked_id
    cross join lateral (
        select 'invoice_paid' as kind, jsonb_build_object('invoice', mover_reference) as data
        where mover.item_type = 'invoice' and to_semantics = 'won' and linked.item_type = 'deal'
        union all
        select 'linked_item_moved', jsonb_build_object(
            'item', mover_reference,
            'from', stages_of_pipeline || from_stage,
            'to', stages_of_pipeline || mover.stage,
            'to_semantics', to_semantics
        )
        where exists (
            select from automation_kinds as k
            where k.item_type = linked.item_type and k.pipeline = linked.pipeline and k.kind = 'linked_item_moved'
        )
    ) as raised
    where l.item_type = mover.item_type and l.item_id = mover.item_id
    order by linked.item_type, linked.item_id, raised.kind;
end
$$;

comment on function raise_events_of_move is
    'Write to the outbox what a move raises: `mover` as it stands now, `chain` of the event that moved it.';
