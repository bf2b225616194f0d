import pytest

from migrate.errors import SettingsError
from migrate.testing import VARIABLE, scratch_database


def test_without_a_server_tests_fail_and_say_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE)
    with (
        pytest.raises(SettingsError, match="TEST_DATABASE_URL: should be set to the address"),
        scratch_database(),
    ):
        pass
