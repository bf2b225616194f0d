"""What slipway.toml may say, and what is answered when it says something else: whole messages."""

import pytest

from slipway.config import Dockerfile, Node, Postgres, PythonUv, parse
from slipway.errors import ConfigError, InputError

PROJECT = """
[project]
name = "shop"
image = "ghcr.io/owner/{project}-{service}"
"""

API_KEYS = (
    "as-service, base, command, description, entrypoint, env, health, health-port, include, kind, packages, path, "
    "platform, port, test, user"
)


def test_only_what_differs_from_the_kind_is_written() -> None:
    config = parse(
        PROJECT
        + """
        [services.api]
        kind = "python-uv"
        port = 8000
        [services.web]
        kind = "node-npm"
        path = "."
        health = "none"
        output = "app"
        [services.db]
        kind = "postgres"
        [services.proxy]
        kind = "dockerfile"
        build-args = { VERSION = "2" }
        """
    )
    assert list(config.services.values()) == [
        PythonUv(name="api", kind="python-uv", path="services/api", port=8000),
        Node(name="web", kind="node-npm", path=".", health="none", output="app"),
        Postgres(name="db", kind="postgres", path="services/db", port=5432, user="999:999"),
        Dockerfile.model_validate(
            {
                "name": "proxy",
                "kind": "dockerfile",
                "path": "services/proxy",
                "dockerfile": "Dockerfile",
                "user": None,
                "build-args": {"VERSION": "2"},
            }
        ),
    ]
    assert config.project.reference("api") == "ghcr.io/owner/shop-api"


def test_a_configuration_cannot_be_changed() -> None:
    config = parse(PROJECT + '[services.db]\nkind = "postgres"')
    with pytest.raises(ValueError, match="frozen"):
        config.services["db"].port = 1


ONE_SERVICE = {
    "a misspelt key": (
        'kind = "python-uv"\nprot = 8000\nhealth = "none"',
        f'services/api/prot: unknown key; did you mean "port"? Known keys: {API_KEYS}',
    ),
    "a key like no other": (
        'kind = "python-uv"\nxyzzy = 8000\nhealth = "none"',
        f"services/api/xyzzy: unknown key. Known keys: {API_KEYS}",
    ),
    "the name again": (
        'kind = "python-uv"\nname = "api"\nhealth = "none"',
        f"services/api/name: unknown key. Known keys: {API_KEYS}",
    ),
    "a misspelt key deeper down": (
        'kind = "postgres"\ntest.wiht = ["db"]',
        'services/api/test/wiht: unknown key; did you mean "with"? Known keys: env, packages, with',
    ),
    "a misspelt kind": (
        'kind = "pyton-uv"',
        (
            'services/api/kind: unknown kind; did you mean "python-uv"? '
            "Kinds: dockerfile, node-npm, node-pnpm, postgres, python-uv"
        ),
    ),
    "no kind": (
        "port = 8000",
        "services/api/kind: is required. Kinds: dockerfile, node-npm, node-pnpm, postgres, python-uv",
    ),
    "a port as text": ('kind = "postgres"\nport = "80"', "services/api/port: should be a whole number, without quotes"),
    "a port that does not exist": (
        'kind = "postgres"\nport = 70000',
        "services/api/port: should be between 1 and 65535",
    ),
    "a platform that is none": (
        'kind = "postgres"\nplatform = "amd64"',
        'services/api/platform: should be a platform, as in "linux/amd64" or "linux/arm64"',
    ),
    "a path out of the repository": (
        'kind = "postgres"\npath = "../db"',
        'services/api/path: should be a path inside the repository, without a leading "/" and without ".."',
    ),
    "an absolute path": (
        'kind = "postgres"\npath = "/etc"',
        'services/api/path: should be a path inside the repository, without a leading "/" and without ".."',
    ),
    "a pattern for a path": ('kind = "postgres"\npath = "*"', "services/api/path: should be one path, not a pattern"),
    "a package out of the repository": (
        'kind = "python-uv"\nhealth = "none"\npackages = ["services/db", "../x"]',
        'services/api/packages/1: should be a path inside the repository, without a leading "/" and without ".."',
    ),
    "an exception as include": (
        'kind = "postgres"\ninclude = ["!**/.env"]',
        'services/api/include/0: should be a pattern to add; exceptions with "!" are not taken',
    ),
    "a command line": (
        'kind = "python-uv"\nhealth = "none"\nentrypoint = "python -m api"',
        'services/api/entrypoint: should be a list of words, as in ["python", "-m", "app"], for there is no shell',
    ),
    "root": (
        'kind = "postgres"\nuser = "0"',
        'services/api/user: should be a numeric user other than root, as in "1000:1000"',
    ),
    "a health address": (
        'kind = "python-uv"\nport = 80\nhealth = "http://x"',
        'services/api/health: should be a path, as in "/healthz", or "none"',
    ),
    "a health check without a port": (
        'kind = "python-uv"',
        'services/api: a health check needs a port: set port, health-port or health = "none"',
    ),
    "an unknown output": (
        'kind = "node-pnpm"\nport = 80\noutput = "x"',
        "services/api/output: should be 'standalone' or 'app'",
    ),
    "a number as a variable": (
        'kind = "postgres"\nenv = { LEVEL = 1 }',
        "services/api/env/LEVEL: should be a string, in quotes",
    ),
    "a variable with a bad name": (
        'kind = "postgres"\nenv = { "A B" = "x" }',
        "services/api/env: should have names of letters, digits and underscores",
    ),
    "an unknown neighbour": (
        'kind = "postgres"\ntest.with = ["apj"]',
        'services/api/test/with/0: unknown service; did you mean "api"? Services: api',
    ),
    "a neighbour without a port": (
        'kind = "dockerfile"\ntest.with = ["api"]',
        "services/api/test/with/0: api has no port, so nothing can be bound to it",
    ),
}


