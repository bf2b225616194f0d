"""The toolbox, and the workflows as data."""

from __future__ import annotations

from typing import Any

import pytest
from tests.support.commands import REPOSITORY
from tests.support.toolbox import Toolbox, toolbox

FILES = ("ci", "deploy", "publish")


@pytest.fixture(scope="session")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Toolbox:
    """The tools of the repository's checks."""
    return toolbox(tmp_path_factory.mktemp("toolbox"))


@pytest.fixture(scope="session")
def workflows(tools: Toolbox) -> dict[str, Any]:
    """Every workflow by the name of its file."""
    return {name: tools.yaml(REPOSITORY / f".github/workflows/{name}.yml") for name in FILES}
