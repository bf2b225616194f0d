"""Publishing: build and check all, push every image, read the tags back, push the release."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any

from slipway.checks import run as checks
from slipway.checks.jobs import Wanted
from slipway.checks.sbom.bill import bills_of, described
from slipway.checks.toolbox_container import toolbox
from slipway.errors import PublishError
from slipway.images.build import Built, measure
from slipway.images.facts import read_facts
from slipway.images.image import Image, for_platforms
from slipway.images.labels import labels
from slipway.release import artifact, contents, manifest, report
from slipway.running import Once, run_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import dagger

    from slipway.config import Config
    from slipway.images.facts import Facts
    from slipway.images.labels import Commit
    from slipway.release.plan import Plan, Push
    from slipway.release.registry import Registry
    from slipway.release.signing import Signer
    from slipway.running import Outcome


@dataclass(frozen=True)
class Published:
    """What was published; `reference` is the release's, with its digest."""

    plan: Plan
    pushed: tuple[report.Pushed, ...]
    reference: str
    release: manifest.Release

    def text(self) -> str:
        """The table."""
        return report.text(self.plan, self.pushed, self.reference, self.release.digest)

    def summary(self) -> str:
        """The same as Markdown."""
        return report.summary(self.plan, self.pushed, self.reference, self.release.digest)


async def publish(
    source: dagger.Directory, config: Config, plan: Plan, registry: Registry, signer: Signer | None
) -> Published:
    """Follow the plan; with a `signer`, the release is signed before it is pushed.

    Raises:
        PublishError: an image or the gate failed, and nothing was pushed; or a push failed, or a
            tag holds another digest: then the message names what is there and what is not.

    """
    facts = await read_facts(source, config.services.values())
    images = {
        s.name: for_platforms(source, config, s, facts[s.name], plan.commit)
        for s in config.services.values()
    }
    built = await _built(source, config, plan, images, facts)
    parts = await contents.read(source, config)
    sboms = {name: made.bills for name, made in built.items()}
    release = _release(config, plan, built, replace(parts, sboms=sboms))
    wrapped = await artifact.wrapped(release, signer, sboms)
    pushed = await _push(plan, images, built, registry)
    reference = await _push_release(plan, wrapped, registry)
    return Published(plan, pushed, reference, release)


@dataclass(frozen=True)
class _Made:
    """An image that was built, its bills of materials by format, and how long both took."""

    image: Built
    bills: dict[str, str]
    seconds: float = 0.0


async def _built(
    source: dagger.Directory,
    config: Config,
    plan: Plan,
    images: Mapping[str, Image],
    facts: dict[str, Facts],
) -> dict[str, _Made]:
    """Build the images, see what is in them, and pass the gate, all at once."""
    tools = Once(lambda: toolbox().sync())
    work: dict[str, Any] = {
        f"{name}: build": partial(_build, made, config.project.reference(name), plan.commit, tools)
        for name, made in images.items()
    }
    if plan.gate:
        wanted = Wanted(list(config.services.values()), list(plan.gate), facts=facts)
        work["gate"] = partial(_pass, source, config, wanted)
    outcomes: dict[str, Outcome[Any]] = await run_all(work)
    failures = [f"{what}: {o.failure}" for what, o in outcomes.items() if o.failure]
    if failures:
        raise PublishError("nothing was pushed, for not everything is well", failures)
    ended = {name: outcomes[f"{name}: build"] for name in images}
    return {
        name: replace(o.value, seconds=o.seconds)
        for name, o in ended.items()
        if o.value is not None
    }


async def _pass(source: dagger.Directory, config: Config, wanted: Wanted) -> str:
    return checks.judged(await checks.results(source, config, wanted))


async def _build(
    made: Image, reference: str, commit: Commit, tools: Once[dagger.Container]
) -> _Made:
    built = await measure(made)
    image = described(reference, built.digest, commit)
    return _Made(built, await bills_of(made, image, await tools()))


