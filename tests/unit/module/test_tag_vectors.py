"""Tags and names as upstream's vectors have them; the rows marked unsafe are repaired or refused."""

import json
from pathlib import Path
from typing import Any

import pytest

from slipway.config import Tags
from slipway.errors import InputError
from slipway.release.names import branch_tag, is_tag, sanitise
from slipway.release.refs import Origin
from slipway.release.tags import tags

VECTORS = json.loads((Path(__file__).parent / "data" / "tag-vectors.json").read_text())
SHORT = "sha-860c190"


def of_vector(vector: dict[str, Any]) -> list[str]:
    long = "type=sha,format=long" in vector["rules"]
    origin = Origin(vector["event"], vector["ref"], vector["sha"], vector["default_branch"])
    rules = Tags.model_validate({"sha-length": 40 if long else 7, "pull-request": "pr-{number}"})
    return list(tags(origin, rules))


def by_safety(safe: bool) -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in VECTORS["profile_vectors"] if row["usable_as_expectation"] is safe}


@pytest.mark.parametrize("vector", by_safety(True).values(), ids=by_safety(True))
def test_a_safe_row_gives_upstreams_tags(vector: dict[str, Any]) -> None:
    expected = [
        f"{image.lower()}:{tag}" for image in vector["images"] for tag in of_vector(vector)
    ]  # images are lower-cased by upstream; ours have to be written so
    assert expected == vector["upstream_tags"]


REPAIRED = {
    "p11": ["branch-77710aedc7", SHORT],
    "p13": ["lead-28473507d6", SHORT],
    "p15": ["x" * 117 + "-f5e19a4ccf", SHORT],
    "p25": [SHORT],
    "p29": ["dev", SHORT],
}
REFUSED = {
    "p17": (
        "--ref: the branch 'sha-860c190' would be published as sha-860c190, which is kept for commits; rename the "
        'branch, or give branches tags of their own: branch = "branch-{branch}" under [tags] in slipway.toml'
    ),
}


def test_every_unsafe_row_has_an_expectation() -> None:
    assert sorted(by_safety(False)) == sorted({**REPAIRED, **REFUSED})


@pytest.mark.parametrize("row", REPAIRED)
def test_an_unsafe_row_is_repaired(row: str) -> None:
    assert of_vector(by_safety(False)[row]) == REPAIRED[row]


@pytest.mark.parametrize("row", REFUSED)
def test_an_unsafe_row_is_refused(row: str) -> None:
    with pytest.raises(InputError) as caught:
        of_vector(by_safety(False)[row])
    assert str(caught.value) == REFUSED[row]


@pytest.mark.parametrize("row", VECTORS["sanitise_vectors"], ids=lambda row: row["in"])
def test_characters_are_replaced_as_upstream_does(row: dict[str, str]) -> None:
    assert sanitise(row["in"]) == row["upstream_out"]


@pytest.mark.parametrize("row", VECTORS["sanitise_vectors"], ids=lambda row: row["in"])
def test_a_branch_is_called_as_upstream_calls_it_where_a_registry_takes_that(row: dict[str, str]) -> None:
    repaired = {"-lead": "lead-54e05a0bef"}
    assert branch_tag("{branch}", row["in"]) == repaired.get(row["in"], row["upstream_out"])


VALIDITY = [case for case in VECTORS["reference_validity"]["cases"] if "tag" in case]


@pytest.mark.parametrize("case", VALIDITY, ids=lambda case: case.get("why", case["tag"]))
def test_what_a_registry_takes_is_known(case: dict[str, Any]) -> None:
    assert is_tag(case["tag"]) is case["accepted"]
