"""IAM's rows."""

from engine.provider import Change
from twin.aws.call import Call, Take
from twin.aws.expressions import Text
from twin.aws.names import Name
from twin.aws.resource import Resource
from twin.aws.services.iam.hooks import make_room_for_a_version
from twin.aws.tags import tags_by

__all__ = ["RESOURCES"]

ROLE = Resource(
    token="aws:iam/role:Role",
    service="iam",
    create=Call("create_role", takes=Take.ALL, pick="answer.Role"),
    id="answer.Role.RoleName",
    settings=(
        Call(
            "detach_role_policy",
            {"RoleName": "id", "PolicyArn": "each"},
            on=("managedPolicyArns",),
            each="minus(old.managedPolicyArns, inputs.managedPolicyArns)",
        ),
        Call(
            "attach_role_policy",
            {"RoleName": "id", "PolicyArn": "each"},
            on=("managedPolicyArns",),
            each="minus(inputs.managedPolicyArns, old.managedPolicyArns)",
        ),
        Call(
            "delete_role_policy",
            {"RoleName": "id", "PolicyName": "each"},
            on=("inlinePolicies",),
            each="minus(old.inlinePolicies[].name, inputs.inlinePolicies[].name)",
        ),
        Call(
            "put_role_policy",
            {
                "RoleName": "id",
                "PolicyName": "each.name",
                "PolicyDocument": "each.policy",
            },
            on=("inlinePolicies",),
            each="minus(inputs.inlinePolicies, old.inlinePolicies)",
        ),
    ),
    updates=(
        Call("update_role", {"RoleName": "id"}, takes=Take.CHANGED),
        Call(
            "update_assume_role_policy",
            {"RoleName": "id", "PolicyDocument": "inputs.assumeRolePolicy"},
        ),
        Call(
            "put_role_permissions_boundary",
            {"RoleName": "id", "PermissionsBoundary": "inputs.permissionsBoundary"},
            when="inputs.permissionsBoundary",
        ),
        Call(
            "delete_role_permissions_boundary",
            {"RoleName": "id"},
            on=("permissionsBoundary",),
            when="!inputs.permissionsBoundary",
        ),
    ),
    read=Call("get_role", {"RoleName": "id"}, pick="answer.Role"),
    also={
        "attached": Call(
            "list_attached_role_policies",
            {"RoleName": "id"},
            when="inputs.managedPolicyArns",
            pick="answer.AttachedPolicies[].PolicyArn",
        )
    },
    delete=(
        Call(
            "detach_role_policy",
            {"RoleName": "id", "PolicyArn": "each"},
            each="inputs.managedPolicyArns",
        ),
        Call(
            "delete_role_policy",
            {"RoleName": "id", "PolicyName": "each"},
            each="inputs.inlinePolicies[].name",
        ),
        Call(
            "list_attached_role_policies",
            {"RoleName": "id"},
            when="inputs.forceDetachPolicies",
        ),
        Call(
            "detach_role_policy",
            {"RoleName": "id", "PolicyArn": "each"},
            when="inputs.forceDetachPolicies",
            each="answer.AttachedPolicies[].PolicyArn",
        ),
        Call("delete_role", {"RoleName": "id"}),
    ),
    tagging=tags_by("tag_role", "untag_role", {"RoleName": "id"}),
    name=Name(limit=64, allowed=r"\w+=,.@-"),
    renames={"name": "RoleName", "assumeRolePolicy": "AssumeRolePolicyDocument"},
    defaults={"description": "", "maxSessionDuration": 3600},
    outputs={
        "arn": "item.Arn",
        "uniqueId": "item.RoleId",
        "managedPolicyArns": "attached",
        "permissionsBoundary": "item.PermissionsBoundary.PermissionsBoundaryArn",
    },
    replaces=frozenset({"name", "namePrefix", "path"}),
    ignored={"forceDetachPolicies": "used when the role is deleted"},
    unread={"inlinePolicies": "told one by one"},
)

ROLE_POLICY = Resource(
    token="aws:iam/rolePolicy:RolePolicy",
    service="iam",
    create=Call("put_role_policy", takes=Take.ALL, pick="inputs"),
    id=Text("{inputs.role}:{inputs.name}"),
    updates=(Call("put_role_policy", takes=Take.ALL),),
    read=Call(
        "get_role_policy",
        {"RoleName": "inputs.role", "PolicyName": "inputs.name"},
        pick="answer",
    ),
    delete=(
        Call(
            "delete_role_policy",
            {"RoleName": "inputs.role", "PolicyName": "inputs.name"},
        ),
    ),
    name=Name(limit=128, allowed=r"\w+=,.@-"),
    renames={"name": "PolicyName", "policy": "PolicyDocument", "role": "RoleName"},
    replaces=frozenset({"name", "namePrefix", "role"}),
)

