"""Which tags a commit gets by the rules of our own, and every refusal as a whole message."""

from typing import Any

import pytest

from slipway.config import Tags
from slipway.errors import InputError
from slipway.release.refs import Origin
from slipway.release.tags import tags

SHA = "860c1904a1ce19322e91ac35af1ab07466440c37"
SHORT = "sha-860c190"


def rules(**values: Any) -> Tags:
    return Tags.model_validate({key.replace("_", "-"): value for key, value in values.items()})


def tagged(ref: str, *, event: str = "push", asked: str = "", branches: tuple[str, ...] = (), **values: Any) -> str:
    return " ".join(tags(Origin(event, ref, SHA, "main"), rules(**values), asked, branches))


def refusal(ref: str, **values: Any) -> str:
    with pytest.raises(InputError) as caught:
        tagged(ref, **values)
    return str(caught.value)


# The default profile, and what may be configured.

PR = "refs/pull/42/merge"
PROFILE: dict[str, tuple[dict[str, Any], str]] = {
    "a push to main": ({"ref": "refs/heads/main"}, f"main latest {SHORT}"),
    "a run by hand on main": ({"ref": "refs/heads/main", "event": "workflow_dispatch"}, f"main latest {SHORT}"),
    "a scheduled run on main": ({"ref": "refs/heads/main", "event": "schedule"}, f"main latest {SHORT}"),
    "a scheduled run elsewhere": ({"ref": "refs/heads/dev", "event": "schedule"}, f"dev {SHORT}"),
    "a feature": ({"ref": "refs/heads/feature/login"}, f"feature-login {SHORT}"),
    "a stable version": ({"ref": "refs/tags/v1.2.3"}, f"1.2.3 {SHORT}"),
    "a version without v": ({"ref": "refs/tags/1.2.3"}, f"1.2.3 {SHORT}"),
    "a pre-release": ({"ref": "refs/tags/v1.2.3-rc.1"}, f"1.2.3-rc.1 {SHORT}"),
    "two numbers": ({"ref": "refs/tags/1.2"}, SHORT),
    "four numbers": ({"ref": "refs/tags/v1.2.3.4"}, SHORT),
    "a leading zero": ({"ref": "refs/tags/v1.02.3"}, SHORT),
    "a tag with a slash": ({"ref": "refs/tags/nightly/x"}, SHORT),
    "a tag called like the default branch": ({"ref": "refs/tags/main"}, SHORT),
    "a tag called latest": ({"ref": "refs/tags/latest"}, SHORT),
    "a pull request": ({"ref": PR, "event": "pull_request"}, ""),
    "a pull request on its base": ({"ref": "refs/heads/main", "event": "pull_request_target"}, ""),
    "a push to a merge queue": ({"ref": "refs/heads/gh-readonly-queue/main/pr-1-x"}, SHORT),
    "a merge queue's event": ({"ref": "refs/heads/main", "event": "merge_group"}, SHORT),
    # what a person asked for
    "a tag by name": ({"ref": "refs/heads/main", "asked": "develop"}, f"develop main latest {SHORT}"),
    "a version by name": ({"ref": "refs/heads/main", "asked": "1.2.3"}, f"1.2.3 main latest {SHORT}"),
    "a tag by name that is there": ({"ref": "refs/heads/main", "asked": "latest"}, f"main latest {SHORT}"),
    "a tag by name for a pull request": ({"ref": PR, "event": "pull_request", "asked": "try"}, f"try {SHORT}"),
    # configured
    "a long sha": ({"ref": "refs/heads/dev", "sha_length": 40}, f"dev sha-{SHA}"),
    "a bare sha": ({"ref": "refs/heads/dev", "sha": "{sha}"}, "dev 860c190"),
    "branches with a prefix": (
        {"ref": "refs/heads/main", "branch": "branch-{branch}"},
        f"branch-main latest {SHORT}",
    ),
    "a reserved name behind a prefix": (
        {"ref": "refs/heads/latest", "branch": "branch-{branch}"},
        f"branch-latest {SHORT}",
    ),
    "nothing left behind a prefix": (
        {"ref": "refs/heads/日本語", "branch": "branch-{branch}"},
        f"branch-branch-77710aedc7 {SHORT}",
    ),
    "no latest at all": ({"ref": "refs/heads/main", "latest": []}, f"main {SHORT}"),
    "latest for versions": ({"ref": "refs/tags/v1.2.3", "latest": ["stable-versions"]}, f"1.2.3 {SHORT} latest"),
    "latest for versions only": ({"ref": "refs/heads/main", "latest": ["stable-versions"]}, f"main {SHORT}"),
    "a pre-release is not stable": (
        {"ref": "refs/tags/v1.2.3-rc.1", "latest": ["stable-versions"]},
        f"1.2.3-rc.1 {SHORT}",
    ),
    "shorter versions": (
        {"ref": "refs/tags/v1.2.3", "versions": ["{version}", "{major}.{minor}", "v{major}"]},
        f"1.2.3 1.2 v1 {SHORT}",
    ),
    "a pre-release moves no shorter version": (
        {"ref": "refs/tags/v1.2.3-rc.1", "versions": ["v{version}", "{major}.{minor}"]},
        f"v1.2.3-rc.1 {SHORT}",
    ),
    "a pre-release where only shorter versions are configured": (
        {"ref": "refs/tags/v1.2.3-rc.1", "versions": ["{major}.{minor}"]},
        f"1.2.3-rc.1 {SHORT}",
    ),
    "no versions": ({"ref": "refs/tags/v1.2.3-rc.1", "versions": []}, SHORT),
    "a pull request, asked for": (
        {"ref": PR, "event": "pull_request", "pull_request": "pr-{number}"},
        f"pr-42 {SHORT}",
    ),
    # the repository's branches
    "no other branch with this tag": (
        {"ref": "refs/heads/feature/x", "branches": ("main", "feature/x", "refs/heads/feature/x", "Feature-x")},
        f"feature-x {SHORT}",
    ),
    "others share a tag": ({"ref": "refs/heads/main", "branches": ("a/b", "a-b")}, f"main latest {SHORT}"),
    "a version looks at no branches": ({"ref": "refs/tags/v1.2.3", "branches": ("1.2.3",)}, f"1.2.3 {SHORT}"),
}


