"""Reading `[flags] function [flags] function …` against the types: each function's flags follow its name."""

from __future__ import annotations

from dataclasses import dataclass, field

from slipway_engine.cli.catalog import Catalog, Member
from slipway_engine.cli.errors import UsageError
from slipway_engine.cli.names import kebab, listed, suggestion
from slipway_engine.cli.options import Options, flags_of, read_flag
from slipway_engine.module.definitions import Arg


@dataclass(slots=True)
class Step:
    """One function and the texts of its flags, by argument name."""

    member: Member
    texts: dict[str, list[str]] = field(default_factory=dict)


@dataclass(slots=True)
class Sentence:
    """The whole command: the constructor first."""

    command: str
    steps: list[Step]

    @property
    def title(self) -> str:
        """The words so far, for messages: `slipway call build`."""
        return " ".join(["slipway", self.command, *(step.member.word for step in self.steps if step.member.word)])


async def read(words: list[str], catalog: Catalog, options: Options, command: str = "call") -> Sentence:
    """The steps that the words name. Global flags go into `options`; after `--help` the rest is not looked at."""
    sentence = Sentence(command, [Step(catalog.constructor())])
    at = 0
    while at < len(words) and not options.help:
        word = words[at]
        if word.startswith("-") and word != "-":
            at = _flag(words, at, sentence, options)
            continue
        last = sentence.steps[-1]
        following = await catalog.members(last.member.function.returns)
        member = following.get(word) or following.get(kebab(word))
        if member is None:
            raise _unknown_word(word, sentence, following)
        sentence.steps.append(Step(member))
        at += 1
    return sentence


def _flag(words: list[str], at: int, sentence: Sentence, options: Options) -> int:
    step = sentence.steps[-1]
    word = words[at]
    if word.startswith("--"):
        name, equals, value = word[2:].partition("=")
        arg = step.member.flags.get(name)
        if arg is not None:
            return _take(words, at, step, arg, value if equals else None)
    after = read_flag(words, at, sentence.command, options)
    if after is None:
        raise _unknown_flag(word, sentence)
    return after


def _take(words: list[str], at: int, step: Step, arg: Arg, value: str | None) -> int:
    after = at + 1
    if value is None:
        if arg.type.kind == "BOOLEAN_KIND":
            value = "true"
        elif after < len(words):
            value = words[after]
            after += 1
        else:
            msg = f"flag needs an argument: --{kebab(arg.name)}"
            raise UsageError(msg)
    step.texts.setdefault(arg.name, []).append(value)
    return after


def _unknown_word(word: str, sentence: Sentence, following: dict[str, Member]) -> UsageError:
    if not following:
        kind = sentence.steps[-1].member.function.returns
        msg = f'unknown command "{word}" for "{sentence.title}": nothing can follow a {kind}'
        return UsageError(msg)
    msg = f'unknown command "{word}" for "{sentence.title}"{suggestion(word, following)}'
    return UsageError(msg, f"Functions: {listed(following)}\nRun '{sentence.title} --help' for usage.")


def _unknown_flag(word: str, sentence: Sentence) -> UsageError:
    name = word.partition("=")[0]
    flags = sentence.steps[-1].member.flags
    for step in sentence.steps[:-1]:
        if name.removeprefix("--") in step.member.flags:
            before = (
                f"{step.member.word!r}, before the next function" if step.member.word else "'call', before the function"
            )
            msg = f"unknown flag: {name} for {sentence.title!r}; it belongs after {before}"
            return UsageError(msg)
    known = [f"--{flag}" for flag in flags]
    near = suggestion(name, [*known, *(f"--{flag}" for flag in flags_of(sentence.command))])
    return UsageError(
        f"unknown flag: {name}{near}", f"Flags: {listed(known)}\nRun '{sentence.title} --help' for usage."
    )
