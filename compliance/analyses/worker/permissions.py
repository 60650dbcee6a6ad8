"""Runs in the environment of the tools: policy documents on standard input, what cloudsplaining says of them on its
output. Imports cloudsplaining and the standard library alone.

In: ``{"policies": [{"key", "document"}], "identities": [{"key", "documents"}]}``.
Out: ``{"policies": {key: {risk: [action, ...]}}, "identities": {key: [{type, actions, page}]}}``.
"""

# The environment of the tools is another than the type checker's.
# pyright: reportMissingImports=false

import json
import sys
from contextlib import redirect_stdout

from cloudsplaining.scan.policy_document import PolicyDocument
from cloudsplaining.shared.constants import (
    PRIVILEGE_ESCALATION_GLOSSARY_URL,
    PRIVILEGE_ESCALATION_PATHFINDING_PATHS,
)

__all__ = ["main"]


def _risks(document):
    policy = PolicyDocument(document)
    return {
        "service-wildcard": policy.service_wildcard,
        "permissions-management": sorted(set(policy.permissions_management_without_constraints)),
        "data-exfiltration": policy.allows_data_exfiltration_actions,
        "credentials-exposure": policy.credentials_exposure,
        "infrastructure-modification": sorted(set(policy.infrastructure_modification)),
        "unrestricted": sorted(set(policy.all_allowed_unrestricted_actions)),
    }


def _escalations(documents):
    statements = [statement for document in documents for statement in _statements(document)]
    found = PolicyDocument({"Version": "2012-10-17", "Statement": statements}).allows_privilege_escalation
    return [
        {
            "type": it["type"],
            "actions": it["actions"],
            "page": PRIVILEGE_ESCALATION_PATHFINDING_PATHS.get(it["type"])
            or PRIVILEGE_ESCALATION_GLOSSARY_URL,
        }
        for it in found
    ]


def _statements(document):
    given = document["Statement"]
    return given if isinstance(given, list) else [given]


def main():
    """The answer is on standard output, and nothing else that the library prints."""
    given = json.load(sys.stdin)
    with redirect_stdout(sys.stderr):
        answer = {
            "policies": {it["key"]: _risks(it["document"]) for it in given["policies"]},
            "identities": {it["key"]: _escalations(it["documents"]) for it in given["identities"]},
        }
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
