"""withExec: what a command gets, what it gives, and how it may end."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.support.session import Name, Refused, ask, ask_node, base, run, shell, step

from slipway_engine.engine import Engine

pytestmark = pytest.mark.engine


async def test_a_command_gives_its_two_streams_and_its_exit_code(engine: Engine, nonce: str) -> None:
    made = await ask(engine, *base(), shell(f"echo out; echo err >&2; : {nonce}"), "id")
    got = [await ask_node(engine, "Container", made, name) for name in ("stdout", "stderr", "exitCode")]
    assert got == ["out\n", "err\n", 0]
    assert engine.log.counts["exec"] == 1


async def test_a_failed_command_is_an_error_with_command_code_and_output(engine: Engine, nonce: str) -> None:
    words = ["sh", "-c", f"echo out; echo err >&2; : {nonce}; exit 7"]
    with pytest.raises(Refused) as caught:
        await ask(engine, *base(), run(*words), "stdout")
    assert str(caught.value) == "exit code: 7"
    assert caught.value.path == ["container", "from", "withExec", "stdout"]
    assert caught.value.extensions == {
        "_type": "EXEC_ERROR", "cmd": words, "exitCode": 7, "stdout": "out", "stderr": "err",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("expect", "code", "accepted"),
    [
        ("SUCCESS", 0, True),
        ("SUCCESS", 3, False),
        ("FAILURE", 3, True),
        ("FAILURE", 0, False),
        ("ANY", 3, True),
        ("ANY", 0, True),
    ],
)
async def test_only_the_expected_exit_codes_are_accepted(
    engine: Engine, nonce: str, expect: str, code: int, accepted: bool
) -> None:
    steps = (*base(), shell(f": {nonce}; exit {code}", expect=Name(expect)), "exitCode")
    if accepted:
        assert await ask(engine, *steps) == code
    else:
        with pytest.raises(Refused, match=f"exit code: {code}"):
            await ask(engine, *steps)


async def test_a_result_accepted_with_any_code_is_no_success_for_the_next_asker(engine: Engine, nonce: str) -> None:
    script = f": {nonce}; exit 3"
    assert await ask(engine, *base(), shell(script, expect=Name("ANY")), "exitCode") == 3
    with pytest.raises(Refused, match="exit code: 3"):
        await ask(engine, *base(), shell(script), "stdout")


@pytest.mark.parametrize("code", [125, 126, 127])
async def test_the_codes_that_podman_uses_itself_are_the_commands_own(engine: Engine, nonce: str, code: int) -> None:
    with pytest.raises(Refused) as caught:
        await ask(engine, *base(), shell(f"echo Error: mine {nonce} >&2; exit {code}"), "stdout")
    assert caught.value.extensions["exitCode"] == code
    assert caught.value.extensions["stderr"] == f"Error: mine {nonce}"


async def test_a_command_that_does_not_exist_ends_with_127_and_is_named(engine: Engine, nonce: str) -> None:
    with pytest.raises(Refused) as caught:
        await ask(engine, *base(), run(f"nosuch-{nonce}"), "stdout")
    assert caught.value.extensions["exitCode"] == 127
    assert f"nosuch-{nonce}" in caught.value.extensions["stderr"]


async def test_stdin_reaches_the_command(engine: Engine, nonce: str) -> None:
    text = f"{nonce} ünï\n" * 3000
    assert await ask(engine, *base(), run("cat", stdin=text), "stdout") == text


async def test_input_that_nobody_reads_does_not_hurt(engine: Engine, nonce: str) -> None:
    assert await ask(engine, *base(), run("true", stdin=nonce + "x" * 1_000_000), "exitCode") == 0


async def test_streams_are_redirected_from_and_to_files(engine: Engine, nonce: str) -> None:
    made = await ask(
        engine, *base(),
        step("withNewFile", path="/in", contents=f"from a file {nonce}"),
        step("withWorkdir", path="/tmp"),
        shell("cat; echo wrong >&2", redirectStdin="/in", redirectStdout="deep/out", redirectStderr="/tmp/err"),
        "id",
    )  # fmt: skip
    assert (
        await ask_node(engine, "Container", made, step("file", path="/tmp/deep/out"), "contents")
        == f"from a file {nonce}"
    )
    assert await ask_node(engine, "Container", made, step("file", path="/tmp/err"), "contents") == "wrong\n"
    assert await ask_node(engine, "Container", made, run("stat", "-c", "%a", "/tmp"), "stdout") == "1777\n"


async def test_output_is_redirected_into_a_mounted_directory(engine: Engine, nonce: str) -> None:
    folder = await ask(engine, step("directory"), step("withNewFile", path="in", contents=nonce), "id")
    made = await ask(
        engine, *base(), step("withMountedDirectory", path="/m", source=folder),
        run("cat", redirectStdin="/m/in", redirectStdout="/m/out"), "id",
    )  # fmt: skip
    assert await ask_node(engine, "Container", made, step("file", path="/m/out"), "contents") == nonce
    assert (
        await ask_node(engine, "Container", made, step("withoutMount", path="/m"), step("exists", path="/m")) is False
    )


async def test_a_link_to_outside_does_not_lead_a_redirection_there(engine: Engine, nonce: str, tmp_path: Path) -> None:
    made = await ask(
        engine, *base(), step("withSymlink", target=str(tmp_path), linkName="/link"),
        shell(f"echo {nonce}", redirectStdout="/link/out"), "id",
    )  # fmt: skip
    assert await ask_node(engine, "Container", made, step("file", path=f"{tmp_path}/out"), "contents") == f"{nonce}\n"
    assert list(tmp_path.iterdir()) == []


async def test_a_missing_file_to_read_from_is_named(engine: Engine) -> None:
    with pytest.raises(Refused, match=r"redirectStdin: '/nosuch'.*no such file"):
        await ask(engine, *base(), run("cat", redirectStdin="/nosuch"), "stdout")


async def test_variables_are_set_expanded_and_removed(engine: Engine, nonce: str) -> None:
    made = await ask(
        engine, *base(),
        step("withEnvVariable", name="A", value=f"a-{nonce}"),
        step("withEnvVariable", name="B", value="${A}-b $NOSUCH.", expand=True),
        step("withEnvVariable", name="C", value="${A}"),
        step("withEnvVariable", name="GONE", value="1"),
        step("withoutEnvVariable", name="GONE"), "id",
    )  # fmt: skip
    script = shell('echo "$A|$B|$C|${GONE-unset}"')
    assert await ask_node(engine, "Container", made, script, "stdout") == f"a-{nonce}|a-{nonce}-b .|${{A}}|unset\n"
    assert await ask_node(engine, "Container", made, run("echo", "$A", expand=True), "stdout") == f"a-{nonce}\n"
    assert await ask_node(engine, "Container", made, run("echo", "$A"), "stdout") == "$A\n"


async def test_a_value_of_any_characters_arrives_as_it_is(engine: Engine, nonce: str) -> None:
    value = f"a 'b' \"c\" $D\n{nonce} = ü"
    made = (*base(), step("withEnvVariable", name="A", value=value), run("printenv", "A"), "stdout")
    assert await ask(engine, *made) == value + "\n"


async def test_the_working_directory_is_made_and_relative_ones_add_up(engine: Engine, nonce: str) -> None:
    made = (*base(), step("withWorkdir", path=f"/w-{nonce}"), step("withWorkdir", path="in/side"))
    assert await ask(engine, *made, "workdir") == f"/w-{nonce}/in/side"
    assert await ask(engine, *made, run("pwd"), "stdout") == f"/w-{nonce}/in/side\n"


async def test_a_working_directory_behind_a_link_stays_in_the_container(
    engine: Engine, nonce: str, tmp_path: Path
) -> None:
    made = (
        *base(), step("withSymlink", target=str(tmp_path), linkName="/link"),
        step("withWorkdir", path=f"/link/{nonce}"), run("pwd", "-P"), "stdout",
    )  # fmt: skip
    assert await ask(engine, *made) == f"{tmp_path}/{nonce}\n"
    assert list(tmp_path.iterdir()) == []


async def test_the_user_is_by_name_number_and_group(engine: Engine, nonce: str) -> None:
    script = shell(f"id -u; id -g; : {nonce}")
    for name, ids in (("nobody", "65534\n65534\n"), ("1000", "1000\n0\n"), ("1000:1001", "1000\n1001\n")):
        assert await ask(engine, *base(), step("withUser", name=name), script, "stdout") == ids
    assert await ask(engine, *base(), step("withUser", name="1000"), step("withoutUser"), script, "stdout") == "0\n0\n"


async def test_a_user_who_is_not_root_can_use_an_empty_container_of_its_own(engine: Engine, nonce: str) -> None:
    made = (*base(), step("withUser", name="1000"), shell(f"touch /tmp/{nonce} && ls -ld / | head -c 10"), "stdout")
    assert await ask(engine, *made) == "drwxr-xr-x"


async def test_entry_point_and_default_arguments_are_used_where_asked_for(engine: Engine, nonce: str) -> None:
    made = (
        *base(), step("withEntrypoint", args=["echo", "entry"]), step("withDefaultArgs", args=["echo", nonce]),
    )  # fmt: skip
    assert await ask(engine, *made, "stdout") == f"entry echo {nonce}\n"
    assert await ask(engine, *made, run(), "stdout") == f"{nonce}\n"
    assert await ask(engine, *made, run("x", useEntrypoint=True), "stdout") == "entry x\n"
    assert await ask(engine, *made, step("withEntrypoint", args=["a"]), "defaultArgs") == []
    assert await ask(engine, *made, step("withoutEntrypoint", keepDefaultArgs=True), "defaultArgs") == ["echo", nonce]


async def test_asking_for_output_of_nothing_says_so(engine: Engine) -> None:
    with pytest.raises(Refused, match="no command has been executed"):
        await ask(engine, "container", "stdout")


async def test_no_variable_of_the_engines_own_process_is_visible(
    engine: Engine, nonce: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOME_TOKEN", "token.invalid")
    monkeypatch.setenv("PIP_INDEX_URL", "http://index.invalid")
    found = await ask(engine, *base(), shell(f"env; : {nonce}"), "stdout")
    assert ".invalid" not in found


async def test_a_package_can_replace_the_certificate_bundle(engine: Engine, nonce: str) -> None:
    made = await ask(engine, *base(), shell(f"update-ca-certificates --fresh >/dev/null 2>&1; : {nonce}"), "id")
    assert await ask_node(engine, "Container", made, "exitCode") == 0
    path = step("file", path="/etc/ssl/certs/ca-certificates.crt")
    assert "BEGIN CERTIFICATE" in await ask_node(engine, "Container", made, path, "contents")


async def test_the_hosts_certificates_reach_a_command_and_no_layer(engine: Engine, nonce: str) -> None:
    bundle = engine.runner().machine.ca_bundle
    if not bundle:
        pytest.skip("this machine has no bundle of certificates")
    before = await ask(engine, *base(), step("file", path="/etc/ssl/certs/ca-certificates.crt"), "contents")
    script = (
        "set -e; a=$(sha256sum < $SSL_CERT_FILE); b=$(sha256sum < /etc/ssl/certs/ca-certificates.crt); "
        f'[ "$a" = "$b" ]; echo {nonce} >> /etc/ssl/certs/ca-certificates.crt'
    )
    after = await ask(
        engine, *base(), shell(script), step("file", path="/etc/ssl/certs/ca-certificates.crt"), "contents"
    )
    assert after == f"{before}{nonce}\n"
