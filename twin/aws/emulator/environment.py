"""Settings of moto, which reads them from the environment when it is imported."""

import os

__all__ = ["ACCOUNT_ID", "MOTO_SETTINGS", "prepare"]

ACCOUNT_ID = "123456789012"

MOTO_SETTINGS = {
    # AWS's managed policies exist, so that attaching one does not fail.
    "MOTO_IAM_LOAD_MANAGED_POLICIES": "true",
    # A certificate is issued at the next look at it; AWS takes minutes.
    "MOTO_ACM_VALIDATION_WAIT": "0",
    # No catalogue of machine images: nothing in an estate of containers uses one, and loading it takes a second.
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
    # No look-up of instance metadata from within: there is nobody to answer.
    "AWS_EC2_METADATA_DISABLED": "true",
}


def prepare() -> None:
    """The environment is what moto needs, with nothing of the caller's AWS settings in it."""
    for name in [name for name in os.environ if name.startswith(("AWS_", "MOTO_"))]:
        del os.environ[name]
    os.environ.update(MOTO_SETTINGS)