def _release(
    config: Config,
    plan: Plan,
    built: Mapping[str, _Made],
    parts: contents.Contents,
) -> manifest.Release:
    return manifest.Release(
        project=plan.project,
        version=plan.version,
        ref=plan.ref,
        commit=plan.commit.sha,
        dirty=plan.commit.dirty,
        created=plan.commit.time,
        services={
            push.service: manifest.Image(
                kind=config.services[push.service].kind,
                repository=push.repository,
                digest=built[push.service].image.digest,
                tags=push.tags,
                size=built[push.service].image.octets,
                labels=labels(config.project, config.services[push.service], plan.commit),
            )
            for push in plan.pushes
        },
        files=parts.files,
        migration=parts.migration,
        sboms={
            name: {kind: manifest.digest_of(text.encode()) for kind, text in texts.items()}
            for name, texts in parts.sboms.items()
        },
    )


async def _push(
    plan: Plan,
    images: Mapping[str, Image],
    built: Mapping[str, _Made],
    registry: Registry,
) -> tuple[report.Pushed, ...]:
    wanted = {
        reference: built[push.service].image.digest
        for push in plan.pushes
        for reference in push.references
    }
    before = await _held([push.references[0] for push in plan.pushes], registry)
    seconds = {name: made.seconds for name, made in built.items()}
    # First what only this commit can be called: while that is not whole, no other tag moves.
    for step in (slice(0, 1), slice(1, None)):
        work = {
            push.service: partial(_push_one, images[push.service], push.references[step], registry)
            for push in plan.pushes
        }
        outcomes = await run_all(work)
        failures = {name: o.failure for name, o in outcomes.items() if o.failure}
        if failures:
            raise await _half_way(plan, wanted, registry, failures)
        seconds = {name: spent + outcomes[name].seconds for name, spent in seconds.items()}
    held = await _held(wanted, registry)
    if any(held[reference] != digest for reference, digest in wanted.items()):
        why = "what it answers is not what was pushed, or another publication moved the tags"
        raise await _half_way(plan, wanted, registry, {registry.host: why})
    return tuple(
        report.Pushed(
            push,
            built[push.service].image.digest,
            built[push.service].image.octets,
            before[push.references[0]] == built[push.service].image.digest,
            seconds[push.service],
        )
        for push in plan.pushes
    )


async def _push_one(image: Image, references: list[str], registry: Registry) -> None:
    for reference in references:
        await registry.push(image, reference)


async def _push_release(plan: Plan, wrapped: Image, registry: Registry) -> str:
    push: Push = plan.release
    digests: dict[str, str] = {}
    outcomes = await run_all({push.service: partial(_push_tags, wrapped, push, registry, digests)})
    if failure := outcomes[push.service].failure:
        images = [f"  there      {r}" for each in plan.pushes for r in each.references]
        told = report.explained(failure, registry.host)
        raise PublishError(
            "the images are published, and the release that lists them is not; publish again",
            ["\n".join(images), f"{push.repository}: {told}"],
        )
    return f"{push.repository}:{push.tags[0]}@{digests[push.references[0]]}"


async def _push_tags(
    wrapped: Image, push: Push, registry: Registry, digests: dict[str, str]
) -> None:
    for reference in push.references:
        digests[reference] = await registry.push(wrapped, reference)


async def _held(references: Iterable[str], registry: Registry) -> dict[str, str | None]:
    outcomes = await run_all({r: partial(registry.digest_or_none, r) for r in references})
    return {reference: outcome.value for reference, outcome in outcomes.items()}


async def _half_way(
    plan: Plan, wanted: Mapping[str, str], registry: Registry, failures: Mapping[str, str]
) -> PublishError:
    """The error of a push that did not come to its end: what is there, and why not the rest."""
    held = await _held(wanted, registry)
    if not any(held[reference] == digest for reference, digest in wanted.items()):
        told = [f"{what}: {report.explained(why, registry.host)}" for what, why in failures.items()]
        return PublishError("nothing was pushed", told)
    lines = report.state(wanted, held)
    told = [f"{what}: {report.explained(why, registry.host)}" for what, why in failures.items()]
    summary = (
        f"{plan.project} {plan.version} is not whole in the registry; the same command again "
        "pushes what is missing"
    )
    return PublishError(summary, ["\n".join(lines), *told])
