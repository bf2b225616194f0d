"""A real registry takes every tag that is made, and refuses what the rules say that it refuses."""

from __future__ import annotations

import hashlib
import http.client
import json
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.support.registry import Registry, registry
from tests.unit.module.test_tag_properties import EVENTS, asked_for, default_branches, refs, rules, taken

from slipway.config import Tags

CONFIG = b"{}"
TYPE = "application/vnd.oci.image.manifest.v1+json"


class Shelf:
    """A repository with one manifest, which takes tags; one connection for all requests."""

    def __init__(self, made: Registry) -> None:
        self._connection = http.client.HTTPConnection(made.address, timeout=10)
        digest = f"sha256:{hashlib.sha256(CONFIG).hexdigest()}"
        place = self._ask("POST", "/v2/shelf/blobs/uploads/").headers["Location"]
        joined = "&" if "?" in place else "?"
        self._ask("PUT", f"{place}{joined}digest={digest}", CONFIG, "application/octet-stream")
        named = {"mediaType": "application/vnd.oci.image.config.v1+json", "digest": digest, "size": len(CONFIG)}
        self._manifest = json.dumps({"schemaVersion": 2, "mediaType": TYPE, "config": named, "layers": []}).encode()

    def takes(self, tag: str) -> bool:
        return self._ask("PUT", f"/v2/shelf/manifests/{tag}", self._manifest, TYPE).status == http.client.CREATED

    def close(self) -> None:
        self._connection.close()

    def _ask(self, method: str, path: str, body: bytes = b"", kind: str = "") -> http.client.HTTPResponse:
        self._connection.request(method, path, body, {"Content-Type": kind} if kind else {})
        answer = self._connection.getresponse()
        answer.read()
        return answer


@pytest.fixture(scope="module")
def shelf(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shelf]:
    with registry(tmp_path_factory.mktemp("registry")) as made:
        shelf = Shelf(made)
        yield shelf
        shelf.close()


@settings(deadline=None, max_examples=200, suppress_health_check=[HealthCheck.too_slow])
@given(st.sampled_from(EVENTS), refs, default_branches, rules, asked_for)
def test_every_tag_that_is_made_is_taken(
    shelf: Shelf, event: str, ref: str, default_branch: str, rules: Tags, asked: str
) -> None:
    found = taken(event, ref, default_branch, rules, asked) or ()
    assert [tag for tag in found if not shelf.takes(tag)] == []


@pytest.mark.parametrize("tag", ["x" * 129, "-x", ".x", "a+b"])
def test_what_the_rules_call_no_tag_is_refused(shelf: Shelf, tag: str) -> None:
    assert shelf.takes("x" * 128)
    assert not shelf.takes(tag)