@pytest.mark.parametrize(("given", "expected"), PROFILE.values(), ids=PROFILE)
def test_a_commit_is_tagged(given: dict[str, Any], expected: str) -> None:
    assert tagged(**given) == expected


# What would take the place of something else.

PREFIX = (
    'rename the branch, or give branches tags of their own: branch = "branch-{branch}" under [tags] in slipway.toml'
)
KEPT: dict[str, tuple[dict[str, Any], str, str]] = {
    "latest": ({"ref": "latest"}, "latest", "the default branch"),
    "a sha": ({"ref": "sha-860c190"}, "sha-860c190", "commits"),
    "sha and more": ({"ref": "sha/x"}, "sha-x", "commits"),
    "a configured sha": ({"ref": "860c190", "sha": "{sha}"}, "860c190", "commits"),
    "a pull request": ({"ref": "pr-7"}, "pr-7", "pull requests"),
    "a configured pull request": ({"ref": "pull/7", "pull_request": "pull-{number}"}, "pull-7", "pull requests"),
    "a version": ({"ref": "1.2.3"}, "1.2.3", "versions"),
    "a version with v": ({"ref": "v1.2.3"}, "v1.2.3", "versions"),
    "a pre-release": ({"ref": "1.2.3-rc.1"}, "1.2.3-rc.1", "versions"),
    "build metadata": ({"ref": "1.2.3+b5"}, "1.2.3-b5", "versions"),
    "a short version": ({"ref": "1.2"}, "1.2", "versions"),
    "a configured version": ({"ref": "release/7", "versions": ["release-{major}"]}, "release-7", "versions"),
    "what a template makes of it": ({"ref": "est", "branch": "lat{branch}"}, "latest", "the default branch"),
}


