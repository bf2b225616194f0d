"""`slipway call`: run functions, one after the other, and print or save what the last one gives."""

from __future__ import annotations

import time
from pathlib import Path

from slipway_engine.cli import words as sentences
from slipway_engine.cli.chain import Several, Value
from slipway_engine.cli.errors import UsageError
from slipway_engine.cli.options import Options, early
from slipway_engine.cli.render import as_json, as_text, write
from slipway_engine.cli.session import Session, opened, summarise
from slipway_engine.values import Ref

_EXPORTED = frozenset({"Container", "Directory", "File", "Changeset"})


async def call(words: list[str]) -> int:
    """Run the command; gives the exit code."""
    started = time.monotonic()
    async with opened(early(words, "call")) as session:
        options = Options()
        sentence = await sentences.read(words, session.catalog, options)
        if options.help or len(sentence.steps) == 1:
            from slipway_engine.cli.help import call_help

            session.engine.progress.close()
            write(await call_help(sentence, session.catalog))
            return 0
        session.arguments.check(sentence)
        _check_output(sentence, options, session)
        try:
            value = await session.chain.follow(sentence.steps)
            saved = await _save(value, options, session)
            if not saved:
                await session.chain.evaluate(value)
        finally:
            summarise(session, started)
        if saved:
            session.engine.progress.line(f"Saved to {saved}")
            return 0
        text = as_json(value, session.catalog) if options.json else as_text(value, session.catalog)
        if options.output:
            target = _target(options.output)
            target.write_text(text, encoding="utf-8")
            session.engine.progress.line(f"Saved to {target}")
        write(text)
    return 0


def _check_output(sentence: sentences.Sentence, options: Options, session: Session) -> None:
    """Refuse `-o` for what cannot be saved before anything runs; the original ignores it silently."""
    returns = sentence.steps[-1].member.function.returns
    lists = [step for step in sentence.steps if step.member.function.returns.element is not None]
    if not options.output or returns.kind not in ("OBJECT_KIND", "INTERFACE_KIND"):
        return
    if returns.name not in _EXPORTED or lists or session.catalog.is_stored(returns):
        kind = "a list" if lists else session.catalog.title(returns.name)
        msg = f"--output cannot save {kind}; it saves a Container, Directory or File, or the text that is printed"
        raise UsageError(msg)


async def _save(value: Value | Several, options: Options, session: Session) -> str:
    if not options.output or isinstance(value, Several) or not isinstance(value.data, Ref):
        return ""
    target = _target(options.output)
    await session.engine.select(value.data, "export", {"path": str(target)})
    return str(target)


def _target(output: str) -> Path:
    path = (Path.cwd() / Path(output).expanduser()).resolve()
    path.parent.mkdir(parents=True, exist_ok=True)
    return path
