"""A small mapping and logs for it, for the tests of the import."""

from __future__ import annotations

from collections.abc import Iterable

from starter.importing.mapping_file import MappingFile, parse_mapping
from starter.importing.plan import Plan, make_plan
from starter.importing.rows import Log, parse_log

ANN, OLD, BOB = 5, 6, 7

MAPPING = """\
log: desk
columns: {case: case, row: row, time: at, task: task, person: who}
users:
  others: {Ann: 5, Old: 6, Bob: 7}
  inactive: [Old]
item_type:
  code: request
  title: Request
  fields:
    - {code: state, type: enumeration, options: [checked, sent]}
    - {code: amount, type: integer}
    - {code: urgent, type: boolean}
pipeline:
  code: desk
  stages:
    - {code: new}
    - {code: checking}
    - {code: deciding}
    - {code: done, semantics: won}
triggers:
  - id: checked
    stage: checking
    kind: field_changed
    settings: {fields: [{field: state, becomes: checked}]}
  - id: handed-to-bob
    stage: deciding
    kind: responsible_changed
    settings: {new_responsible: [7]}
  - id: letter-sent
    stage: done
    kind: document_executed
    settings: {template: letter}
    condition: [{field: amount, operator: ">", value: 50}]
items:
  number: case-([0-9]+)
  title: Request {case}
  responsible: owner
  fields: {amount: "{amount}"}
tasks:
  receive: {}
  check: {fields: {state: checked}}
  rush: {fields: {urgent: "{urgent}"}}
  send:
    fields: {state: sent}
    document: {step: executed, template: letter}
"""

HEADER = "case,row,at,task,who,owner,amount,urgent"


def desk() -> MappingFile:
    return parse_mapping(MAPPING, "desk.yaml")


def log_of(*lines: str) -> Log:
    """The log of these rows; the first stands on line 2."""
    return parse_log("\n".join([HEADER, *lines]), desk().mapping, "desk.csv")


def plan_of(*lines: str, suppress: bool = False) -> Plan:
    log = log_of(*lines)
    assert log.rejected == ()
    return make_plan(desk(), log, suppress=suppress)


def two_cases(first: int = 1, second: int = 2) -> list[str]:
    """Two requests: one of 100 that Bob decides and sends, one of 10 that an inactive user sends twice."""
    return [
        f"case-{first},r1,2026-01-05T09:00:00+01:00,receive,Ann,Ann,100,",
        f"case-{second},r1,2026-01-05T09:10:00+01:00,receive,Ann,Ann,10,",
        f"case-{first},r2,2026-01-05T09:20:00+01:00,check,Bob,Ann,100,",
        f"case-{second},r2,2026-01-05T09:30:00+01:00,check,Old,Ann,10,",
        f"case-{first},r3,2026-01-05T09:40:00+01:00,send,Bob,Ann,100,",
        f"case-{second},r3,2026-01-05T09:50:00+01:00,send,Old,Ann,10,",
        f"case-{second},r4,2026-01-05T10:00:00+01:00,send,Old,Ann,10,",
    ]


def csv_of(lines: Iterable[str]) -> str:
    return "\n".join([HEADER, *lines]) + "\n"
