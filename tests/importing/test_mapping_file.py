"""A mapping file that is wrong is refused with the line and the place of every problem."""

from __future__ import annotations

from pathlib import Path

import pytest

from crm.automations import TriggerState
from starter.importing.errors import MappingRefused
from starter.importing.mapping_file import parse_mapping, read_mapping
from tests.importing.desk import MAPPING, desk


def refusal_of(old: str, new: str) -> str:
    """What is said of the small mapping with one piece of it replaced."""
    assert MAPPING.count(old) == 1
    with pytest.raises(MappingRefused) as refused:
        parse_mapping(MAPPING.replace(old, new), "desk.yaml")
    return str(refused.value)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        pytest.param(
            "log: desk", "log: Desk!", "desk.yaml:1: log: String should match pattern", id="name of the log"
        ),
        pytest.param(
            "log: desk",
            "log: desk\nlogs: 2",
            "desk.yaml:2: logs: Extra inputs are not permitted",
            id="unknown",
        ),
        pytest.param(
            "columns: {case: case, row: row, time: at, task: task, person: who}",
            "columns: {case: case, row: row, time: at, task: task}",
            "desk.yaml:2: columns.person: Field required",
            id="missing column",
        ),
        pytest.param(
            "inactive: [Old]",
            "inactive: [Odl]",
            "desk.yaml:5: users.inactive[0]: 'Odl' is in neither `number` nor `others`",
            id="unknown person",
        ),
        pytest.param(
            "code: amount, type: integer",
            "code: amount, type: whole",
            "desk.yaml:11: item_type.fields[1].type: Input should be 'string'",
            id="field type",
        ),
        pytest.param(
            "- {code: new}",
            "- {code: new, semantics: lost}",
            "desk.yaml:15: pipeline.stages: pipeline 'desk' must begin with a stage in progress",
            id="stages",
        ),
        pytest.param(
            "stage: checking",
            "stage: chekking",
            "desk.yaml:22: triggers[0].stage: pipeline request:desk has no stage 'chekking'",
            id="stage of a trigger",
        ),
        pytest.param(
            "{field: state, becomes: checked}",
            "{field: stat, becomes: checked}",
            "desk.yaml:24: triggers[0].settings.fields[0].field: unknown field 'stat'; did you mean 'state'?",
            id="watched field",
        ),
        pytest.param(
            'operator: ">", value: 50',
            'operator: contains, value: "5"',
            "desk.yaml:33: triggers[2].condition[0].operator: contains is not for the integer field amount",
            id="operator",
        ),
        pytest.param(
            "number: case-([0-9]+)",
            "number: case-[0-9]+",
            "desk.yaml:35: items.number: a regular expression with one group, the number; this one has 0",
            id="number without a group",
        ),
        pytest.param(
            "number: case-([0-9]+)",
            "number: case-(",
            "desk.yaml:35: items.number: no regular expression: missing ), unterminated subpattern",
            id="no regular expression",
        ),
        pytest.param(
            'fields: {amount: "{amount}"}',
            "fields: {amount: much}",
            "desk.yaml:38: items.fields.amount: 'much' is no number",
            id="constant of the wrong type",
        ),
        pytest.param(
            "check: {fields: {state: checked}}",
            "check: {fields: {stage: checked}}",
            "desk.yaml:41: tasks.check.fields.stage: 'stage' is no field: it has an event of its own",
            id="a stage is no field",
        ),
        pytest.param(
            "document: {step: executed, template: letter}",
            "document: {step: burnt, template: letter}",
            "desk.yaml:45: tasks.send.document.step: Input should be 'created', 'viewed'",
            id="document step",
        ),
        pytest.param(
            "log: desk", "log: [", "desk.yaml: no YAML: line 3, column 1: expected ',' or ']'", id="no YAML"
        ),
        pytest.param(
            "  receive: {}\n",
            "  receive: {}\n  receive: {}\n",
            "desk.yaml: no YAML: line 41: the key 'receive' is there twice",
            id="a task twice",
        ),
    ],
)
def test_a_wrong_mapping_is_refused_with_the_line(old: str, new: str, expected: str) -> None:
    assert refusal_of(old, new).startswith(expected)


def test_all_problems_are_named_at_once() -> None:
    text = MAPPING.replace("stage: checking", "stage: chekking").replace("state: sent", "state: gone")
    with pytest.raises(MappingRefused) as refused:
        parse_mapping(text, "desk.yaml")
    assert [line.split(" ")[:2] for line in str(refused.value).splitlines()] == [
        ["desk.yaml:22:", "triggers[0].stage:"],
        ["desk.yaml:44:", "tasks.send.fields.state:"],
    ]


def test_a_mapping_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MappingRefused, match=r"none\.yaml: the mapping can't be read: No such file"):
        read_mapping(tmp_path / "none.yaml")


def test_triggers_are_enabled_unless_they_say_otherwise() -> None:
    text = MAPPING.replace("    stage: done\n", "    stage: done\n    state: draft\n")
    triggers = parse_mapping(text, "desk.yaml").mapping.triggers
    assert [one.state for one in triggers] == [
        TriggerState.ENABLED,
        TriggerState.ENABLED,
        TriggerState.DRAFT,
    ]


def test_every_column_that_the_mapping_reads_is_known() -> None:
    assert desk().mapping.columns_read() == (
        "case",
        "row",
        "at",
        "task",
        "who",
        "owner",
        "amount",
        "urgent",
    )
