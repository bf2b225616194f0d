"""The command: ``python -m migrate [upgrade|current|downgrade|check|seed] [--wait 30s]``.

Exit codes: 0 done, 1 failed (or ``check`` found a difference), 2 wrong use or settings,
3 the database cannot be reached.
"""

import argparse
import re
import sys
from collections.abc import Sequence
from dataclasses import asdict

from migrate import logs
from migrate.errors import MigrateError
from migrate.runner import Migrator
from migrate.settings import Settings

_UNITS = {"": 1, "s": 1, "m": 60}


def parse_seconds(value: str) -> float:
    """Return the seconds of ``30``, ``30s`` or ``2m``."""
    match = re.fullmatch(r"(\d{1,6})(s|m|)", value)
    if match is None:
        raise argparse.ArgumentTypeError("should be a duration as 30s or 2m")
    return int(match[1]) * _UNITS[match[2]]


def _parser() -> argparse.ArgumentParser:
    common = argparse.ArgumentParser(add_help=False)
    common.add_argument(
        "--wait",
        type=parse_seconds,
        default=30,
        metavar="TIME",
        help="how long to wait for the database, and for another migrator (default 30s)",
    )
    parser = argparse.ArgumentParser(prog="migrate", description="Bring the schema up to date.")
    commands = parser.add_subparsers(dest="command", required=True)
    upgrade = commands.add_parser("upgrade", parents=[common], help="apply migrations (default)")
    upgrade.add_argument("revision", nargs="?", default="head")
    commands.add_parser("current", parents=[common], help="tell where the database is")
    downgrade = commands.add_parser("downgrade", parents=[common], help="undo migrations")
    downgrade.add_argument("revision", help="a revision, -1 or base")
    commands.add_parser(
        "check", parents=[common], help="fail unless the database is at head and as the models say"
    )
    seed = commands.add_parser(
        "seed", parents=[common], help="fill the database with two months of made-up traffic"
    )
    seed.add_argument(
        "--force", action="store_true", help="also beside rows that are not the seed's own"
    )
    return parser


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return the exit code."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    # Upgrading is what the one-off is for, so it needs no word; options alone mean it too.
    if not given or (given[0].startswith("-") and given[0] not in {"-h", "--help"}):
        given.insert(0, "upgrade")
    options = _parser().parse_args(given)
    logs.configure()
    try:
        settings = Settings.load()
        _run(options, Migrator(settings.database_url.get_secret_value(), options.wait))
    except MigrateError as error:
        sys.stderr.write(f"migrate: {error}\n")
        return error.exit_code
    return 0


def _run(options: argparse.Namespace, migrator: Migrator) -> None:
    match options.command:
        case "upgrade":
            migrator.upgrade(options.revision)
        case "downgrade":
            migrator.downgrade(options.revision)
        case "current":
            logs.event("current", **asdict(migrator.position()))
        case "check":
            logs.event("as_expected", **asdict(migrator.check()))
        case "seed":
            logs.event("seeded", **asdict(migrator.seed(force=options.force)))


if __name__ == "__main__":
    sys.exit(main())