@pytest.mark.parametrize(("given", "tag", "owner"), KEPT.values(), ids=KEPT)
def test_a_reserved_name_is_refused(given: dict[str, Any], tag: str, owner: str) -> None:
    branch = given["ref"]
    assert refusal(**{**given, "ref": f"refs/heads/{branch}"}) == (
        f"--ref: the branch '{branch}' would be published as {tag}, which is kept for {owner}; {PREFIX}"
    )


@pytest.mark.parametrize(
    "name", ["release-1.2", "1.x", "v2", "sha256", "pr", "Latest", "latest-fix", "dependabot-1.2.3"]
)
def test_a_name_that_only_looks_like_a_reserved_one_is_taken(name: str) -> None:
    assert tagged(f"refs/heads/{name}") == f"{name} {SHORT}"


REFUSALS: dict[str, tuple[dict[str, Any], str]] = {
    "two branches with one tag": (
        {"ref": "refs/heads/feature/x", "branches": ("main", "feature-x", "feature/x")},
        (
            "--ref: the branch 'feature/x' would be published as feature-x, and so would 'feature-x'; "
            "rename or delete one of them"
        ),
    ),
    "three branches with one tag": (
        {"ref": "refs/heads/feature-x", "branches": ("refs/heads/feature/x", "feature#x", "gh-readonly-queue/x")},
        (
            "--ref: the branch 'feature-x' would be published as feature-x, and so would 'feature#x', 'feature/x'; "
            "rename or delete one of them"
        ),
    ),
    "a branch that is called like a repaired one": (
        {"ref": "refs/heads/#lead", "branches": ("lead-28473507d6",)},
        (
            "--ref: the branch '#lead' would be published as lead-28473507d6, and so would 'lead-28473507d6'; "
            "rename or delete one of them"
        ),
    ),
    "build metadata": (
        {"ref": "refs/tags/v1.2.3+b5"},
        (
            "--ref: the version 'v1.2.3+b5' has build metadata, which a tag cannot hold: it would be published as "
            '1.2.3; give the commit a version without "+b5"'
        ),
    ),
    "a long version": (
        {"ref": f"refs/tags/v1.2.3-{'a' * 130}"},
        (
            f"--ref: the version '1.2.3-{'a' * 130}' gives a tag of more than 128 characters; "
            "give the commit a shorter one"
        ),
    ),
    "a pull request without its number": (
        {"ref": "refs/heads/main", "event": "pull_request_target", "pull_request": "pr-{number}"},
        (
            "--ref: a pull request is published by its number, and this ref is that of a branch; "
            "write refs/pull/<number>/merge, and the commit that was built as --sha"
        ),
    ),
    "asked for what is no tag": (
        {"ref": "refs/heads/main", "asked": "a+b"},
        ('--tag: \'a+b\' is no tag; write at most 128 letters, digits, "_", "." and "-", the first one no "." or "-"'),
    ),
    "asked for latest elsewhere": (
        {"ref": "refs/heads/dev", "asked": "latest"},
        (
            "--tag: latest is kept for the default branch, and this commit does not come by it; "
            "ask for another tag, or for none"
        ),
    ),
    "asked for another commit's sha": (
        {"ref": "refs/heads/main", "asked": "sha-0000000"},
        (
            "--tag: sha-0000000 is kept for commits, and this commit does not come by it; "
            "ask for another tag, or for none"
        ),
    ),
    "a short ref": (
        {"ref": "main"},
        (
            "--ref: 'main' is no full ref; write refs/heads/<branch>, refs/tags/<tag> or refs/pull/<number>/merge, "
            "as in refs/heads/main"
        ),
    ),
    "a ref without a name": (
        {"ref": "refs/heads/"},
        (
            "--ref: 'refs/heads/' is no full ref; write refs/heads/<branch>, refs/tags/<tag> or "
            "refs/pull/<number>/merge, as in refs/heads/main"
        ),
    ),
    "a ref with its line end": (
        {"ref": "refs/heads/main\n"},
        (
            "--ref: 'refs/heads/main\\n' is no full ref; write refs/heads/<branch>, refs/tags/<tag> or "
            "refs/pull/<number>/merge, as in refs/heads/main"
        ),
    ),
    "no event": (
        {"ref": "refs/heads/main", "event": ""},
        "--event: '' is no event; write it as GitHub does, as in push, pull_request or workflow_dispatch",
    ),
}


