"""ElastiCache: users are modified and gone once deleted, and stand in groups."""

from typing import Any

from twin.aws.emulator.call import Call, Document
from twin.aws.emulator.errors import AwsError
from twin.aws.emulator.extension import Context, Extension
from twin.aws.emulator.memory import Collection

__all__ = ["EXTENSIONS"]

_API = "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/"
_KIND = "user group"


def _backend(call: Call) -> Any:
    from moto.elasticache.models import elasticache_backends

    return elasticache_backends[call.account][call.region]


def _taggable() -> None:
    """moto shows tags of the kinds that it has; the emulator's own have them too."""
    from moto.elasticache.models import ElastiCacheBackend

    def list_tags_for_resource(self: ElastiCacheBackend, arn: str) -> dict[str, list[dict[str, str]]]:
        return self.tagging_service.list_tags_for_resource(arn)

    ElastiCacheBackend.list_tags_for_resource = list_tags_for_resource


def _user(call: Call, user_id: str) -> Any:
    user = _backend(call).users.get(user_id)
    if user is None:
        raise AwsError("UserNotFound", f"User {user_id} not found.", "404 Not Found")
    return user


def _shown_user(context: Context, user: Any) -> Document:
    """A user with the groups that it is in."""
    authentication = {name: value for name, value in user.authentication.items() if value is not None}
    return {
        "UserId": user.id,
        "UserName": user.name,
        "Status": user.status,
        "Engine": user.engine,
        "MinimumEngineVersion": user.minimum_engine_version,
        "AccessString": user.access_string,
        "UserGroupIds": [
            name for name, group in sorted(_groups(context).items()) if user.id in group["UserIds"]
        ],
        "Authentication": authentication,
        "ARN": user.arn,
    }


def _describe_users(context: Context) -> Document:
    call = context.call
    asked = call.parameters.get("UserId")
    users = [_user(call, asked)] if asked else list(_backend(call).users.values())
    return {"Users": [_shown_user(context, user) for user in users]}


def _modify_user(context: Context) -> Document:
    given = context.call.parameters
    user = _user(context.call, given["UserId"])
    user.access_string = given.get("AccessString", user.access_string)
    if "AppendAccessString" in given:
        user.access_string = f"{user.access_string} {given['AppendAccessString']}"
    user.engine = given.get("Engine", user.engine)
    _authenticate(user, {"Passwords": given.get("Passwords"), **given.get("AuthenticationMode", {})})
    if given.get("NoPasswordRequired"):
        _authenticate(user, {"Type": "no-password-required"})
    return _shown_user(context, user)


def _authenticate(user: Any, mode: Document) -> None:
    """The user proves who it is in the given way; what is not given stays."""
    kind = mode.get("Type") or ("password" if mode.get("Passwords") else None)
    if kind is None:
        return
    user.authentication_type = kind
    user.no_password_required = kind == "no-password-required"
    user.passwords = mode.get("Passwords") or (user.passwords if kind == "password" else [])


def _delete_user(context: Context) -> Document:
    """The user is gone, and out of its groups. moto keeps it until it is next described."""
    call = context.call
    user = _user(call, call.parameters["UserId"])
    groups = [group for group in _groups(context).values() if user.id in group["UserIds"]]
    if user.name == "default" and groups:
        message = f"User {user.id} is the default user of a user group and cannot be deleted."
        raise AwsError("DefaultUserAssociatedToUserGroup", message)
    shown = _shown_user(context, user) | {"Status": "deleting"}
    for group in groups:
        group["UserIds"].remove(user.id)
    _backend(call).users.pop(user.id)
    return shown


def _groups(context: Context) -> Collection:
    call = context.call
    return context.memory.collection(call.account, call.region, call.service, _KIND)


def _group(context: Context) -> Document:
    name = context.call.parameters["UserGroupId"]
    if name not in _groups(context):
        raise AwsError("UserGroupNotFound", f"User group {name} not found.", "404 Not Found")
    return _groups(context)[name]


def _shown_group(context: Context, group: Document) -> Document:
    """A group with the replication groups that let it in."""
    users = [
        name
        for name, it in list(_backend(context.call).replication_groups.items())
        if group["UserGroupId"] in _user_groups(context, name, it)
    ]
    return {**group, "UserIds": list(group["UserIds"]), "ReplicationGroups": users}


