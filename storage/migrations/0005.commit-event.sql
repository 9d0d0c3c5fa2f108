-- The commit of one decided event: one call, one transaction.
-- depends: 0004.events-of-moves

create function pipeline_lock_key(item_type text, pipeline text) returns bigint
language sql immutable parallel safe
return hashtextextended('automation of ' || item_type || ':' || pipeline, 0);

comment on function pipeline_lock_key is
    'The advisory lock of a pipeline''s automation: commits hold it shared, a publish exclusively.';

create function has_values(fields jsonb, wanted jsonb) returns boolean
language sql immutable parallel safe
return not exists (
    select from jsonb_each(wanted) as one
    where coalesce(fields -> one.key, 'null') <> one.value
);

comment on function has_values is 'Whether every wanted key has the same value in fields, a missing one being null.';

create function commit_answer(answer text, item items, with_item boolean, revision int, outcome jsonb) returns jsonb
language sql immutable parallel safe
return jsonb_build_object(
    'answer', jsonb_build_object(
        'answer', answer,
        'outcome', outcome,
        'version', item.version,
        'item', case when with_item then jsonb_build_object(
            'item_type', item.item_type,
            'item_id', item.item_id,
            'pipeline', item.pipeline,
            'stage', item.stage,
            'responsible', item.responsible,
            'fields', item.fields,
            'executed_documents', item.executed_documents,
            'version', item.version,
            'arrival', item.arrival
        ) end
    ),
    'pipeline', item.pipeline,
    'revision', revision
);

comment on function commit_answer is 'A StoredAnswer: the CommitAnswer, and the item''s pipeline with its current revision.';

create function commit_answer_of_handled(commit_id text, first_commit_id text, first jsonb, item items, revision int)
returns jsonb language sql immutable parallel safe
return case
    -- The very commit that wrote it, tried again because its answer was lost.
    when commit_id = first_commit_id
    then commit_answer('committed', item, item.item_id is not null, revision, first)
    else commit_answer('already done', item, item.item_id is not null, revision, first || '{"duplicate": true}')
end;

comment on function commit_answer_of_handled is 'The answer for an event that the ledger has already, with its first outcome.';

create function changes_between(before items, after items, fields jsonb) returns jsonb
language sql immutable parallel safe
return nullif(
    case when before.fields is distinct from after.fields
        then jsonb_build_object('fields', fields) else '{}' end
    || case when before.responsible is distinct from after.responsible
        then jsonb_build_object('responsible', after.responsible) else '{}' end
    || case when before.executed_documents is distinct from after.executed_documents
        then jsonb_build_object('executed_documents', after.executed_documents) else '{}' end,
    '{}'
);

comment on function changes_between is 'What an event wrote to an item, its stage apart; null for nothing.';

create function commit_event(commit jsonb) returns jsonb language plpgsql as $$
-- In READ COMMITTED each statement in here sees what was committed before it began. So what is read after a
-- lock was got is what the lock protects, which one single SQL statement could not promise.
declare
    of_type constant text := split_part(commit ->> 'item', ':', 1);
    of_id constant bigint := split_part(commit ->> 'item', ':', 2);
    proposed record;
    handled record;
    item items;
    changed items;
    item_exists boolean;
    current_revision int;
    pending boolean;
    moves boolean;
    author record;
    outcome jsonb;
