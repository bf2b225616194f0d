"""What an image is planned to be: labels, health checks, manifests, tables."""

import pytest

from slipway.config import Dockerfile, Node, Project, PythonUv
from slipway.errors import ConfigError, InputError
from slipway.images import bases, health
from slipway.images.labels import Commit, labels
from slipway.images.manifests import NodeManifest, PythonManifest, node_manifest, python_manifest
from slipway.table import size, table

PROJECT = Project(name="shop", image="ghcr.io/owner/{service}", source="https://example.com/shop", licenses="MIT")
API = PythonUv(name="api", kind="python-uv", path="services/api", port=8000, description="Statistics")
SHA = "0123456789abcdef0123456789abcdef01234567"


def test_labels_say_what_it_is_and_from_which_commit() -> None:
    assert labels(PROJECT, API, Commit(SHA, "2026-01-31T12:00:00Z")) == {
        "org.opencontainers.image.title": "api",
        "org.opencontainers.image.description": "Statistics",
        "org.opencontainers.image.source": "https://example.com/shop",
        "org.opencontainers.image.licenses": "MIT",
        "org.opencontainers.image.base.name": bases.PYTHON,
        "org.opencontainers.image.revision": SHA,
        "org.opencontainers.image.created": "2026-01-31T12:00:00Z",
    }


def test_labels_without_a_value_are_left_out() -> None:
    project = Project(name="shop", image="ghcr.io/owner/{service}")
    api = API.model_copy(update={"description": ""})
    assert labels(project, api, Commit()) == {
        "org.opencontainers.image.title": "api",
        "org.opencontainers.image.base.name": bases.PYTHON,
    }


def test_labels_say_all_that_is_configured() -> None:
    more = {
        "url": "https://shop.example",
        "documentation": "https://shop.example/docs",
        "vendor": "Shop",
        "authors": "Us",
    }
    made = labels(Project(name="shop", image="ghcr.io/owner/{service}", **more), API, Commit())
    assert {name: made[f"org.opencontainers.image.{name}"] for name in more} == more


def test_a_base_that_is_pinned_has_its_digest_as_a_label() -> None:
    pinned = API.model_copy(update={"base": "python:3.13@sha256:" + "a" * 64})
    made = labels(PROJECT, pinned, Commit())
    assert made["org.opencontainers.image.base.name"] == "python:3.13"
    assert made["org.opencontainers.image.base.digest"] == "sha256:" + "a" * 64


def test_what_a_dockerfile_stands_on_is_not_told() -> None:
    own = Dockerfile(name="own", kind="dockerfile", path="own")
    assert not any("base" in name for name in labels(PROJECT, own, Commit()))


def test_a_commit_with_changes_is_marked() -> None:
    assert labels(PROJECT, API, Commit(SHA, dirty=True))["org.opencontainers.image.revision"] == f"{SHA}-dirty"


SHA_MESSAGE = "--commit: should be a full commit sha of 40 lower-case hex digits"
TIME_MESSAGE = "--commit-time: should be RFC 3339 in UTC, as in 2026-01-31T12:00:00Z"


