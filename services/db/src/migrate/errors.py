"""Every error this package raises on purpose.

MigrateError
├── SettingsError        a variable is missing or malformed
├── DatabaseUnreachable  no connection within the time allowed
├── MigratorBusy         another migrator kept the lock for too long
├── RolesMissing         the roles that get grants do not exist
├── RevisionUnknown      no migration has this name
├── NotAtHead            the database lacks migrations of this release
├── SchemaDrift          the database is at head, yet differs from the models
├── MigrationFailed      PostgreSQL refused a statement
└── SeedRefused          the database holds what people wrote, or may have
"""

from collections.abc import Mapping, Sequence


class MigrateError(Exception):
    """Base of all; ``exit_code`` is what the process ends with."""

    exit_code = 1


class SettingsError(MigrateError):
    """Raised when the environment cannot be used; names variables, never their values."""

    exit_code = 2

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = tuple(problems)


class DatabaseUnreachable(MigrateError):
    """Raised when the database accepts no connection in ``seconds``."""

    exit_code = 3

    def __init__(self, target: str, seconds: float, reason: str) -> None:
        super().__init__(
            f"{target}: no connection within {seconds:g} s ({reason}); "
            "check that it runs and that DATABASE_URL is right, or wait longer with --wait"
        )
        self.target = target


class MigratorBusy(MigrateError):
    """Raised when another migrator holds the lock for longer than ``seconds``."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"another migrator still runs after {seconds:g} s; wait for it to end, then start again"
        )


class RolesMissing(MigrateError):
    """Raised before a migration which would grant rights to roles that are not there."""

    def __init__(self, roles: Sequence[str]) -> None:
        super().__init__(
            f"roles missing: {', '.join(roles)}; run init/10-roles.sh against this server first"
        )
        self.roles = tuple(roles)


class RevisionUnknown(MigrateError):
    """Raised when the wanted revision is not in this release."""

    exit_code = 2

    def __init__(self, revision: str) -> None:
        super().__init__(f"revision {revision}: not in this release")
        self.revision = revision


class NotAtHead(MigrateError):
    """Raised by ``check`` when migrations of this release are not applied."""

    def __init__(self, current: str | None, head: str | None) -> None:
        super().__init__(
            f"the database is at {current or 'nothing'}, this release needs {head}; "
            "run python -m migrate upgrade"
        )


class SchemaDrift(MigrateError):
    """Raised by ``check`` when the tables differ from the models."""

    def __init__(self, differences: Sequence[str]) -> None:
        super().__init__(
            f"the database differs from the models: {'; '.join(differences)}; "
            "write a migration, or undo what was changed by hand"
        )
        self.differences = tuple(differences)


class MigrationFailed(MigrateError):
    """Raised when PostgreSQL refuses a statement; nothing of that migration stays."""

    def __init__(self, sqlstate: str | None, message: str) -> None:
        super().__init__(f"PostgreSQL refused the migration: {message} (SQLSTATE {sqlstate})")
        self.sqlstate = sqlstate


class SeedRefused(MigrateError):
    """Raised before made-up data would get in among rows that the seed did not write."""

    def __init__(self, foreign: Mapping[str, int]) -> None:
        found = ", ".join(f"{count} in {table}" for table, count in foreign.items())
        super().__init__(
            f"the database has rows that are not the seed's ({found}); it is for demonstrations: "
            "use an empty database, or add to these rows with --force"
        )
        self.foreign = dict(foreign)
