"""Directory.dockerBuild: Dockerfiles as people write them."""

from __future__ import annotations

import asyncio
import json
import subprocess

import pytest
from tests.support.session import IMAGE, Refused, Step, ask, run, step

from slipway_engine.engine import Engine
from slipway_engine.log import Progress
from slipway_engine.store.store import default_root

pytestmark = [pytest.mark.engine, pytest.mark.timeout(180)]

STAGES = f"""\
ARG BASE={IMAGE}
FROM $BASE AS tools
ARG NONCE
ARG WORD=default
RUN echo "$WORD $NONCE" > /made && mkdir /many && echo 1 > /many/1

FROM ${{BASE}} AS other
RUN echo other > /made

FROM tools AS last
COPY --from=other /made /from-other
COPY --from=0 /many /copied
COPY --chown=1000:1000 src /src
RUN rm -r /many
USER 1000:1000
ENV A=b
WORKDIR /src
EXPOSE 8080
LABEL l=v
HEALTHCHECK --interval=5s CMD true
ENTRYPOINT ["cat"]
CMD ["/made"]
"""


async def context(engine: Engine, dockerfile: str, **files: str) -> str:
    """A build context's ID; two underscores in a name stand for a slash."""
    steps = [step("withNewFile", path=name.replace("__", "/"), contents=text) for name, text in files.items()]
    first = step("withNewFile", path="Dockerfile", contents=dockerfile)
    return str(await ask(engine, step("directory"), first, *steps, "id"))


def build(made: str, **args: object) -> tuple[Step, Step, Step]:
    """A build of that directory."""
    return step("directory"), step("withDirectory", path="/", source=made), step("dockerBuild", **args)


def arguments(**values: str) -> list[dict[str, str]]:
    """Build arguments."""
    return [{"name": name, "value": value} for name, value in values.items()]


def left_over() -> list[str]:
    """buildah's containers in the storage of the user's cache."""
    words = [
        "buildah",
        "--root",
        str(default_root() / "buildah"),
        "--storage-driver",
        "overlay",
        "containers",
        "--json",
    ]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    return [row["id"] for row in json.loads(done.stdout) or []]


async def test_stages_arguments_and_settings_are_built_once(nonce: str) -> None:
    async with Engine.open(progress=Progress("silent")) as engine:
        made = await context(engine, STAGES, src__f="in src")
        built = build(made, buildArgs=arguments(NONCE=nonce, WORD="given"))
        assert await ask(engine, *built, "stdout") == f"given {nonce}\n"
        assert await ask(engine, *built, step("file", path="/from-other"), "contents") == "other\n"
        script = "ls /copied; ls -d /many 2>/dev/null; stat -c %u:%g /src/f; cat /src/f; pwd; id -u; echo $A"
        assert await ask(engine, *built, run("sh", "-c", script), "stdout") == "1\n1000:1000\nin src/src\n1000\nb\n"
        assert await ask(engine, *built, "entrypoint") == ["cat"]
        assert await ask(engine, *built, step("label", name="l")) == "v"
        assert await ask(engine, *built, "dockerHealthcheck", "interval") == "5000ms"
        before = await ask(engine, *built, "asTarball", step("digest", excludeMetadata=True))
        engine.log.counts.clear()
    async with Engine.open(progress=Progress("silent")) as engine:
        made = await context(engine, STAGES, src__f="in src")
        built = build(made, buildArgs=arguments(NONCE=nonce, WORD="given"))
        assert await ask(engine, *built, "asTarball", step("digest", excludeMetadata=True)) == before
        assert engine.log.counts == {"cached": 1}
    assert left_over() == []


async def test_a_target_ends_the_build_at_its_stage(engine: Engine, nonce: str) -> None:
    made = await context(engine, STAGES, src__f=nonce)
    built = build(made, target="other", buildArgs=arguments(NONCE=nonce))
    assert await ask(engine, *built, step("file", path="/made"), "contents") == "other\n"
    assert await ask(engine, *built, step("exists", path="/src")) is False


async def test_what_dockerignore_names_does_not_get_in(engine: Engine, nonce: str) -> None:
    dockerfile = f"FROM {IMAGE}\nCOPY . /all\nRUN ls -A /all > /listing && : {nonce}\n"
    files = {".dockerignore": "*.secret\n!kept.secret\nDockerfile\n", "a.secret": "1", "kept.secret": "2", "b": "3"}
    made = await context(engine, dockerfile, **files)
    listing = await ask(engine, *build(made), step("file", path="/listing"), "contents")
    assert listing.split() == [".dockerignore", "b", "kept.secret"]


async def test_a_failing_run_gives_its_output_and_exit_code(engine: Engine, nonce: str) -> None:
    dockerfile = f"FROM {IMAGE}\nRUN echo to out {nonce} && echo to err {nonce} >&2 && exit 9\n"
    made = await context(engine, dockerfile)
    with pytest.raises(Refused) as caught:
        await ask(engine, *build(made), "sync")
    assert caught.value.extensions["exitCode"] == 9
    assert f"to out {nonce}" in caught.value.extensions["stdout"]
    assert f"to err {nonce}" in caught.value.extensions["stderr"]
    assert left_over() == []


async def test_two_builds_at_once_both_end(engine: Engine, nonce: str) -> None:
    async def one(number: int) -> None:
        made = await context(engine, f"FROM {IMAGE}\nRUN echo {nonce}{number} > /made\n")
        assert await ask(engine, *build(made), step("file", path="/made"), "contents") == f"{nonce}{number}\n"

    await asyncio.wait_for(asyncio.gather(one(1), one(2)), 120)


async def test_a_missing_dockerfile_is_named(engine: Engine) -> None:
    made = await context(engine, f"FROM {IMAGE}\n")
    with pytest.raises(Refused, match=r"deep/Dockerfile: no such file in the build's directory"):
        await ask(engine, *build(made, dockerfile="deep/Dockerfile"), "sync")
    secret = await ask(engine, step("setSecret", name="s", plaintext="x"), "id")
    with pytest.raises(Refused, match=r"secrets:.*not served"):
        await ask(engine, *build(made, secrets=[secret]), "sync")
