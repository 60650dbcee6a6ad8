"""The four steps of a rotation, against a Secrets Manager that keeps versions and stages."""

import json
from itertools import count
from typing import Any

import pytest

from components.rotation.rotate import STEPS, Credential, Rotation, RotationRefused, carry_out

SECRET = "arn:aws:secretsmanager:eu-west-2:123456789012:secret:dwp"
LENGTH = 20


class ResourceNotFoundException(Exception):
    """As Secrets Manager answers where a version has no value."""


class FakeSecretsManager:
    """One secret. A stage is on one version at most, and AWSPREVIOUS follows AWSCURRENT, as on AWS."""

    class exceptions:
        ResourceNotFoundException = ResourceNotFoundException

    def __init__(self, rotation_enabled: bool = True) -> None:
        self.rotation_enabled = rotation_enabled
        self.values: dict[str, str] = {}
        self.stages: dict[str, list[str]] = {}
        self.passwords = (f"{number:0{LENGTH}}" for number in count())

    def describe_secret(self, SecretId: str) -> dict[str, Any]:
        return {"RotationEnabled": self.rotation_enabled, "VersionIdsToStages": self.stages}

    def get_secret_value(
        self, SecretId: str, VersionStage: str, VersionId: str | None = None
    ) -> dict[str, Any]:
        found = VersionId or self.version_of(VersionStage)
        if found not in self.values or VersionStage not in self.stages[found]:
            raise ResourceNotFoundException(VersionStage)
        return {"SecretString": self.values[found]}

    def put_secret_value(
        self, SecretId: str, ClientRequestToken: str, SecretString: str, VersionStages: list[str]
    ) -> None:
        self.values[ClientRequestToken] = SecretString
        for stage in VersionStages:
            self.move(stage, ClientRequestToken)

    def update_secret_version_stage(
        self,
        SecretId: str,
        VersionStage: str,
        MoveToVersionId: str | None = None,
        RemoveFromVersionId: str | None = None,
    ) -> None:
        assert RemoveFromVersionId == self.version_of(VersionStage), (
            "AWS wants the version that has the stage."
        )
        if VersionStage == "AWSCURRENT" and RemoveFromVersionId is not None:
            self.move("AWSPREVIOUS", RemoveFromVersionId)
        self.move(VersionStage, MoveToVersionId)

    def get_random_password(
        self, PasswordLength: int, ExcludeCharacters: str, RequireEachIncludedType: bool
    ) -> dict[str, str]:
        return {"RandomPassword": next(self.passwords)}

    def version_of(self, stage: str) -> str | None:
        return next((version for version, stages in self.stages.items() if stage in stages), None)

    def move(self, stage: str, version: str | None) -> None:
        for stages in self.stages.values():
            if stage in stages:
                stages.remove(stage)
        if version is not None:
            self.stages.setdefault(version, []).append(stage)

    def begin(self, token: str) -> None:
        """What RotateSecret does before it calls the function."""
        self.move("AWSPENDING", token)


def rotation(client: FakeSecretsManager, token: str) -> Rotation:
    return Rotation(client, SECRET, token, Credential("secret", LENGTH, "@"))


def rotate(client: FakeSecretsManager, token: str) -> None:
    client.begin(token)
    for step in STEPS:
        carry_out(step, rotation(client, token))


@pytest.fixture
def client() -> FakeSecretsManager:
    return FakeSecretsManager()


def test_the_first_rotation_of_an_empty_secret_makes_its_first_value(client: FakeSecretsManager) -> None:
    rotate(client, "v1")
    assert json.loads(client.values["v1"]) == {"secret": "0" * LENGTH}
    assert client.stages == {"v1": ["AWSCURRENT"]}


def test_the_first_rotation_works_before_any_version_is_listed(client: FakeSecretsManager) -> None:
    for step in STEPS:
        carry_out(step, rotation(client, "v1"))
    assert client.stages == {"v1": ["AWSCURRENT"]}


