"""The release manifest, the head of the migrations, the plan and the report: whole values."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from slipway.config import Config, parse
from slipway.errors import ConfigError, InputError, ReleaseError
from slipway.images.labels import Commit
from slipway.release import report
from slipway.release.manifest import Image, Release, decode, digest_of, schema
from slipway.release.migrations import head
from slipway.release.plan import Push, plan
from slipway.release.refs import Origin

SHA = "860c1904a1ce19322e91ac35af1ab07466440c37"
DIGEST = "sha256:" + "a" * 64
REPOSITORY = Path(__file__).parents[3]

CONFIG = parse(
    """
[project]
name = "shop"
image = "ghcr.io/you/{project}-{service}"

[services.api]
kind = "python-uv"
port = 8000

[services.db]
kind = "postgres"
"""
)


def release(**values: Any) -> Release:
    image = Image(
        kind="python-uv", repository="ghcr.io/you/shop-api", digest=DIGEST, tags=("main",), size=9, labels={"b": "ö"}
    )
    given = {
        "project": "shop", "version": "main", "ref": "refs/heads/main", "commit": SHA, "dirty": False,
        "created": "2026-01-31T12:00:00Z", "services": {"api": image}, "files": {"slipway.toml": DIGEST},
        "migration": "0002",
    }  # fmt: skip
    return Release.model_validate({**given, **values})


# The manifest.


def test_the_bytes_are_canonical_and_their_hash_is_the_identity() -> None:
    text = release().encode().decode()
    assert text == (
        '{"commit":"860c1904a1ce19322e91ac35af1ab07466440c37","created":"2026-01-31T12:00:00Z","dirty":false,'
        f'"files":{{"slipway.toml":"{DIGEST}"}},"media_type":"application/vnd.slipway.release.v1+json",'
        '"migration":"0002","project":"shop","ref":"refs/heads/main","sboms":{},"services":{"api":{'
        f'"digest":"{DIGEST}","kind":"python-uv","labels":{{"b":"ö"}},"repository":"ghcr.io/you/shop-api","size":9,'
        '"tags":["main"]}},"version":"main"}'
    )
    assert release().digest == digest_of(text.encode())
    assert decode(text, "here") == release()


def test_equal_releases_are_equal_whatever_the_order() -> None:
    one = release(files={"a": DIGEST, "b": DIGEST})
    other = release(files={"b": DIGEST, "a": DIGEST})
    assert one.digest == other.digest


UNREADABLE = {
    "no JSON": ("{", "here: is not a release manifest: release.json: Invalid JSON"),
    "another shape": ('{"a": 1}', "here: is not a release manifest: project: Field required"),
    "an unknown key": (
        json.dumps({**json.loads(release().encode()), "more": 1}),
        "here: is not a release manifest: more: Extra inputs are not permitted",
    ),
    "a digest that is none": (
        release().encode().decode().replace(DIGEST, "sha256:1"),
        "here: is not a release manifest: services/api/digest: String should match",
    ),
    "bytes that were changed": (
        release().encode().decode() + " ",
        "here: the manifest was changed: its bytes are not canonical",
    ),
}


@pytest.mark.parametrize(("text", "message"), UNREADABLE.values(), ids=UNREADABLE)
def test_what_is_no_manifest_is_refused(text: str, message: str) -> None:
    with pytest.raises(ReleaseError) as caught:
        decode(text, "here")
    assert str(caught.value).startswith(message)


def test_the_schema_that_is_published_is_the_models() -> None:
    """After a change: python -c 'from slipway.release.manifest import schema; print(schema(), end="")'."""
    assert (REPOSITORY / "docs/schemas/release.schema.json").read_text() == schema()


# Migrations.

HEADS: dict[str, tuple[dict[str, str], str | None]] = {
    "none": ({}, None),
    "one": ({"a.py": 'revision = "1"\ndown_revision = None'}, "1"),
    "annotated": ({"a.py": 'revision: str = "1"\ndown_revision: str | None = None'}, "1"),
    "a chain, in any order": (
        {
            "c.py": 'revision = "3"\ndown_revision = "2"',
            "a.py": 'revision = "1"\ndown_revision = None',
            "b.py": 'revision = "2"\ndown_revision = "1"',
        },
        "3",
    ),
    "a merge": (
        {
            "a.py": 'revision = "1"\ndown_revision = None',
            "b.py": 'revision = "2"\ndown_revision = None',
            "m.py": 'revision = "3"\ndown_revision = ("1", "2")',
        },
        "3",
    ),
    "a file that is no revision": ({"a.py": 'revision = "1"', "util.py": "import os"}, "1"),
}


@pytest.mark.parametrize(("files", "expected"), HEADS.values(), ids=HEADS)
def test_the_head_of_the_migrations(files: dict[str, str], expected: str | None) -> None:
    assert head(files) == expected


NO_HEADS = {
    "two heads": (
        {"a.py": 'revision = "1"', "b.py": 'revision = "2"'},
        (
            "a.py: revision 1 is one of 2 heads; merge them with `alembic merge heads`\n"
            "b.py: revision 2 is one of 2 heads; merge them with `alembic merge heads`"
        ),
    ),
    "no Python": ({"a.py": "x = 1\ny = ("}, "a.py: line 2 is not Python"),
    "a computed name": ({"a.py": "revision = name()"}, "a.py: revision should be a plain string"),
}


@pytest.mark.parametrize(("files", "message"), NO_HEADS.values(), ids=NO_HEADS)
def test_migrations_that_cannot_be_told(files: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigError) as caught:
        head(files)
    assert str(caught.value) == message


def test_this_repositorys_own_migrations_have_one_head() -> None:
    folder = REPOSITORY / "services/db/src/migrate/migrations/versions"
    names = sorted(path.name for path in folder.glob("*.py"))
    assert head({path.name: path.read_text() for path in folder.glob("*.py")}) == names[-1].partition("_")[0]


# The plan.


def planned(tags: tuple[str, ...], registry: str = "", config: Config = CONFIG, *, dirty: bool = False) -> Any:
    made = Origin("push", "refs/heads/main", SHA, "main", dirty=dirty)
    return plan(config, made, Commit(SHA, dirty=dirty), registry, tags)


def test_what_only_this_commit_can_be_called_is_pushed_first() -> None:
    made = planned(("main", "latest", "sha-860c190"))
    assert made.pushes == (
        Push("api", "ghcr.io/you/shop-api", ("sha-860c190", "main", "latest")),
        Push("db", "ghcr.io/you/shop-db", ("sha-860c190", "main", "latest")),
    )
    assert made.release == Push("release", "ghcr.io/you/shop-release", ("sha-860c190", "main", "latest"))
    assert (made.version, made.registry, made.account) == ("main", "ghcr.io", "you")


def test_another_registry_takes_the_place_of_the_host_alone() -> None:
    assert planned(("main",), "localhost:5000").pushes[0].repository == "localhost:5000/you/shop-api"


def test_changes_that_are_not_committed_are_told() -> None:
    assert planned(("sha-860c190-dirty",), dirty=True).text().startswith(f"publish shop sha-860c190-dirty from {SHA}-d")


def test_the_plan_as_text() -> None:
    assert planned(("main", "latest", "sha-860c190")).text() == (
        f"publish shop main from {SHA} (refs/heads/main)\n\n"
        "1. build api, db; check lint, format, types, test: if any fails, nothing is pushed\n"
        "2. push every image as sha-860c190; if any fails, no other tag moves\n"
        "3. push the other tags, then read every tag back: it must hold the pushed digest\n"
        "4. push the release, which lists the digests\n\n"
        "STEP     WHAT     REPOSITORY                TAGS\n"
        "push     api      ghcr.io/you/shop-api      sha-860c190 main latest\n"
        "push     db       ghcr.io/you/shop-db       sha-860c190 main latest\n"
        "release  release  ghcr.io/you/shop-release  sha-860c190 main latest\n"
    )


def test_changes_that_are_not_committed_are_named() -> None:
    made = replace(planned(("sha-860c190-dirty",), dirty=True), changes=("app.py",))
    assert made.text().splitlines()[1] == "not committed: app.py"
    assert "not committed: app.py\n" in report.text(made, [], "r", "sha256:1")


BAD_PLANS = {
    "no tags": ((), "", "--ref: refs/heads/main has no tags, so there is nothing to publish; pass --tag, or set"),
    "a scheme": (("main",), "https://ghcr.io", "--registry: 'https://ghcr.io' is no host; write it without a scheme"),
    "a path": (("main",), "ghcr.io/you", "--registry: 'ghcr.io/you' is no host; write it without a scheme and path"),
}


@pytest.mark.parametrize(("tags", "registry", "message"), BAD_PLANS.values(), ids=BAD_PLANS)
def test_what_cannot_be_planned_is_refused(tags: tuple[str, ...], registry: str, message: str) -> None:
    with pytest.raises(InputError) as caught:
        planned(tags, registry)
    assert str(caught.value).startswith(message)


# The report.


def test_a_push_that_broke_off_is_told_reference_by_reference() -> None:
    wanted = {"r/a:1": "sha256:1", "r/a:main": "sha256:1", "r/b:1": "sha256:2"}
    held = {"r/a:1": "sha256:1", "r/a:main": "sha256:0", "r/b:1": None}
    assert report.state(wanted, held) == [
        "  there      r/a:1",
        "  older      r/a:main still holds sha256:0",
        "  not there  r/b:1",
    ]


DENIALS = {
    "denied by ghcr": ("403 Forbidden", "ghcr.io", "takes a token with write:packages"),
    "signed in wrongly at ghcr": ("status: 401 Unauthorized", "ghcr.io", "Manage Actions access"),
    "denied elsewhere": ("denied: no access", "registry.example.org", "check --username and --password"),
}


@pytest.mark.parametrize(("failure", "registry", "hint"), DENIALS.values(), ids=DENIALS)
def test_a_refusal_is_explained(failure: str, registry: str, hint: str) -> None:
    told = report.explained(failure, registry)
    assert told.startswith(failure + "\n")
    assert hint in told


@pytest.mark.parametrize("failure", ["500 Internal Server Error", "blob sha256:4031 unknown", "timeout"])
def test_other_failures_stay_as_they_are(failure: str) -> None:
    assert report.explained(failure, "ghcr.io") == failure


def test_uploads_are_an_upper_bound_and_nothing_where_the_image_was_there() -> None:
    made = report.Pushed(Push("api", "r/api", ("main",)), DIGEST, 48_250_000, was_there=False, seconds=1)
    assert made.uploaded == "≤ 48.2 MB"
    assert report.Pushed(made.push, DIGEST, 1, was_there=True, seconds=1).uploaded == "0 B"


def test_a_summary_is_markdown() -> None:
    made = planned(("main", "sha-860c190"))
    pushed = [report.Pushed(made.pushes[0], DIGEST, 48_250_000, was_there=False, seconds=1.26)]
    assert report.summary(made, pushed, f"ghcr.io/you/shop-release:main@{DIGEST}", "sha256:9") == (
        f"### Published shop main\n\n`{SHA}` from `refs/heads/main`\n\n"
        "| Service | Reference | Tags | Uploaded | Seconds |\n|-|-|-|-:|-:|\n"
        f"| api | `ghcr.io/you/shop-api@{DIGEST}` | sha-860c190 main | ≤ 48.2 MB | 1.3 |\n\n"
        f"Release `sha256:9`: `ghcr.io/you/shop-release:main@{DIGEST}`\n"
    )