begin
    select * into strict proposed from jsonb_to_record(commit) as (
        commit_id text, event_id text, kind text, verdict text, reason text,
        pipeline text, revision int, stage text, known_version bigint, item_version bigint,
        fields jsonb, replaces_responsible boolean, responsible bigint, executed_documents text[],
        responsibles jsonb, reads jsonb, known jsonb,
        to_stage text, trigger text, trigger_name text, authors jsonb,
        considered jsonb, data jsonb, occurred_at timestamptz, actor bigint, cause text, chain text[],
        suppressed boolean
    );
    moves := proposed.to_stage is not null;

    if proposed.pipeline is not null then
        -- Against a publish between the look at the current revision and our commit (R13).
        perform pg_advisory_xact_lock_shared(pipeline_lock_key(of_type, proposed.pipeline));
    end if;
    -- Against another commit for the same item, from here to our end.
    select * into item from items as i where i.item_type = of_type and i.item_id = of_id for no key update;
    item_exists := found;
    select p.revision into current_revision from pipelines as p
        where p.item_type = of_type and p.code = item.pipeline;

    select l.commit_id, l.outcome into handled from ledger as l
        where l.item_type = of_type and l.item_id = of_id and l.event_id = proposed.event_id;
    if found then
        return commit_answer_of_handled(proposed.commit_id, handled.commit_id, handled.outcome, item, current_revision);
    end if;

    if not item_exists and not (proposed.verdict = 'rejected' and proposed.revision is null) then
        return commit_answer('stale item', item, false, null, null);
    end if;

    -- A row that is past the version of the producer's save contains the change already. At that very version it
    -- does too, or this is the second event of a save of which the first has brought the row there: writing the
    -- change is right for both.
    pending := proposed.item_version is null or proposed.item_version >= item.version;
    changed := item;
    if item_exists then
        -- Which documents stand executed is known from events alone, never from a save (R17).
        changed.executed_documents := coalesce(proposed.executed_documents, item.executed_documents);
    end if;
    if item_exists and pending then
        changed.fields := item.fields || proposed.fields;
        if proposed.replaces_responsible then
            changed.responsible := proposed.responsible;
        end if;
    end if;

    if proposed.revision is not null then
        if item.pipeline is distinct from proposed.pipeline then
            return commit_answer('stale item', item, true, current_revision, null);
        end if;
        if current_revision is distinct from proposed.revision then
            return commit_answer('stale automation', item, true, current_revision, null);
        end if;
        -- The item moved on since: the decision stands if nothing that it rests on is different.
        if item.version is distinct from proposed.known_version and not (
            item.stage = proposed.stage
            and proposed.responsibles @> coalesce(to_jsonb(changed.responsible), 'null')
            and has_values(changed.fields, proposed.reads)
            and (proposed.item_version is not null or has_values(item.fields, proposed.known))
        ) then
            return commit_answer('stale item', item, true, current_revision, null);
        end if;
    end if;

    if moves then
        select (choice ->> 'user')::bigint as id, choice ->> 'note' as note into strict author
            from jsonb_array_elements(proposed.authors) with ordinality as choices (choice, place)
            left join users as u on u.id = (choice ->> 'user')::bigint
            where choice -> 'user' = 'null' or u.active
            order by place limit 1;
        changed.stage := proposed.to_stage;
        changed.arrival := item.arrival + 1;
    else
        select null::bigint as id, null::text as note into author;
    end if;
    if changed is distinct from item then
        changed.version := greatest(item.version + 1, proposed.item_version);
        changed.modified_at := now();
    end if;

    outcome := jsonb_build_object(
        'item', commit ->> 'item',
        'event_id', proposed.event_id,
        'verdict', proposed.verdict,
        'reason', proposed.reason,
        'revision', proposed.revision,
        'from_stage', case when moves then item.stage end,
        'to_stage', proposed.to_stage,
        'trigger', proposed.trigger,
        'trigger_name', proposed.trigger_name,
        'author', author.id,
        'author_note', author.note,
        'arrival', case when moves then changed.arrival end,
        'decided_at', now()
    );
    insert into ledger (
        item_type, item_id, event_id, commit_id, kind, verdict, reason, pipeline, stage, revision,
        considered, data, changes, occurred_at, actor, cause, chain, outcome
    ) values (
        of_type, of_id, proposed.event_id, proposed.commit_id, proposed.kind, proposed.verdict, proposed.reason,
        proposed.pipeline, proposed.stage, proposed.revision, proposed.considered, proposed.data,
        changes_between(item, changed, proposed.fields), proposed.occurred_at, proposed.actor, proposed.cause,
        proposed.chain, outcome
    ) on conflict (item_type, item_id, event_id) do nothing;
    if not found then
        -- While there was no item to lock, another commit of this event was faster.
        select l.commit_id, l.outcome into strict handled from ledger as l
            where l.item_type = of_type and l.item_id = of_id and l.event_id = proposed.event_id;
        return commit_answer_of_handled(proposed.commit_id, handled.commit_id, handled.outcome, item, current_revision);
    end if;

    if changed is distinct from item then
        update items as i set
            stage = changed.stage,
            responsible = changed.responsible,
            fields = changed.fields,
            executed_documents = changed.executed_documents,
            version = changed.version,
            arrival = changed.arrival,
            modified_at = changed.modified_at
        where i.item_type = of_type and i.item_id = of_id;
    end if;
    if moves then
        insert into stage_history (
            item_type, item_id, number, from_stage, to_stage, author, author_note, cause, cause_user,
            trigger, trigger_name, event_id, revision
        ) values (
            of_type, of_id, changed.arrival, item.stage, changed.stage, author.id, author.note, proposed.cause,
            proposed.actor, proposed.trigger, proposed.trigger_name, proposed.event_id, proposed.revision
        );
        if not proposed.suppressed then
            perform raise_events_of_move(changed, item.stage, proposed.chain);
        end if;
    end if;
    if moves or proposed.verdict = 'rejected' then
        insert into timeline (
            item_type, item_id, kind, author, author_note, cause, cause_user, from_stage, to_stage,
            trigger, trigger_name, event_id, revision, text
        ) values (
            of_type, of_id, case when moves then 'moved' else 'rejected' end, author.id, author.note,
            proposed.cause, proposed.actor, case when moves then item.stage end, proposed.to_stage,
            proposed.trigger, proposed.trigger_name, proposed.event_id, proposed.revision, proposed.reason
        );
    end if;
    return commit_answer(
        'committed',
        changed,
        item_exists and (item.version is distinct from proposed.known_version or not pending),
        current_revision,
        outcome
    );
end
$$;

comment on function commit_event is
    'Write one decided event (crm.commits.Commit), or say why it does not stand (storage.commits.StoredAnswer).';
