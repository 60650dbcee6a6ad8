"""The credentials with which a task calls AWS.

One function, because this is where assumed-role credentials go once the emulator enforces permissions.
"""

import hashlib

__all__ = ["role_credentials"]


def role_credentials(role_arn: str | None) -> dict[str, str]:
    """Variables that tell one role from another; the emulator accepts any key."""
    if role_arn is None:
        return {}
    digest = hashlib.sha256(role_arn.encode()).hexdigest()
    return {"AWS_ACCESS_KEY_ID": f"ASIA{digest[:16].upper()}", "AWS_SECRET_ACCESS_KEY": digest[16:56]}