@pytest.mark.parametrize(("service", "message"), ONE_SERVICE.values(), ids=ONE_SERVICE)
def test_a_fault_in_a_service_is_named(service: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(f"{PROJECT}[services.api]\n{service}")
    assert str(caught.value) == f"slipway.toml: {message}"


SERVICE = '[services.db]\nkind = "postgres"'
WHOLE_FILE = {
    "not TOML": ("[project\n", "is not TOML: Expected ']' at the end of a table declaration (at line 1, column 9)"),
    "no project": (SERVICE, "project: is required"),
    "no services": (PROJECT, "services: should have at least one table, as in [services.api]"),
    "a release that is a service": (
        f'{PROJECT}{SERVICE}\n[publish]\nrelease = "db"',
        "publish/release: db is a service; take another name",
    ),
    "a gate that is no check": (
        f'{PROJECT}{SERVICE}\n[publish]\ngate = ["lnt"]',
        "publish/gate/0: should be 'lint', 'format', 'types', 'test', 'locks' or 'audit'",
    ),
    "a source with a password": (
        f'[project]\nname = "x"\nimage = "x.io/{{service}}"\nsource = "https://me:pw@x.io/y"\n{SERVICE}',
        'project/source: should be a page\'s address without credentials, as in "https://github.com/you/shop"',
    ),
    "a misspelt section": (
        f"{PROJECT}{SERVICE}\n[service.x]",
        'service: unknown key; did you mean "services"? Known keys: project, services, tags, publish',
    ),
    "a service that is no table": (f"{PROJECT}[services]\napi = 1", "services/api: should be a table"),
    "a service in capitals": (
        f'{PROJECT}[services.API]\nkind = "postgres"',
        "services/API: should be named in lower case, as in my-service",
    ),
    "a project in capitals": (
        f'[project]\nname = "Shop"\nimage = "r.io/{{service}}"\n{SERVICE}',
        'project/name: should be lower-case words, as in "my-project"',
    ),
    "one image for all": (
        f'[project]\nname = "shop"\nimage = "r.io/shop"\n{SERVICE}',
        'project/image: should hold "{service}", and otherwise only "{project}"',
    ),
    "an unknown placeholder": (
        f'[project]\nname = "shop"\nimage = "r.io/{{owner}}/{{service}}"\n{SERVICE}',
        'project/image: should hold "{service}", and otherwise only "{project}"',
    ),
    "an image in capitals": (
        f'[project]\nname = "shop"\nimage = "r.io/OWNER/{{service}}"\n{SERVICE}',
        'project/image: should be in lower case, as in "ghcr.io/owner/{project}-{service}"',
    ),
}


@pytest.mark.parametrize(("text", "message"), WHOLE_FILE.values(), ids=WHOLE_FILE)
def test_a_fault_in_the_file_is_named(text: str, message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(text)
    assert str(caught.value) == f"slipway.toml: {message}"


def test_all_faults_are_told_at_once_and_no_value_is_repeated() -> None:
    with pytest.raises(ConfigError) as caught:
        parse(
            """
            [project]
            name = "s3cr3t!"
            [services.a]
            kind = "s3cr3t!"
            [services.b]
            kind = "postgres"
            port = "s3cr3t!"
            user = "s3cr3t!"
            env = { PASSWORD = ["s3cr3t!"] }
            test.with = ["a"]
            """
        )
    assert "s3cr3t" not in str(caught.value)
    assert caught.value.problems == (
        'slipway.toml: project/name: should be lower-case words, as in "my-project"',
        "slipway.toml: project/image: is required",
        "slipway.toml: services/a/kind: unknown kind. Kinds: dockerfile, node-npm, node-pnpm, postgres, python-uv",
        "slipway.toml: services/b/port: should be a whole number, without quotes",
        "slipway.toml: services/b/env/PASSWORD: should be a string, in quotes",
        'slipway.toml: services/b/user: should be a numeric user other than root, as in "1000:1000"',
    )


TWO = PROJECT + '[services.db]\nkind = "postgres"\n[services.api]\nkind = "postgres"'


def test_services_are_selected_in_the_order_of_the_file() -> None:
    config = parse(TWO)
    assert [service.name for service in config.select(None)] == ["db", "api"]
    assert [service.name for service in config.select(["api", "db", "api"])] == ["db", "api"]


def test_an_unknown_service_is_answered_with_those_there_are() -> None:
    with pytest.raises(InputError) as caught:
        parse(TWO).select(["nosuch", "api"])
    assert str(caught.value) == "unknown service: nosuch; slipway.toml has: api, db"
