"""The committed OpenAPI document is what the service does: compared, and tried out."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, settings
from migrate.runner import Migrator
from migrate.testing import as_role
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    ignored_auth,
    negative_data_rejection,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from api.__main__ import main
from conftest import TEXT_TOKEN, TOKEN, bearer, running

DOCUMENT = Path(__file__).parents[1] / "openapi.json"
# A parameter that no route knows is ignored, as everywhere in HTTP: there is nothing to refuse.
CONFIG = schemathesis.Config.from_dict({"generation": {"allow-extra-parameters": False}})
SCHEMA = schemathesis.openapi.from_path(DOCUMENT, config=CONFIG)
CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    negative_data_rejection,
    unsupported_method,
    ignored_auth,
]


def test_the_committed_document_is_that_of_the_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["openapi"]) == 0
    assert capsys.readouterr().out == DOCUMENT.read_text(encoding="utf-8"), (
        "openapi.json: should be what `uv run python -m api openapi > openapi.json` writes"
    )


@pytest.fixture(scope="module")
def base(database: str) -> Iterator[str]:
    """The service as a process, with the stats role, on a month of made-up traffic."""
    Migrator(database).seed()
    variables = {"API_TOKEN": TOKEN, "API_TEXT_TOKEN": TEXT_TOKEN, "LOG_LEVEL": "ERROR"}
    with running(as_role(database, "stats"), variables) as (address, _):
        yield address
    with psycopg.connect(database, autocommit=True) as owner:
        owner.execute("TRUNCATE users, dialogs, messages RESTART IDENTITY")


@SCHEMA.parametrize()
@settings(
    max_examples=40,
    deadline=None,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
def test_whatever_is_asked_is_answered_as_the_document_says(
    case: schemathesis.Case[Any], base: str
) -> None:
    case.call_and_validate(base, headers=bearer(TEXT_TOKEN), checks=CHECKS)
