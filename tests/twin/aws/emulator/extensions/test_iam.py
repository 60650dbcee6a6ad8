"""IAM's roles, while others are made."""

from moto.iam.models import IAMBackend

from twin.aws.emulator.extensions import iam


def test_a_role_is_found_while_another_is_made() -> None:
    for extension in iam.EXTENSIONS:
        if extension.patch:
            extension.patch()
    backend = IAMBackend("eu-west-2", "123456789012")
    make = {
        "assume_role_policy_document": "{}",
        "path": "/",
        "permissions_boundary": None,
        "description": "",
        "tags": [],
        "max_session_duration": "3600",
    }
    backend.create_role("first", **make)
    looking = iter(backend.get_roles())
    next(looking)
    backend.create_role("second", **make)
    assert list(looking) == []
    assert backend.get_role("second").name == "second"