@pytest.mark.parametrize(
    ("sha", "time", "message"),
    [
        (SHA[:7], "", SHA_MESSAGE),
        (SHA.upper(), "", SHA_MESSAGE),
        (SHA + "\n", "", SHA_MESSAGE),
        ("", "2026-01-31", TIME_MESSAGE),
        ("", "2026-01-31T12:00:00+03:00", TIME_MESSAGE),
        ("", "2026-13-31T12:00:00Z", TIME_MESSAGE),
    ],
)
def test_a_commit_is_a_full_sha_and_a_time_in_utc(sha: str, time: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        Commit(sha, time)
    assert str(caught.value) == message


def test_python_probes_itself_without_a_proxy() -> None:
    assert health.python(API) == (
        "python",
        "-c",
        (
            "import urllib.request as r; "
            "r.build_opener(r.ProxyHandler({})).open('http://127.0.0.1:8000/healthz', timeout=2).close()"
        ),
    )


def test_a_health_port_goes_before_the_port() -> None:
    bot = API.model_copy(update={"health_port": 8081, "health": "/live"})
    command = health.python(bot)
    assert command is not None
    assert "'http://127.0.0.1:8081/live'" in command[2]


def test_node_probes_itself() -> None:
    web = Node(name="web", kind="node-pnpm", path="services/web", port=3000)
    assert health.node(web) == (
        "node",
        "-e",
        (
            "fetch('http://127.0.0.1:3000/healthz', {signal: AbortSignal.timeout(2000)})"
            ".then(r => process.exit(r.ok ? 0 : 1), () => process.exit(1))"
        ),
    )


def test_a_health_of_none_is_no_check() -> None:
    assert health.python(API.model_copy(update={"health": "none"})) is None


PYPROJECT = """
[project]
name = "My.api"
readme = {readme}
[dependency-groups]
dev = ["pytest>=9", "Ruff", {{ include-group = "types" }}]
types = ["mypy[faster-cache]>=2"]
{rest}
"""


@pytest.mark.parametrize(
    ("readme", "rest", "expected"),
    [
        ('"README.md"', '[build-system]\nrequires = ["uv_build"]', ("README.md", True, False)),
        ('{ file = "docs/a.md" }', "[tool.uv]\npackage = true", ("docs/a.md", True, False)),
        ('{ text = "x" }', '[build-system]\n[tool.uv]\npackage = false\n[tool.mypy]\nfiles = ["a"]', ("", False, True)),
    ],
)
def test_a_pyproject_tells_how_to_build_and_check(readme: str, rest: str, expected: tuple[str, bool, bool]) -> None:
    manifest = python_manifest("pyproject.toml", PYPROJECT.format(readme=readme, rest=rest))
    assert manifest == PythonManifest(
        "My.api", expected[0], expected[1], frozenset({"pytest", "ruff", "mypy"}), expected[2]
    )
    assert manifest.module == "my_api"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "[project",
            "a/pyproject.toml: is not TOML: Expected ']' at the end of a table declaration (at end of document)",
        ),
        ("[tool.x]", "a/pyproject.toml: project/name: is required"),
    ],
)
def test_a_pyproject_that_cannot_be_used_is_named(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        python_manifest("a/pyproject.toml", text)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("text", "manager", "expected"),
    [
        (
            '{"packageManager": "pnpm@10.34.8", "scripts": {"build": "x"}}',
            "pnpm",
            NodeManifest("10.34.8", {"build": "x"}),
        ),
        ('{"packageManager": "pnpm@10.34.8+sha512.abc"}', "pnpm", NodeManifest("10.34.8", {})),
        ("{}", "npm", NodeManifest("", {})),
    ],
)
def test_a_package_json_tells_scripts_and_manager(text: str, manager: str, expected: NodeManifest) -> None:
    assert node_manifest("package.json", text, manager) == expected


@pytest.mark.parametrize(
    ("text", "manager", "message"),
    [
        ("{", "npm", "is not JSON: Expecting property name enclosed in double quotes: line 1 column 2 (char 1)"),
        ("{}", "pnpm", 'packageManager: should be exact, as in "pnpm@10.34.8"'),
        ('{"packageManager": "pnpm@10"}', "pnpm", 'packageManager: should be exact, as in "pnpm@10.34.8"'),
        ('{"packageManager": "pnpm@10.34.8"}', "npm", "packageManager: should be npm, or the kind node-pnpm"),
    ],
)
def test_a_package_json_that_cannot_be_used_is_named(text: str, manager: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        node_manifest("web/package.json", text, manager)
    assert str(caught.value) == f"web/package.json: {message}"


def test_a_table_is_as_wide_as_its_widest_cells() -> None:
    rows = [("api", "9.0 MB", "-"), ("dashboard", "10.5 MB", "")]
    assert table(("NAME", "SIZE", "NOTE"), rows, numbers=("SIZE",)) == (
        "NAME          SIZE  NOTE\n"
        "api         9.0 MB  -\n"
        "dashboard  10.5 MB\n"
    )  # fmt: skip


@pytest.mark.parametrize(("octets", "text"), [(0, "0.0 MB"), (48_250_000, "48.2 MB"), (1_234_567_890, "1234.6 MB")])
def test_a_size_is_in_megabytes(octets: int, text: str) -> None:
    assert size(octets) == text
