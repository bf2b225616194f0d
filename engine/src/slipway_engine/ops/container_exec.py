"""Container: running commands, and what they printed."""

from __future__ import annotations

from slipway_engine.api.registry import Context, op
from slipway_engine.errors import InputError
from slipway_engine.ops.container import absolute, expanded
from slipway_engine.run.execute import Command, execute, read_output
from slipway_engine.state import Container, Outcome


@op("Container.withExec")
async def with_exec(
    ctx: Context,
    self: Container,
    *,
    args: list[str],
    use_entrypoint: bool = False,
    stdin: str = "",
    redirect_stdin: str = "",
    redirect_stdout: str = "",
    redirect_stderr: str = "",
    expect: str = "SUCCESS",
    experimental_privileged_nesting: bool = False,
    insecure_root_capabilities: bool = False,
    expand: bool = False,
    no_init: bool = False,
) -> Container:
    """Run a command. `no_init` changes nothing here: commands are always started without an init process."""
    if experimental_privileged_nesting:
        msg = "Container.withExec(experimentalPrivilegedNesting:) is not served by the embedded engine"
        raise InputError(msg)
    command = command_line(self, [expanded(self, arg, expand) for arg in args], use_entrypoint=use_entrypoint)

    def place(path: str) -> str:
        return absolute(self, path) if path else ""

    return await execute(
        ctx.engine,
        self,
        Command(
            command, stdin, place(redirect_stdin), place(redirect_stdout), place(redirect_stderr), expect,
            insecure_root_capabilities,
        ),
    )  # fmt: skip


def command_line(self: Container, args: list[str], *, use_entrypoint: bool) -> tuple[str, ...]:
    """The arguments, or the default ones, with the entry point in front where asked for."""
    words = (*(self.config.entrypoint if use_entrypoint else ()), *(args or self.config.args))
    if not words:
        msg = "no command has been set: give arguments, or an image with default arguments"
        raise InputError(msg)
    return words


def _outcome(self: Container) -> Outcome:
    if self.outcome is None:
        msg = "no command has been executed in this container; use withExec before asking for its output"
        raise InputError(msg)
    return self.outcome


async def _last(ctx: Context, self: Container) -> Outcome:
    if self.outcome is None and (self.config.args or self.config.entrypoint):
        self = await execute(ctx.engine, self, Command(command_line(self, [], use_entrypoint=True)))
    return _outcome(self)


@op("Container.stdout")
async def stdout(ctx: Context, self: Container) -> str:
    """What the last command wrote to its standard output."""
    return read_output(await _last(ctx, self), "stdout")


@op("Container.stderr")
async def stderr(ctx: Context, self: Container) -> str:
    """What the last command wrote to its standard error."""
    return read_output(await _last(ctx, self), "stderr")


@op("Container.exitCode")
async def exit_code(ctx: Context, self: Container) -> int:
    """The last command's exit code."""
    return (await _last(ctx, self)).exit_code
