"""The condition keys that the emulator gives to a request, or knows that it has not.

Source: IAM user guide, "AWS global condition context keys", and the service authorization reference of each service.
A key that is not here is unknown: a statement with it never allows.
"""

__all__ = ["is_known"]

_KNOWN = frozenset(
    {
        "aws:calledvia",
        "aws:calledviafirst",
        "aws:calledvialast",
        "aws:currenttime",
        "aws:epochtime",
        "aws:federatedprovider",
        "aws:multifactorauthage",
        "aws:multifactorauthpresent",
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalisawsservice",
        "aws:principalservicename",
        "aws:principaltype",
        "aws:requestedregion",
        "aws:resourceaccount",
        "aws:securetransport",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceowner",
        "aws:sourcevpc",
        "aws:sourcevpce",
        "aws:userid",
        "aws:username",
        "aws:viaawsservice",
        "cloudwatch:namespace",
        "events:detail-type",
        "events:source",
        "iam:passedtoservice",
        "kms:calleraccount",
        "kms:encryptioncontextkeys",
        "kms:grantisforawsresource",
        "kms:grantoperations",
        "kms:viaservice",
        "s3:delimiter",
        "s3:max-keys",
        "s3:prefix",
        "s3:resourceaccount",
        "s3:tlsversion",
        "secretsmanager:resource/allowrotationlambdaarn",
        "secretsmanager:secretid",
        "secretsmanager:versionid",
        "secretsmanager:versionstage",
        "ssm:recursive",
        "sts:externalid",
        "sts:rolesessionname",
    }
)

_KNOWN_BEGINNINGS = ("aws:principaltag/", "iam:resourcetag/", "kms:encryptioncontext:", "s3:x-amz-")


def is_known(key: str) -> bool:
    """Args: key: in lower case."""
    return key in _KNOWN or key.startswith(_KNOWN_BEGINNINGS)
