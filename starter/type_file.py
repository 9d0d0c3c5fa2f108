"""An item type as a file: YAML that administrators keep under version control. Pure.

    code: permit
    title: Environmental permit
    fields:
      - code: channel
        type: enumeration
        title: Channel
        options: [Internet, Desk]

A field has the settings of `crm.fields.Field`; those that are as they would be anyway are left out.
"""

from __future__ import annotations

from crm.fields import Field
from crm.pipelines import ItemType
from starter.yaml_files import write_yaml
from starter.yaml_forms import read_form


class _TypeFile(ItemType):
    fields: tuple[Field, ...]
    """Required: a file that forgets them must not delete them."""


def read_type_file(text: str) -> ItemType:
    """The type that a file describes.

    Raises `YamlUnreadable`, and `Refused` with the place and the line of each problem.
    """
    content, _ = read_form(text, _TypeFile)
    return ItemType(code=content.code, title=content.title, fields=content.fields)


def write_type_file(item_type: ItemType) -> str:
    """The file that, saved as it is, would change nothing."""
    fields = [field.model_dump(mode="json", exclude_defaults=True) for field in item_type.fields]
    return write_yaml({"code": item_type.code, "title": item_type.title, "fields": fields})
