"""What holds for every ref, event and configuration, whatever they are called."""

import re

from hypothesis import HealthCheck, assume, example, given, settings
from hypothesis import strategies as st

from slipway.config import Tags
from slipway.errors import InputError
from slipway.release.names import branch_tag, sanitise
from slipway.release.refs import Origin
from slipway.release.tags import tags

# A busy machine is slow, and that is not what is tested.
patient = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])

# Written again on purpose: what the distribution specification says, not what the module says of it.
GRAMMAR = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")
SHA = "860c1904a1ce19322e91ac35af1ab07466440c37"

EVENTS = ["push", "create", "delete", "schedule", "issues", "discussion", "workflow_dispatch", "pull_request"]
EVENTS += ["pull_request_target", "merge_group", "release"]
RESERVED = ["latest", "-latest", "sha-860c190", "pr-1", "v1.2.3", "1.2.3-rc.1", "1.2", "860c190", "main", "dev"]
AROUND = st.text("abcXYZ019_.-", max_size=20)

names = st.one_of(
    st.text(min_size=1, max_size=20),
    st.text("abz09._-/#@ü日", min_size=1, max_size=60),
    st.text("ab9._-/#日", min_size=110, max_size=160),
    st.text("./-#日", min_size=1, max_size=10),
    st.sampled_from(RESERVED),
)
numbers = st.integers(0, 10**9).map(str)
alike = st.tuples(names, names, st.sampled_from("/#-é"), st.sampled_from("/#-é"))
pairs = st.tuples(names, names) | alike.map(lambda p: (p[0] + p[2] + p[1], p[0] + p[3] + p[1]))
versions = st.builds(
    "{}{}.{}.{}{}".format,
    st.sampled_from(["", "v"]),
    numbers,
    numbers,
    numbers,
    st.sampled_from(["", "-rc.1", "-0", "-latest", "+b5", "-rc.1+b5"])
    | st.text("abc-", max_size=200).map("-{}".format),
)
refs = st.one_of(
    names.map("refs/heads/{}".format),
    names.map("refs/tags/{}".format),
    versions.map("refs/tags/{}".format),
    st.integers(1, 10**17).map("refs/pull/{}/merge".format),
    names.map("refs/heads/gh-readonly-queue/main/{}".format),
)


def around(placeholder: str) -> st.SearchStrategy[str]:
    """A template: the placeholder with anything around it that a tag may have."""
    parts = st.tuples(AROUND.map(lambda text: text.lstrip(".-")), AROUND)
    return parts.map(lambda text: f"{text[0]}{placeholder}{text[1]}")


version_templates = st.sampled_from(["{version}", "v{version}", "{major}", "{major}.{minor}", "x{major}-{patch}"])
rules = st.builds(
    lambda **values: Tags.model_validate({key.replace("_", "-"): value for key, value in values.items()}),
    branch=st.just("{branch}") | around("{branch}"),
    sha=st.just("sha-{sha}") | around("{sha}"),
    sha_length=st.sampled_from([7, 40]),
    versions=st.lists(version_templates, max_size=3) | st.lists(around("{version}"), max_size=2),
    pull_request=st.none() | around("{number}"),
    latest=st.lists(st.sampled_from(["default-branch", "stable-versions"]), unique=True),
)
asked_for = st.one_of(
    st.just(""),
    st.sampled_from(["develop", "2.0.0", "latest"]),
    st.text("abl.-+", max_size=140),
    st.sampled_from(RESERVED),
)
default_branches = st.sampled_from(["main", "dev", "feature/x"])


def taken(event: str, ref: str, default_branch: str, rules: Tags, asked: str = "") -> tuple[str, ...] | None:
    """The tags, or nothing where they are refused: every refusal is an `InputError`."""
    try:
        return tags(Origin(event, ref, SHA, default_branch), rules, asked)
    except InputError as error:
        message = str(error)
    assert re.match(r"--(ref|tag): .+; .+", message)
    return None


@patient
@given(st.sampled_from(EVENTS), refs, default_branches, rules, asked_for)
def test_every_tag_is_one_that_registries_take_and_is_there_once(
    event: str, ref: str, default_branch: str, rules: Tags, asked: str
) -> None:
    found = taken(event, ref, default_branch, rules, asked) or ()
    assert [tag for tag in found if not GRAMMAR.fullmatch(tag)] == []
    assert len(set(found)) == len(found)


@patient
@given(st.sampled_from(EVENTS), refs, default_branches, rules, asked_for)
@example("create", "refs/heads/dev", "main", Tags(), "")
@example("push", "refs/heads/latest", "main", Tags(), "")
@example("push", "refs/tags/latest", "main", Tags(), "latest")
@example("pull_request_target", "refs/heads/main", "main", Tags(), "latest")
def test_only_the_default_branch_and_configured_stable_versions_yield_latest(
    event: str, ref: str, default_branch: str, rules: Tags, asked: str
) -> None:
    found = taken(event, ref, default_branch, rules, asked) or ()
    on_default = ref == f"refs/heads/{default_branch}" and not event.startswith(("pull_request", "merge_group"))
    stable = re.fullmatch(r"refs/tags/v?[0-9]+\.[0-9]+\.[0-9]+", ref) is not None
    stable = stable and event not in {"pull_request", "pull_request_target", "merge_group"}
    due = (on_default and "default-branch" in rules.latest) or (stable and "stable-versions" in rules.latest)
    assert "latest" not in found or due


@patient
@given(pairs, st.just("{branch}") | around("{branch}"))
@example(("日本語", "中国"), "{branch}")
@example(("#lead", "-lead"), "{branch}")
@example(("x" * 140, "x" * 141), "{branch}")
@example(("日本語", "中国"), "branch-{branch}")
def test_two_repaired_names_never_share_a_tag(pair: tuple[str, str], template: str) -> None:
    found = {name: branch_tag(template, name) for name in set(pair)}
    repaired = [tag for name, tag in found.items() if tag != template.replace("{branch}", sanitise(name))]
    assert len(set(repaired)) == len(repaired)


@patient
@given(names, st.just("{branch}") | around("{branch}"))
def test_every_branch_has_a_tag_that_registries_take(name: str, template: str) -> None:
    assert GRAMMAR.fullmatch(branch_tag(template, name))


@patient
@given(names)
def test_what_a_registry_takes_is_left_alone(name: str) -> None:
    plain = sanitise(name)
    if GRAMMAR.fullmatch(plain) and plain.strip(".-"):
        assert branch_tag("{branch}", name) == plain


@patient
@given(pairs, rules)
@example(("feature/x", "feature-x"), Tags())
def test_of_two_branches_that_are_known_to_each_other_no_tag_is_shared(pair: tuple[str, str], rules: Tags) -> None:
    assume(pair[0] != pair[1])
    found = []
    for name in pair:
        try:
            found.append(tags(Origin("push", f"refs/heads/{name}", SHA, "main"), rules, "", pair)[0])
        except InputError:
            return
    assert found[0] != found[1]
