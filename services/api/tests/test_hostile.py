"""What nobody asks in earnest: SQL, odd characters and huge numbers, wherever a client writes."""

import ast
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import httpx
import psycopg
import pytest
from migrate.runner import Migrator
from migrate.testing import as_role

import api
from api.app import create_app
from api.settings import Settings
from conftest import TEXT_TOKEN, make_settings, serve

PARAMETERS = {
    "/api/v1/stats": ("period", "tz"),
    "/api/v1/activity": ("period", "tz", "bucket"),
    "/api/v1/users/top": ("period", "tz", "limit"),
    "/api/v1/dialogs": ("limit", "after", "state", "user"),
    "/api/v1/dialogs/1": ("limit", "after"),
    "/api/v1/llm": ("period", "tz"),
}
HOSTILE = [
    "'; DROP TABLE messages; --",
    "1; DELETE FROM users",
    "1 OR 1=1",
    "' OR ''='",
    "') UNION SELECT content FROM messages --",
    "week'; COPY users TO PROGRAM 'id'; --",
    "UTC'||pg_sleep(10)||'",
    "$$; TRUNCATE users; $$",
    "%(start)s",
    "{conditions}",
    "\x00",
    "a\x00b",
    "\ud800".encode("utf-8", "surrogatepass").decode("latin-1"),
    "\u202eUTC",
    "ＵＴＣ",  # noqa: RUF001  # full width, on purpose
    "😀" * 50,
    "١٢",
    "../../etc/passwd",
    "/etc/localtime",
    "9" * 30,
    "-" + "9" * 30,
    "9" * 10_000,
    "1e400",
    "NaN",
    "Infinity",
    "0x10",
    "1_000",
    "[]",
    "null",
    " ",
    "\r\nX-Injected: 1",
]


@pytest.fixture(scope="module")
def seeded(database: str) -> Iterator[Settings]:
    Migrator(database).seed()
    yield make_settings(as_role(database, "stats"))
    with psycopg.connect(database, autocommit=True) as owner:
        owner.execute("TRUNCATE users, dialogs, messages RESTART IDENTITY")


def state(database: str) -> tuple[object, ...]:
    with psycopg.connect(database) as owner:
        found = owner.execute(
            "SELECT (SELECT count(*) FROM users), (SELECT count(*) FROM dialogs), "
            "(SELECT count(*) FROM messages), (SELECT md5(string_agg(content, '' ORDER BY id)) "
            "FROM messages), (SELECT count(*) FROM pg_class), (SELECT count(*) FROM pg_proc)"
        ).fetchone()
    assert found is not None
    return found


@pytest.mark.parametrize("route", PARAMETERS)
async def test_fault_12_nothing_a_client_writes_is_run(
    route: str, seeded: Settings, database: str
) -> None:
    before = state(database)
    async with serve(seeded, TEXT_TOKEN) as client:
        for parameter in (*PARAMETERS[route], "no_such_parameter"):
            for value in HOSTILE:
                answer = await client.get(f"{route}?{parameter}={quote(value)}")
                unknown = (404,) if route.endswith("/1") else ()
                ignored = (200, *unknown) if parameter == "no_such_parameter" else ()
                # Python reads digits of every script, and blanks around them: a harmless number.
                number = (200, *unknown) if value in {"١٢", "1_000"} else ()
                assert answer.status_code in {422, *ignored, *number}, (parameter, value)
                assert "x-injected" not in answer.headers
    assert state(database) == before


async def test_fault_12_nothing_in_a_path_or_a_header_is_run(
    seeded: Settings, database: str
) -> None:
    before = state(database)
    async with serve(seeded, token=None) as client:
        for value in HOSTILE:
            path = await client.get(f"/api/v1/dialogs/{quote(value, safe='')}")
            assert path.status_code in {401, 404}, value
            raw = value.encode("utf-8", "surrogatepass").replace(b"\r\n", b" ")
            headers = httpx.Headers(
                {b"Authorization": b"Bearer " + raw, b"X-Request-ID": raw, b"If-None-Match": raw}
            )
            answer = await client.get("/api/v1/dialogs", headers=headers)
            assert answer.status_code == 401, value
    async with serve(seeded) as client:
        for value in HOSTILE:
            path = await client.get(f"/api/v1/dialogs/{quote(value, safe='')}")
            assert path.status_code in {422, 404, *((200,) if value in {"١٢", "1_000"} else ())}
    assert state(database) == before


async def test_sound_questions_are_answered_all_the_while(seeded: Settings) -> None:
    async with serve(seeded, TEXT_TOKEN) as client:
        for route in PARAMETERS:
            if not route.endswith("/1"):
                assert (await client.get(route)).status_code == 200
        listed = (await client.get("/api/v1/dialogs?limit=100")).json()["dialogs"]
        assert len(listed) == 100
        shown = await client.get(f"/api/v1/dialogs/{listed[0]['id']}")
        assert shown.status_code == 200


async def test_fault_12_everything_only_reads(seeded: Settings) -> None:
    paths = create_app(seeded).openapi()["paths"]
    assert {method for operations in paths.values() for method in operations} == {"get"}
    async with serve(seeded) as client:
        for route in PARAMETERS:
            for method in ("POST", "PUT", "PATCH", "DELETE"):
                answer = await client.request(method, route, json={"sql": "DROP TABLE users"})
                assert answer.status_code == 405


def test_fault_12_no_statement_is_put_together_from_text() -> None:
    """What is executed is a constant of a module, or built by psycopg's own composition."""
    executed = 0
    for path in sorted(Path(api.__file__).parent.glob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        constants = {
            target.id
            for node in tree.body
            for target in (
                node.targets
                if isinstance(node, ast.Assign)
                else [node.target]
                if isinstance(node, ast.AnnAssign)
                else []
            )
            if isinstance(target, ast.Name)
        }
        for node in ast.walk(tree):
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
                continue
            if node.func.attr == "SQL":
                assert isinstance(node.args[0], ast.Constant), f"{path.name}:{node.lineno}"
            if node.func.attr in {"execute", "executemany", "copy"}:
                executed += 1
                statement = node.args[0]
                is_constant = isinstance(statement, ast.Constant) or (
                    isinstance(statement, ast.Name) and statement.id in constants
                )
                is_composed = (
                    path.name == "dialogs.py"
                    and isinstance(statement, ast.Name)
                    and statement.id == "statement"
                )
                assert is_constant or is_composed, f"{path.name}:{node.lineno}"
    assert executed > 8


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO users (telegram_id) VALUES (1)",
        "UPDATE messages SET content = ''",
        "DELETE FROM dialogs",
        "TRUNCATE users CASCADE",
        "CREATE TABLE own (id int)",
        "CREATE TEMPORARY TABLE own (id int)",
        "DROP TABLE users",
        "COPY users TO PROGRAM 'cat'",
        "COPY users FROM PROGRAM 'echo'",
        "COPY users TO '/tmp/users'",
        "SELECT lo_import('/etc/passwd')",
        "SELECT pg_read_file('/etc/passwd')",
        "SELECT nextval(pg_get_serial_sequence('users', 'id'))",
    ],
)
async def test_fault_12_the_services_own_role_cannot_write_either(
    statement: str, seeded: Settings, database: str
) -> None:
    before = state(database)
    refusals = (psycopg.errors.InsufficientPrivilege, psycopg.errors.ReadOnlySqlTransaction)
    with psycopg.connect(seeded.database_url.get_secret_value()) as stats:
        # As the service begins its transactions.
        stats.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        with pytest.raises(refusals):
            stats.execute(statement.encode())
        stats.rollback()
    assert state(database) == before