def _user_groups(context: Context, name: str, group: Any) -> list[str]:
    """moto forgets the user groups of a replication group; the extension of replication groups keeps them."""
    call = context.call
    kept = context.memory.collection(call.account, call.region, call.service, "replication group")
    return kept.get(name, {}).get("UserGroupIds") or getattr(group, "user_group_ids", None) or []


def _checked(context: Context, engine: str, user_ids: list[str]) -> list[str]:
    """The users, if they may stand in one group.

    Source: ElastiCache user guide, "Role-Based Access Control (RBAC)": a group of Redis OSS needs a user that is
    named ``default``, one of Valkey does not; no two users of a group have the same name.
    """
    names = [_user(context.call, user_id).name for user_id in user_ids]
    if len(set(names)) < len(names):
        raise AwsError("DuplicateUserName", "User names must be unique within a user group.")
    if engine.lower() == "redis" and "default" not in names:
        raise AwsError("DefaultUserRequired", "User group must contain a user with the user name default.")
    return list(user_ids)


def _create_group(context: Context) -> Document:
    call = context.call
    name, engine = call.parameters["UserGroupId"], call.parameters["Engine"]
    if name in _groups(context):
        raise AwsError("UserGroupAlreadyExists", f"User Group {name} already exists.")
    group = {
        "UserGroupId": name,
        "Status": "active",
        "Engine": engine.lower(),
        "UserIds": _checked(context, engine, call.parameters.get("UserIds", [])),
        "MinimumEngineVersion": "7.2" if engine.lower() == "valkey" else "6.0",
        "ARN": f"arn:aws:elasticache:{call.region}:{call.account}:usergroup:{name}",
    }
    _groups(context)[name] = group
    _backend(call).tagging_service.tag_resource(group["ARN"], call.parameters.get("Tags", []))
    return _shown_group(context, group)


def _describe_groups(context: Context) -> Document:
    asked = "UserGroupId" in context.call.parameters
    groups = [_group(context)] if asked else list(_groups(context).values())
    return {"UserGroups": [_shown_group(context, group) for group in groups]}


def _modify_group(context: Context) -> Document:
    given, group = context.call.parameters, _group(context)
    removed = given.get("UserIdsToRemove", [])
    staying = [user_id for user_id in group["UserIds"] if user_id not in removed]
    engine = given.get("Engine", group["Engine"]).lower()
    users = _checked(context, engine, [*staying, *given.get("UserIdsToAdd", [])])
    group.update({"UserIds": users, "Engine": engine})
    return _shown_group(context, group)


def _delete_group(context: Context) -> Document:
    """The group is gone. One that a replication group lets in is not deleted, as on AWS."""
    group = _group(context)
    shown = _shown_group(context, group)
    if shown["ReplicationGroups"]:
        message = f"User group {group['UserGroupId']} is associated with a replication group."
        raise AwsError("InvalidUserGroupState", message)
    _groups(context).pop(group["UserGroupId"])
    _backend(context.call).tagging_service.delete_all_tags_for_resource(group["ARN"])
    return {**shown, "Status": "deleting"}


EXTENSIONS = (
    Extension(
        service="elasticache",
        topic="users",
        stock="cannot modify a user, and keeps a deleted one until it is next described",
        aws="modifies users, and takes a deleted one out of its groups",
        change="modifies and deletes moto's users; deletion is complete at once",
        source=_API + "API_ModifyUser.html",
        operations={
            "DescribeUsers": _describe_users,
            "ModifyUser": _modify_user,
            "DeleteUser": _delete_user,
        },
    ),
    Extension(
        service="elasticache",
        topic="user groups",
        stock="has none",
        aws="keeps groups of users, which replication groups let in",
        change="keeps groups and their tags, and checks who may stand in one",
        source=_API + "API_CreateUserGroup.html",
        resources=(_KIND,),
        patch=_taggable,
        operations={
            "CreateUserGroup": _create_group,
            "DescribeUserGroups": _describe_groups,
            "ModifyUserGroup": _modify_group,
            "DeleteUserGroup": _delete_group,
        },
    ),
)
