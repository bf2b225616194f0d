"""Publishing to a real registry: TLS, basic auth, and what it holds afterwards."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.support.commands import REPOSITORY, SLIPWAY, Result, clone, run, slipway
from tests.support.publication import GIT, INDEX, Clone, Other, digests, held, other, release_of
from tests.support.registry import PASSWORD, USER, Registry, certificate, registry

pytestmark = [pytest.mark.pipeline, pytest.mark.timeout(900)]

SERVICES = ("bot", "api", "web", "db")
TAGS = ("develop", "main", "latest")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    """A registry with TLS and passwords; slipway trusts it like any other, by the machine's bundle."""
    folder = tmp_path_factory.mktemp("registry")
    made = certificate(folder)
    bundle = folder / "bundle.pem"
    machines = Path(os.environ.get("SSL_CERT_FILE") or "/etc/ssl/certs/ca-certificates.crt")
    bundle.write_text(machines.read_text() + made.path.read_text())
    with pytest.MonkeyPatch.context() as patch, registry(folder, authenticated=True, tls=made) as started:
        patch.setenv("SSL_CERT_FILE", str(bundle))
        patch.setenv("SLIPWAY_PUBLISH_STAND_INS", "1")
        yield started


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Clone:
    """This repository, as one commit on main."""
    made = Clone(clone(tmp_path_factory.mktemp("publish") / "clone"))
    made.git("init", "--quiet", "--initial-branch=main")
    made.commit()
    return made


@pytest.fixture
def mixed(tmp_path: Path) -> Other:
    """A small repository with three services."""
    return other("mixed", tmp_path)


@pytest.fixture(scope="module")
def access(store: Registry, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, ...]:
    """The flags that name the registry and sign in; the password is in a file, and nowhere else."""
    password = tmp_path_factory.mktemp("password") / "password"
    password.write_text(PASSWORD)
    return ("--registry", store.address, "--username", USER, "--password", f"file://{password}")


@pytest.fixture(scope="module")
def published(repository: Clone, access: tuple[str, ...]) -> Result:
    done = repository.slipway("call", "publish", "--tag", "develop", *access)
    assert done.code == 0, done
    return done


# A publication.


def test_every_tag_of_every_image_is_the_digest_that_was_told(
    published: Result, store: Registry, repository: Clone
) -> None:
    told = digests(published)
    assert tuple(told) == SERVICES
    for service, digest in told.items():
        for tag in (*TAGS, f"sha-{repository.sha[:7]}"):
            assert held(store, f"example/slipway-{service}", tag) == digest, (service, tag)


def test_the_digest_is_the_one_that_build_tells(published: Result, repository: Clone) -> None:
    time = run("date", "--utc", "+%Y-%m-%dT%H:%M:%SZ", "--date", GIT["GIT_COMMITTER_DATE"]).out.strip()
    built = repository.slipway("-s", "call", "--commit", repository.sha, "--commit-time", time, "build")
    assert built.code == 0, built
    assert digests(built) == digests(published)


def test_the_release_says_what_was_published(
    published: Result, repository: Clone, access: tuple[str, ...], tmp_path: Path
) -> None:
    identity, reference = release_of(published)
    shown = repository.slipway("-s", "call", "release", "--ref", reference, *access[2:], "inspect")
    assert shown.code == 0, shown
    assert identity in shown.out
    place = tmp_path / "release.json"
    saved = repository.slipway("-s", "call", "-o", str(place), "release", "--ref", reference, *access[2:], "manifest")
    assert saved.code == 0, saved
    assert run("sha256sum", place).out.split()[0] == identity.removeprefix("sha256:")
    manifest = json.loads(place.read_text())
    assert {name: image["digest"] for name, image in manifest["services"].items()} == digests(published)
    assert (manifest["commit"], manifest["version"], manifest["dirty"]) == (repository.sha, "develop", False)
    toml = run("sha256sum", repository.folder / "slipway.toml").out.split()[0]
    assert manifest["files"]["slipway.toml"] == f"sha256:{toml}"
    assert {name: set(bills) for name, bills in manifest["sboms"].items()} == {
        service: {"spdx", "cyclonedx"} for service in SERVICES
    }
    newest = max((repository.folder / "services/db/src/migrate/migrations/versions").glob("*.py"))
    assert manifest["migration"] == newest.name.partition("_")[0]