def test_a_rotation_replaces_one_field_and_keeps_the_version_before(client: FakeSecretsManager) -> None:
    rotate(client, "v1")
    client.values["v1"] = json.dumps({"secret": "old", "client_id": "estate", "host": "api.example"})
    rotate(client, "v2")
    assert json.loads(client.values["v2"]) == {
        "secret": "1".rjust(LENGTH, "0"),
        "client_id": "estate",
        "host": "api.example",
    }
    assert client.stages == {"v1": ["AWSPREVIOUS"], "v2": ["AWSCURRENT"]}


def test_until_it_is_finished_the_current_value_stays(client: FakeSecretsManager) -> None:
    rotate(client, "v1")
    client.begin("v2")
    for step in ("createSecret", "setSecret", "testSecret"):
        carry_out(step, rotation(client, "v2"))
    assert client.stages == {"v1": ["AWSCURRENT"], "v2": ["AWSPENDING"]}


@pytest.mark.parametrize("repeated", STEPS)
def test_a_step_that_is_repeated_changes_nothing(client: FakeSecretsManager, repeated: str) -> None:
    rotate(client, "v1")
    client.begin("v2")
    for step in STEPS:
        carry_out(step, rotation(client, "v2"))
        if step == repeated:
            carry_out(step, rotation(client, "v2"))
    assert json.loads(client.values["v2"]) == {"secret": "1".rjust(LENGTH, "0")}
    assert client.stages == {"v1": ["AWSPREVIOUS"], "v2": ["AWSCURRENT"]}


@pytest.mark.parametrize(
    ("pending", "reason"),
    [
        pytest.param({"secret": "short"}, "too short", id="short"),
        pytest.param({}, "too short", id="missing"),
        pytest.param({"secret": "0" * LENGTH}, "is the current one", id="unchanged"),
        pytest.param({"secret": "9" * LENGTH, "client_id": "other"}, "other fields", id="another-shape"),
    ],
)
def test_a_pending_value_that_is_not_whole_fails_its_test(
    client: FakeSecretsManager, pending: dict[str, str], reason: str
) -> None:
    rotate(client, "v1")
    client.begin("v2")
    client.values["v2"] = json.dumps(pending)
    with pytest.raises(RotationRefused, match=reason):
        carry_out("testSecret", rotation(client, "v2"))


@pytest.mark.parametrize("step", ["setSecret", "testSecret"])
def test_a_step_before_the_value_is_made_is_refused(client: FakeSecretsManager, step: str) -> None:
    client.begin("v1")
    with pytest.raises(RotationRefused, match="has no value"):
        carry_out(step, rotation(client, "v1"))


def test_a_version_that_is_not_pending_is_refused(client: FakeSecretsManager) -> None:
    rotate(client, "v1")
    with pytest.raises(RotationRefused, match="not the pending one"):
        carry_out("createSecret", rotation(client, "v2"))
    assert list(client.values) == ["v1"]


def test_a_secret_whose_rotation_is_off_is_refused() -> None:
    with pytest.raises(RotationRefused, match="is off"):
        carry_out("createSecret", rotation(FakeSecretsManager(rotation_enabled=False), "v1"))


def test_an_unknown_step_is_refused(client: FakeSecretsManager) -> None:
    with pytest.raises(RotationRefused, match="got 'dropSecret'"):
        carry_out("dropSecret", rotation(client, "v1"))


def test_no_value_is_in_a_refusal(client: FakeSecretsManager) -> None:
    client.begin("v1")
    client.values["v1"] = json.dumps({"secret": "hunter2"})
    with pytest.raises(RotationRefused) as refusal:
        carry_out("testSecret", rotation(client, "v1"))
    assert "hunter2" not in str(refusal.value)


def test_the_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("SECRET_FIELD", "key"), ("SECRET_LENGTH", "64"), ("EXCLUDED_CHARACTERS", "@/")):
        monkeypatch.setenv(name, value)
    assert Credential.from_environment() == Credential("key", 64, "@/")
