"""The example data of the local stack: users, clients, item types, pipelines with their triggers, items.

Read from `starter/examples/*.yaml`; the domain's own models check it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from crm.automations import Automation, Trigger
from crm.clients import ClientRef
from crm.errors import Problem, Refused, place_of
from crm.items import ItemRef
from crm.pipelines import ItemType, Pipeline, Slug, Stage
from crm.values import Json
from starter.yaml_files import read_yaml
from storage.automations import Automations
from storage.clients import Clients, NewClient
from storage.database import Database
from storage.items import Items, NewItem
from storage.portal import Portal, User

DIRECTORY = Path(__file__).parent / "examples"
USERS_FILE, CLIENTS_FILE = "users.yaml", "clients.yaml"
COMMENT = "the examples"

Content = TypeVar("Content", bound=BaseModel)


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ExampleUser(_Part):
    id: int
    name: str
    active: bool = True


class ExampleUsers(_Part):
    users: tuple[ExampleUser, ...]


class ExampleClient(_Part):
    client: str
    name: str
    phones: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    companies: tuple[str, ...] = ()


class ExampleClients(_Part):
    clients: tuple[ExampleClient, ...]


class ExamplePipeline(_Part):
    code: Slug
    title: str
    stages: tuple[Stage, ...]
    triggers: tuple[Trigger, ...]


class ExampleItem(_Part):
    id: int
    title: str
    stage: Slug
    responsible: int | None = None
    fields: dict[str, Json] = {}
    clients: tuple[str, ...] = ()
    links: tuple[str, ...] = ()


class ExampleType(_Part):
    item_type: ItemType
    pipelines: tuple[ExamplePipeline, ...]
    items: tuple[ExampleItem, ...]


@dataclass(frozen=True, slots=True)
class Examples:
    """All that the files say, ready to be written."""

    users: tuple[User, ...]
    clients: tuple[NewClient, ...]
    item_types: tuple[ItemType, ...]
    automations: tuple[Automation, ...]
    items: tuple[NewItem, ...]


def read_examples(directory: Path = DIRECTORY) -> Examples:
    """Read the files; raises `Refused` with the place and the line of what is wrong in one."""
    files = sorted(path for path in directory.glob("*.yaml") if path.name not in (USERS_FILE, CLIENTS_FILE))
    types = [_read(path, ExampleType) for path in files]
    users = _read(directory / USERS_FILE, ExampleUsers).users
    clients = _read(directory / CLIENTS_FILE, ExampleClients).clients
    return Examples(
        tuple(User(one.id, one.name, one.active) for one in users),
        tuple(_client(one) for one in clients),
        tuple(one.item_type for one in types),
        tuple(_automation(one.item_type, pipeline) for one in types for pipeline in one.pipelines),
        tuple(_item(one, item) for one in types for item in one.items),
    )


async def write_examples(database: Database) -> bool:
    """Write the examples where they are not there yet; whether they were written.

    The items come last, all in one transaction: where one is there, all is, and what has
    become of it since is left alone. A start that was killed halfway can be started again.
    """
    examples = read_examples()
    items, portal, automations = Items(database), Portal(database), Automations(database)
    last = examples.items[-1]
    assert last.item_id is not None
    if await items.exists(ItemRef(last.item_type, last.item_id)):
        return False
    await portal.define_users(examples.users)
    clients = Clients(database)
    for client in examples.clients:
        await clients.define(client)
    for item_type in examples.item_types:
        await portal.define_item_type(item_type)
    for automation in examples.automations:
        current = await portal.define_pipeline(automation.pipeline)
        if current.triggers != automation.triggers:
            await automations.publish(automation, current.revision, None, COMMENT)
    await items.create_many(examples.items)
    return True


def _read(path: Path, model: type[Content]) -> Content:
    document = read_yaml(path.read_text(encoding="utf-8"))
    try:
        return model.model_validate(document.content)
    except ValidationError as error:
        located = document.located(
            Problem(place_of(detail["loc"]), detail["msg"]) for detail in error.errors(include_url=False)
        )
        raise Refused(
            Problem(f"{path.name}, {one.place}", one.message) for one in located.problems
        ) from error


def _automation(item_type: ItemType, given: ExamplePipeline) -> Automation:
    pipeline = Pipeline(item_type=item_type.code, code=given.code, title=given.title, stages=given.stages)
    return Automation(pipeline=pipeline, fields=item_type.fields, triggers=given.triggers)


def _client(example: ExampleClient) -> NewClient:
    ref = ClientRef.parse(example.client)
    return NewClient(
        kind=ref.kind,
        number=ref.number,
        name=example.name,
        phones=example.phones,
        emails=example.emails,
        companies=example.companies,
    )


def _item(example: ExampleType, item: ExampleItem) -> NewItem:
    return NewItem(
        item_type=example.item_type.code,
        item_id=item.id,
        title=item.title,
        stage=item.stage,
        responsible=item.responsible,
        fields=item.fields,
        source="examples",
        clients=tuple(ClientRef.parse(one) for one in item.clients),
        links=tuple(ItemRef.parse(one) for one in item.links),
    )