def test_verify_proves_it_and_tells_a_tag_that_moved_on(
    published: Result, repository: Clone, access: tuple[str, ...]
) -> None:
    _, reference = release_of(published)
    done = repository.slipway("-s", "call", "release", "--ref", reference, *access[2:], "verify")
    assert done.code == 0, done
    assert done.out.count("develop main latest") == len(SERVICES)


def test_again_uploads_nothing_and_gives_the_same(
    published: Result, repository: Clone, access: tuple[str, ...], store: Registry
) -> None:
    before = store.uploads()
    again = repository.slipway("call", "publish", "--tag", "develop", *access)
    assert again.code == 0, again
    assert store.uploads() == before
    assert digests(again) == digests(published)
    assert release_of(again) == release_of(published)
    assert again.out.count("0 B") == len(SERVICES)


def test_another_clone_and_the_words_of_a_workflow_give_the_same(
    published: Result, repository: Clone, access: tuple[str, ...], tmp_path: Path
) -> None:
    other = Clone(tmp_path / "another")
    repository.git("clone", "--quiet", str(repository.folder), str(other.folder))
    second = other.slipway("call", "publish", "--tag", "develop", *access)
    assert second.code == 0, second
    assert digests(second) == digests(published)
    assert release_of(second) == release_of(published)
    other.git("checkout", "--quiet", "--detach")  # as a workflow has it
    where = ("--event", "push", "--ref", "refs/heads/main", "--default-branch", "main")
    third = other.slipway(
        "call", "--commit", other.sha, "--commit-time", "2026-01-31T12:00:00Z",
        "publish", "--tag", "develop", *where, *access,
    )  # fmt: skip
    assert third.code == 0, third
    assert release_of(third) == release_of(published)


def test_the_plan_needs_no_network_and_is_the_same_twice(repository: Clone, access: tuple[str, ...]) -> None:
    words = (
        "-s", "call", "--commit", repository.sha, "publish", "--dry-run", "--tag", "develop", "--event", "push",
        "--ref", "refs/heads/main", "--default-branch", "main", *access[:2],
    )  # fmt: skip
    here = repository.slipway(*words)
    # A network of its own, with nothing but loopback in it.
    alone = run(
        "unshare", "--net", "sh", "-c", 'ip link set lo up && exec "$@"', "sh", SLIPWAY, *words, cwd=repository.folder
    )
    assert (here.code, alone.code) == (0, 0), alone
    assert here.out == alone.out
    for service in (*SERVICES, "release"):
        assert f"{access[1]}/example/slipway-{service}" in here.out


def test_two_platforms_are_one_index_under_every_tag(store: Registry, access: tuple[str, ...], tmp_path: Path) -> None:
    repository = other("platforms", tmp_path)
    done = repository.slipway("call", "publish", "--tag", "develop", *access)
    assert done.code == 0, done
    told = digests(done)["page"]
    for tag in (*TAGS, f"sha-{repository.sha[:7]}"):
        digest, index = store.manifest("platforms/page", tag, INDEX)
        assert digest == told, tag
        assert [row["platform"]["architecture"] for row in index["manifests"]] == ["amd64", "arm64"]
    identity, reference = release_of(done)
    proved = repository.slipway("-s", "call", "release", "--ref", reference, *access[2:], "verify")
    assert proved.code == 0, proved
    before = store.uploads()
    again = repository.slipway("call", "publish", "--tag", "develop", *access)
    assert again.code == 0, again
    assert (store.uploads(), digests(again)["page"], release_of(again)[0]) == (before, told, identity)


def test_two_at_once_end_as_one(mixed: Other, store: Registry, access: tuple[str, ...], tmp_path: Path) -> None:
    mixed.git("clone", "--quiet", str(mixed.folder), str(tmp_path / "second"))
    both = [mixed, Other(tmp_path / "second")]
    with ThreadPoolExecutor() as pool:
        started = [pool.submit(each.slipway, "call", "publish", *access) for each in both]
        first, second = (each.result() for each in started)
    assert (first.code, second.code) == (0, 0), (first, second)
    assert release_of(first) == release_of(second)
    for service, digest in digests(first).items():
        assert held(store, f"team/{service}", "latest") == digest


