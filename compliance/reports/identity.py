"""What makes a finding the same finding in the next scan."""

import hashlib

from compliance.results import Finding

__all__ = ["fingerprint_of"]


def fingerprint_of(finding: Finding) -> str:
    """Stays while check and URN do; a line that moves changes nothing."""
    text = f"{finding.check}\n{finding.resource.urn}"
    return finding.fingerprint or hashlib.sha256(text.encode()).hexdigest()