@pytest.mark.parametrize(("given", "message"), REFUSALS.values(), ids=REFUSALS)
def test_a_refusal_says_what_to_do(given: dict[str, Any], message: str) -> None:
    assert refusal(**given) == message


@pytest.mark.parametrize("sha", ["", "860c190", SHA.upper(), SHA + "\n"])
def test_only_a_full_sha_is_taken(sha: str) -> None:
    with pytest.raises(InputError) as caught:
        Origin("push", "refs/heads/main", sha, "main")
    assert str(caught.value) == "--sha: should be a full commit sha of 40 lower-case hex digits"


@pytest.mark.parametrize("branch", ["", "refs/heads/main"])
def test_the_default_branch_is_a_name(branch: str) -> None:
    with pytest.raises(InputError) as caught:
        Origin("push", "refs/heads/main", SHA, branch)
    assert str(caught.value) == (
        f"--default-branch: '{branch}' is no branch; write its name, as in main, also where the event does not carry it"
    )


# What git knows besides the ref.

KNOWN = ("refs/heads/main", "refs/tags/v1.2.3", "refs/tags/v2.0.0", "refs/tags/v3.0.0-rc.1", "refs/tags/nightly")
STABLE: dict[str, Any] = {"latest": ("stable-versions",)}

NEWEST = {
    "the newest stable version": ("refs/tags/v2.0.0", KNOWN, f"2.0.0 {SHORT} latest"),
    "an older line": ("refs/tags/v1.2.3", KNOWN, f"1.2.3 {SHORT}"),
    "a patch of an older line": ("refs/tags/v1.9.9", KNOWN, f"1.9.9 {SHORT}"),
    "numbers, not letters": ("refs/tags/v10.0.0", KNOWN, f"10.0.0 {SHORT} latest"),
    "nothing else is known": ("refs/tags/v1.2.3", (), f"1.2.3 {SHORT} latest"),
    "a tag with build metadata is passed over": ("refs/tags/v1.0.0", ("refs/tags/v9.0.0+b1",), f"1.0.0 {SHORT} latest"),
}


@pytest.mark.parametrize(("ref", "known", "expected"), NEWEST.values(), ids=NEWEST)
def test_only_the_newest_stable_version_is_the_latest(ref: str, known: tuple[str, ...], expected: str) -> None:
    assert tagged(ref, branches=known, **STABLE) == expected


def test_two_git_tags_of_one_version_are_refused() -> None:
    assert refusal("refs/tags/v1.2.3", branches=("refs/tags/1.2.3",)) == (
        "--ref: the tags 'v1.2.3' and '1.2.3' are the same version, and would be published as 1.2.3; delete one of them"
    )


def test_a_tag_of_the_repository_is_no_branch() -> None:
    assert tagged("refs/heads/feature/x", branches=("refs/tags/feature-x",)) == f"feature-x {SHORT}"


def test_a_detached_head_only_has_its_own_tag() -> None:
    assert tagged("HEAD") == SHORT
    assert tagged("HEAD", asked="develop") == f"develop {SHORT}"


@pytest.mark.parametrize("ref", ["refs/heads/main", "refs/tags/v1.2.3", "HEAD", "refs/pull/1/merge"])
def test_changes_that_are_not_committed_give_one_marked_tag_and_never_latest(ref: str) -> None:
    origin = Origin("push", ref, SHA, "main", dirty=True)
    everything = rules(latest=("default-branch", "stable-versions"), pull_request="pr-{number}")
    assert tags(origin, everything) == (f"{SHORT}-dirty",)
    assert tags(origin, everything, "try") == ("try", f"{SHORT}-dirty")
    with pytest.raises(InputError, match="kept for the default branch"):
        tags(origin, everything, "latest")