# What must not happen.


def test_a_failing_image_keeps_all_the_others_from_being_pushed(
    mixed: Other, store: Registry, access: tuple[str, ...]
) -> None:
    (mixed.folder / "tool/Dockerfile").write_text("FROM docker.io/library/debian:13.7-slim\nRUN exit 7\n")
    mixed.commit()
    before = store.catalog()
    done = mixed.slipway("call", "publish", *access)
    assert done.code == 1, done
    assert "nothing was pushed" in done.err
    assert "tool: build:" in done.err
    assert store.catalog() == before


def test_fault_13_tests_that_are_red_keep_everything_from_being_pushed(
    store: Registry, access: tuple[str, ...], tmp_path: Path
) -> None:
    shutil.copytree(REPOSITORY / "tests/repositories/checked", tmp_path / "broken")
    broken = Other(tmp_path / "broken")
    with (broken.folder / "service/src/greeter/__main__.py").open("a") as file:
        file.write("\nimport os\n")
    with (broken.folder / "service/tests/test_greeting.py").open("a") as file:
        file.write("\n\ndef test_that_is_red() -> None:\n    assert 1 == 2\n")
    broken.git("init", "--quiet", "--initial-branch=main")
    broken.commit()
    before = store.catalog()
    done = broken.slipway("call", "publish", *access)
    assert done.code == 1, done
    assert "nothing was pushed" in done.err
    for told in ("__main__.py", "F401", "test_that_is_red"):
        assert told in done.err
    assert store.catalog() == before


def test_uncommitted_changes_are_marked_and_move_nothing(
    mixed: Other, store: Registry, access: tuple[str, ...]
) -> None:
    first = mixed.slipway("call", "publish", *access)
    assert first.code == 0, first
    (mixed.folder / "tool/say.sh").write_text("#!/bin/sh\necho other\n")
    second = mixed.slipway("call", "publish", *access)
    assert second.code == 0, second
    assert "not committed: tool/say.sh" in second.out
    assert digests(first)["tool"] != digests(second)["tool"]
    assert held(store, "team/tool", "latest") == digests(first)["tool"]
    assert held(store, "team/tool", f"sha-{mixed.sha[:7]}-dirty") == digests(second)["tool"]


def test_a_tag_that_is_kept_is_refused_before_anything_runs(mixed: Other, access: tuple[str, ...]) -> None:
    mixed.git("checkout", "--quiet", "-b", "topic")
    done = mixed.slipway("call", "publish", "--tag", "latest", *access)
    assert done.code == 1, done
    assert "--tag: latest is kept for the default branch" in done.err


def test_the_git_of_another_repository_is_refused(mixed: Other) -> None:
    done = run(SLIPWAY, "-m", REPOSITORY, "call", "--source", ".", "tags", cwd=mixed.folder)
    assert done.code == 1
    assert "--repository: is another repository than --source" in done.err


def test_what_is_missing_is_named_and_the_same_command_completes_it(
    mixed: Other, store: Registry, access: tuple[str, ...]
) -> None:
    """The account may push to everything but one repository, which is as good as a push that breaks off."""
    (mixed.folder / "new.txt").write_text("another commit")
    sha = mixed.commit()
    with store.refusing("team/page"):
        broken = mixed.slipway("call", "publish", "--tag", "develop", *access)
    assert broken.code == 1, broken
    assert "is not whole in the registry" in broken.err
    assert f"  there      {store.address}/team/tool:sha-{sha[:7]}" in broken.err
    assert f"  not there  {store.address}/team/page:sha-{sha[:7]}" in broken.err
    assert f"  not there  {store.address}/team/tool:develop" in broken.err, "no tag moves before all images are there"
    again = mixed.slipway("call", "publish", "--tag", "develop", *access)
    assert again.code == 0, again
    assert held(store, "team/page", "develop") == digests(again)["page"]


# The password.


