"""The connection to Temporal, and what must stand in its namespace before items can run."""

from __future__ import annotations

from temporalio.api.enums.v1 import IndexedValueType
from temporalio.api.operatorservice.v1 import AddSearchAttributesRequest, ListSearchAttributesRequest
from temporalio.api.workflowservice.v1 import DescribeNamespaceRequest
from temporalio.client import Client
from temporalio.envconfig import ClientConfig
from temporalio.service import RPCError, RPCStatusCode

from crm import contract
from crm.errors import CrmError
from workflows.runtime import DATA_CONVERTER

SEARCH_ATTRIBUTES = {
    contract.SEARCH_ITEM_TYPE: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    contract.SEARCH_PIPELINE: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    contract.SEARCH_STAGE: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    contract.SEARCH_STAGE_SEMANTICS: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    contract.SEARCH_RESPONSIBLE: IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD,
    contract.SEARCH_LAST_MOVE_AT: IndexedValueType.INDEXED_VALUE_TYPE_DATETIME,
}


class TemporalUnreachable(CrmError):
    """No Temporal server answers where the settings say."""


async def connect(address: str | None = None) -> Client:
    """A client by Temporal's own profile and variables; `address` overrides theirs.

    Raises `TemporalUnreachable`, which names the address and what to do.
    """
    config = ClientConfig.load_client_connect_config()
    if address is not None:
        config["target_host"] = address
    config.setdefault("target_host", "localhost:7233")
    try:
        client = await Client.connect(**config, data_converter=DATA_CONVERTER)
        await client.workflow_service.describe_namespace(DescribeNamespaceRequest(namespace=client.namespace))
        return client
    except RPCError as error:
        if error.status is RPCStatusCode.NOT_FOUND:
            raise TemporalUnreachable(
                f"Temporal at {config['target_host']} has no namespace {client.namespace!r}: "
                "set TEMPORAL_NAMESPACE to one that it has"
            ) from error
        raise TemporalUnreachable(f"Temporal at {config['target_host']} refuses: {error.message}") from error
    except RuntimeError as error:
        raise TemporalUnreachable(
            f"no Temporal server answers at {config['target_host']}: start the local stack with "
            "`crm-triggers run`, or set TEMPORAL_ADDRESS"
        ) from error


async def ensure_search_attributes(client: Client) -> list[str]:
    """Register what is missing of the contract's search attributes; returns those that were."""
    listed = await client.operator_service.list_search_attributes(
        ListSearchAttributesRequest(namespace=client.namespace)
    )
    missing = {name: kind for name, kind in SEARCH_ATTRIBUTES.items() if name not in listed.custom_attributes}
    if missing:
        try:
            await client.operator_service.add_search_attributes(
                AddSearchAttributesRequest(namespace=client.namespace, search_attributes=missing)
            )
        except RPCError as error:
            if error.status is not RPCStatusCode.ALREADY_EXISTS:
                raise
    return list(missing)
