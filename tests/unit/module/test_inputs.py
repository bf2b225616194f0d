"""Which files a build sees: the patterns, and what they leave of a repository full of traps."""

from slipway.config import Dockerfile, Node, Postgres, PythonUv, parse
from slipway.images import inputs

CONFIG = parse(
    """
    [project]
    name = "shop"
    image = "r.io/{service}"
    [services.root]
    kind = "python-uv"
    path = "."
    port = 1
    [services.db]
    kind = "postgres"
    [services.web]
    kind = "node-npm"
    path = "web"
    port = 1
    """
)


def test_a_python_build_sees_its_package_and_those_it_depends_on() -> None:
    service = PythonUv(
        name="api", kind="python-uv", path="services/api", port=1, packages=("services/db",), include=("data/**",)
    )
    found = inputs.python_sources(service, ("api",))
    assert found.include == (
        "services/api/pyproject.toml",
        "services/api/uv.lock",
        "services/api/LICENSE*",
        "services/api/*.py",
        "services/api/src/**",
        "services/api/api/**",
        "services/api/data/**",
        "services/db/pyproject.toml",
        "services/db/LICENSE*",
        "services/db/src/**",
    )
    assert set(found.exclude) >= {"**/.env", "**/.env.*", "**/*.pem", "**/.git", "**/node_modules", "**/tests"}


def test_the_lock_of_a_python_project_needs_no_source() -> None:
    assert inputs.python_lock("services/api").include == ("services/api/pyproject.toml", "services/api/uv.lock")
    assert inputs.python_lock(".").include == ("pyproject.toml", "uv.lock")


def test_a_service_at_the_root_sees_its_own_patterns_there() -> None:
    service = PythonUv(name="root", kind="python-uv", path=".", port=1)
    assert inputs.python_sources(service, ("root",)).include == (
        "pyproject.toml",
        "uv.lock",
        "LICENSE*",
        "*.py",
        "src/**",
        "root/**",
    )


def test_the_lock_of_a_node_project_is_the_one_of_its_kind() -> None:
    assert "pnpm-lock.yaml" in inputs.node_lock("node-pnpm").include
    assert "package-lock.json" not in inputs.node_lock("node-pnpm").include
    assert "package-lock.json" in inputs.node_lock("node-npm").include


def test_no_readme_and_no_test_is_in_the_list_of_a_node_build() -> None:
    service = Node(name="web", kind="node-npm", path="web", port=1, include=("scripts/**",))
    found = inputs.node_sources(service)
    assert found.include[-1] == "scripts/**"
    assert not [pattern for pattern in found.include if pattern.startswith("**") or pattern == "*"]
    assert {"**/*.test.*", "**/__tests__"} <= set(found.exclude)


def test_a_database_build_sees_its_scripts_only() -> None:
    service = Postgres(name="db", kind="postgres", path="services/db")
    assert inputs.postgres_sources(service).include == ("init/**",)


def test_a_dockerfile_build_sees_its_folder_without_secrets() -> None:
    service = Dockerfile(name="proxy", kind="dockerfile", path="proxy")
    assert inputs.dockerfile_sources(service) == inputs.Inputs((), (*inputs.SECRETS, *inputs.LEFTOVERS))


def test_a_check_sees_the_folder_of_its_service_and_its_packages() -> None:
    service = CONFIG.services["web"]
    assert inputs.check_sources(CONFIG, service, ["lib"]).include == ("web/**", "lib/**")


def test_a_check_at_the_root_does_not_see_the_other_services() -> None:
    service = CONFIG.services["root"]
    found = inputs.check_sources(CONFIG, service, [])
    assert found.include == ()
    assert {"services/db", "web"} <= set(found.exclude)


def test_an_example_of_settings_is_no_secret() -> None:
    assert inputs.SECRETS[-1] == "!**/.env.example"