class Watcher(threading.Thread):
    """Looks for a word in the arguments and environments of all processes, until it is stopped."""

    def __init__(self, word: str) -> None:
        super().__init__(daemon=True)
        self.word = word.encode()
        self.found: set[str] = set()
        self.looks = 0
        self._ended = threading.Event()

    def run(self) -> None:
        while not self._ended.is_set():
            for entry in Path("/proc").iterdir():
                if entry.name.isdigit() and int(entry.name) != os.getpid():
                    self._look(entry)
            self.looks += 1
            time.sleep(0.02)

    def _look(self, process: Path) -> None:
        for name in ("cmdline", "environ"):
            with contextlib.suppress(OSError):
                if self.word in (process / name).read_bytes():
                    self.found.add(f"{name} of {(process / 'comm').read_text().strip()}")

    def stop(self) -> None:
        self._ended.set()
        self.join()


def test_the_password_is_nowhere(mixed: Other, access: tuple[str, ...], store: Registry) -> None:
    (mixed.folder / "secret.txt").write_text("one more commit")
    mixed.commit()
    began = mixed.folder.parent / "began"
    began.touch()
    watcher = Watcher(PASSWORD)
    watcher.start()
    done = mixed.slipway("-vd", "call", "publish", *access)
    wrong = mixed.slipway("-d", "call", "publish", *access[:3], "nobody", *access[4:])
    watcher.stop()
    assert done.code == 0, done
    assert wrong.code == 1, wrong
    assert "check --username and --password" in wrong.err
    assert watcher.looks > 20
    assert watcher.found == set()
    assert PASSWORD not in done.out + done.err + wrong.out + wrong.err
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "slipway"
    # Every file of the cache that was written since, layers, tarballs, rows and logs included.
    recent = ["find", str(cache), "-type", "f", "-cnewer", str(began)]
    assert len(run(*recent).out.splitlines()) > 20
    searched = run(*recent, "-exec", "grep", "--files-with-matches", "--text", "--fixed-strings", PASSWORD, "{}", "+")
    assert searched.out == "", searched


# Signing.


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key pair, made by cosign itself."""
    folder = tmp_path_factory.mktemp("keys")
    script = "apt-get update && apt-get install --yes --no-install-recommends cosign && cosign generate-key-pair"
    done = slipway(
        "call", "image", "--service", "db", "with-user", "--name", "root", "with-env-variable", "--name",
        "COSIGN_PASSWORD", "--value", "of-the-key", "with-workdir", "--path", "/keys", "with-exec", "--args",
        f"sh,-c,{script}", "directory", "--path", "/keys", "export", "--path", str(folder),
    )  # fmt: skip
    assert done.code == 0, done
    return folder


def test_a_signed_release_is_proved_by_its_key_and_by_no_other(
    mixed: Other, access: tuple[str, ...], keys: Path, tmp_path: Path
) -> None:
    signing = ("--signing-key", f"file://{keys / 'cosign.key'}", "--signing-password", "env://KEY_PASSWORD")
    done = mixed.slipway("call", "publish", *access, *signing, env={"KEY_PASSWORD": "of-the-key"})
    assert done.code == 0, done
    _, reference = release_of(done)
    verify = ("-s", "call", "release", "--ref", reference, *access[2:], "verify", "--public-key")
    proved = mixed.slipway(*verify, str(keys / "cosign.pub"))
    assert proved.code == 0, proved
    assert "signed by this key" in proved.out
    other = tmp_path / "other.pub"
    run("openssl", "ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", tmp_path / "other.pem")
    run("openssl", "ec", "-in", tmp_path / "other.pem", "-pubout", "-out", other)
    refused = mixed.slipway(*verify, str(other))
    assert refused.code == 1, refused
    assert "is not signed by this key" in refused.err


def test_a_wrong_password_of_the_key_pushes_nothing(
    mixed: Other, access: tuple[str, ...], keys: Path, store: Registry
) -> None:
    (mixed.folder / "unsigned.txt").write_text("a commit that is never published")
    sha = mixed.commit()
    signing = ("--signing-key", f"file://{keys / 'cosign.key'}", "--signing-password", "env://KEY_PASSWORD")
    done = mixed.slipway("call", "publish", *access, *signing, env={"KEY_PASSWORD": "wrong"})
    assert done.code == 1, done
    assert "--signing-key: cosign could not sign with it" in done.err
    with pytest.raises(OSError, match="404"):
        held(store, "team/tool", f"sha-{sha[:7]}")