POLICY = Resource(
    token="aws:iam/policy:Policy",
    service="iam",
    create=Call("create_policy", takes=Take.ALL, pick="answer.Policy"),
    id="answer.Policy.Arn",
    before_update=make_room_for_a_version,
    updates=(
        Call(
            "create_policy_version",
            {
                "PolicyArn": "id",
                "PolicyDocument": "inputs.policy",
                "SetAsDefault": True,
            },
        ),
    ),
    read=Call("get_policy", {"PolicyArn": "id"}, pick="answer.Policy"),
    also={
        "document": Call(
            "get_policy_version",
            {"PolicyArn": "id", "VersionId": "item.DefaultVersionId"},
            pick="answer.PolicyVersion.Document",
        )
    },
    delete=(
        Call("list_policy_versions", {"PolicyArn": "id"}),
        Call(
            "delete_policy_version",
            {"PolicyArn": "id", "VersionId": "each"},
            each="answer.Versions[?!IsDefaultVersion].VersionId",
        ),
        Call("delete_policy", {"PolicyArn": "id"}),
    ),
    tagging=tags_by("tag_policy", "untag_policy", {"PolicyArn": "id"}),
    name=Name(limit=128, allowed=r"\w+=,.@-"),
    renames={"name": "PolicyName", "policy": "PolicyDocument"},
    outputs={"arn": "id", "policy": "document"},
    replaces=frozenset({"name", "namePrefix", "path", "description"}),
    ignored={"delayAfterPolicyCreationInMs": "a wait of Terraform's for IAM's eventual consistency"},
)

ATTACHMENT = {"RoleName": "inputs.role", "PolicyArn": "inputs.policyArn"}
ROLE_POLICY_ATTACHMENT = Resource(
    token="aws:iam/rolePolicyAttachment:RolePolicyAttachment",
    service="iam",
    create=Call("attach_role_policy", ATTACHMENT, pick="inputs"),
    id=Text("{inputs.role}/{inputs.policyArn}"),
    read=Call(
        "list_attached_role_policies",
        {"RoleName": "inputs.role"},
        pick="answer.AttachedPolicies",
        find={"PolicyArn": "inputs.policyArn"},
    ),
    delete=(Call("detach_role_policy", ATTACHMENT),),
    replaces=frozenset({"role", "policyArn"}),
)

IDENTITY_PROVIDER = {"OpenIDConnectProviderArn": "id"}
OPEN_ID_CONNECT_PROVIDER = Resource(
    token="aws:iam/openIdConnectProvider:OpenIdConnectProvider",
    service="iam",
    create=Call("create_open_id_connect_provider", takes=Take.ALL, pick="answer"),
    id="answer.OpenIDConnectProviderArn",
    updates=(
        Call(
            "update_open_id_connect_provider_thumbprint",
            {**IDENTITY_PROVIDER, "ThumbprintList": "inputs.thumbprintLists"},
        ),
        Call(
            "add_client_id_to_open_id_connect_provider",
            {**IDENTITY_PROVIDER, "ClientID": "each"},
            each="minus(inputs.clientIdLists, old.clientIdLists)",
        ),
        Call(
            "remove_client_id_from_open_id_connect_provider",
            {**IDENTITY_PROVIDER, "ClientID": "each"},
            each="minus(old.clientIdLists, inputs.clientIdLists)",
            on=("clientIdLists",),
        ),
    ),
    read=Call("get_open_id_connect_provider", IDENTITY_PROVIDER, pick="answer"),
    delete=(Call("delete_open_id_connect_provider", IDENTITY_PROVIDER),),
    tagging=tags_by(
        "tag_open_id_connect_provider",
        "untag_open_id_connect_provider",
        IDENTITY_PROVIDER,
    ),
    outputs={"arn": "id", "url": Text("https://{item.Url}")},
    replaces=frozenset({"url"}),
    change=Change.DELETE_BEFORE_REPLACE,
)

RESOURCES = (
    ROLE,
    ROLE_POLICY,
    POLICY,
    ROLE_POLICY_ATTACHMENT,
    OPEN_ID_CONNECT_PROVIDER,
)
