"""The kinds about calls and forms: which events fire which settings."""

from __future__ import annotations

import pytest

from crm.values import Json
from tests.support.matching import fires

CALLS = ["call_received", "call_made", "call_missed"]
FORMS = ["callback_requested", "form_submitted"]


@pytest.mark.parametrize("kind", CALLS)
@pytest.mark.parametrize(
    ("settings", "data", "matches"),
    [
        pytest.param({}, {"line": "berlin"}, True, id="any line"),
        pytest.param({}, {}, True, id="any, and none known"),
        pytest.param({"line": None}, {"line": "berlin"}, True, id="null is any"),
        pytest.param({"line": ""}, {"line": "berlin"}, True, id="empty is any"),
        pytest.param({"line": "berlin"}, {"line": "berlin"}, True, id="the line"),
        pytest.param({"line": "berlin"}, {"line": "Berlin"}, False, id="codes compare exactly"),
        pytest.param({"line": "berlin"}, {"line": "berlin-2"}, False, id="another line"),
        pytest.param({"line": "berlin"}, {"from_number": "+4930123"}, False, id="no line known"),
        pytest.param({"line": "berlin"}, {"line": ""}, False, id="an empty line"),
    ],
)
def test_a_call_fires_by_its_line(kind: str, settings: Json, data: Json, matches: bool) -> None:
    assert fires(kind, settings, data) is matches


@pytest.mark.parametrize("kind", FORMS)
@pytest.mark.parametrize(
    ("settings", "form", "matches"),
    [
        pytest.param({}, "contact-us", True, id="any form"),
        pytest.param({"form": None}, "contact-us", True, id="null is any"),
        pytest.param({"form": ""}, "contact-us", True, id="empty is any"),
        pytest.param({"form": "contact-us"}, "contact-us", True, id="the form"),
        pytest.param({"form": "contact-us"}, "contact", False, id="another form"),
    ],
)
def test_a_form_fires_by_which_it_is(kind: str, settings: Json, form: str, matches: bool) -> None:
    assert fires(kind, settings, {"form": form}) is matches
