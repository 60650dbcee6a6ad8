"""A backup vault that can be locked, and the plan that fills it."""

from collections.abc import Mapping, Sequence
from typing import Literal, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.exceptions import ComponentError
from components.location import Location, locate
from components.policy import allow, deny, policy_document, trust_policy
from components.resource_policy import Statement, this_account

__all__ = ["BackupRule", "BackupSelection", "BackupVault", "BackupVaultArgs", "VaultLock"]

# Source: AWS Backup developer guide, "AWS managed policies for AWS Backup".
SERVICE_POLICIES = {
    "backup": "service-role/AWSBackupServiceRolePolicyForBackup",
    "restore": "service-role/AWSBackupServiceRolePolicyForRestores",
    "s3-backup": "AWSBackupServiceRolePolicyForS3Backup",
    "s3-restore": "AWSBackupServiceRolePolicyForS3Restore",
}

# What takes a recovery point away, or lets it go sooner. Expiry by the plan's own lifecycle is not refused.
REMOVALS = [
    "backup:DeleteBackupVault",
    "backup:DeleteRecoveryPoint",
    "backup:DisassociateRecoveryPoint",
    "backup:UpdateRecoveryPointLifecycle",
]


class VaultLock(TypedDict):
    mode: Literal["governance", "compliance"]
    """Whether a special permission may lift the lock, or nobody, once the days of grace are over."""

    minimum_retention_days: int
    """Shortest retention that a recovery point may have."""

    maximum_retention_days: int
    """Longest retention that a recovery point may have."""

    grace_days: NotRequired[int]
    """Days after which a compliance lock can no longer be taken off, 3 or more. Default: 7."""


class BackupRule(TypedDict):
    name: str
    """Name of the rule."""

    schedule: str
    """When the backup starts, as a `cron(...)` expression in UTC."""

    retention_days: int
    """How long recovery points are kept here."""

    continuous: NotRequired[bool]
    """Whether any second of the last 35 days can be restored, where the store allows it. Default: False."""

    start_within_minutes: NotRequired[int]
    """How long the start may be late, 60 or more. Default: 60."""

    complete_within_minutes: NotRequired[int]
    """How long the backup may take, more than the start. Default: 360."""

    copy_to_vault_arns: NotRequired[Sequence[pulumi.Input[str]]]
    """Vaults, of other regions or accounts, that get a copy. Default: none."""

    copy_retention_days: NotRequired[int]
    """How long the copies are kept. Default: `retention_days`."""


class BackupSelection(TypedDict):
    tag: str
    """Key of the tag that selects a resource."""

    value: str
    """Value of that tag."""


class BackupVaultArgs(TypedDict):
    kms_key_arn: pulumi.Input[str]
    """Customer-managed key of the recovery points."""

    vault_name: NotRequired[str]
    """Physical name. Default: the component's name."""

    lock: NotRequired[VaultLock]
    """Limits of retention that nobody may get round. Default: none."""

    rules: NotRequired[Sequence[BackupRule]]
    """Rules of the plan. Default: none, the vault only receives copies."""

    selections: NotRequired[Sequence[BackupSelection]]
    """Tags of what the plan backs up, any of them. Needed where there are rules."""

    copy_source_account_ids: NotRequired[Sequence[pulumi.Input[str]]]
    """Other accounts that may copy into this vault. Default: none."""

    tags: NotRequired[Mapping[str, str]]
    """Tags of every child that takes tags, and of every recovery point. Default: none."""


class BackupVault(pulumi.ComponentResource):
    """An encrypted vault whose recovery points nobody may delete before their time."""

    vault_name: pulumi.Output[str]
    """Physical name of the vault."""
    arn: pulumi.Output[str]
    """ARN of the vault."""
    plan_id: pulumi.Output[str | None]
    """Id of the plan; None where there are no rules."""
    role_arn: pulumi.Output[str | None]
    """ARN of the role with which AWS Backup saves and restores; None where there are no rules."""

    def __init__(self, name: str, args: BackupVaultArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("estate:recovery:BackupVault", name, None, opts)
        _check(args)
        self._name = name
        self._args = args
        self._own = pulumi.ResourceOptions(parent=self)
        self._tags = dict(args.get("tags", {}))
        self._location = locate(self._own)

        vault = self._vault()
        self._policy(vault)
        if "lock" in args:
            self._lock(vault, args["lock"])
        self.vault_name, self.arn = vault.name, vault.arn
        self.plan_id = self.role_arn = pulumi.Output.from_input(None)
        if args.get("rules"):
            self.plan_id, self.role_arn = self._plan_with_selection(vault)
        self.register_outputs(
            {
                "vault_name": self.vault_name,
                "arn": self.arn,
                "plan_id": self.plan_id,
                "role_arn": self.role_arn,
            }
        )

    def _vault(self) -> aws.backup.Vault:
        return aws.backup.Vault(
            f"{self._name}-vault",
            name=self._args.get("vault_name", self._name),
            kms_key_arn=self._args["kms_key_arn"],
            force_destroy=False,
            tags=self._tags,
            opts=self._own,
        )

    def _policy(self, vault: aws.backup.Vault) -> None:
        aws.backup.VaultPolicy(
            f"{self._name}-policy",
            backup_vault_name=vault.name,
            # In a vault's own policy "*" is the vault and its recovery points. Source: AWS Backup developer
            # guide, "Vault access policies".
            policy=policy_document([deny("DenyRemoval", REMOVALS, "*", Principal="*"), *self._copies()]),
            opts=self._own,
        )

    def _copies(self) -> list[Statement]:
        accounts = self._args.get("copy_source_account_ids", ())
        if not accounts:
            return []
        roots = [_root_arn(self._location, account) for account in accounts]
        return [allow("AllowCopies", ["backup:CopyIntoBackupVault"], "*", Principal={"AWS": roots})]

    def _lock(self, vault: aws.backup.Vault, lock: VaultLock) -> None:
        # A lock with days of grace becomes a compliance lock, one without stays a governance lock.
        # Source: AWS Backup developer guide, "AWS Backup Vault Lock".
        grace_days = lock.get("grace_days", 7) if lock["mode"] == "compliance" else None
        aws.backup.VaultLockConfiguration(
            f"{self._name}-lock",
            backup_vault_name=vault.name,
            changeable_for_days=grace_days,
            min_retention_days=lock["minimum_retention_days"],
            max_retention_days=lock["maximum_retention_days"],
            opts=self._own,
        )

    def _plan_with_selection(self, vault: aws.backup.Vault) -> tuple[pulumi.Output[str], pulumi.Output[str]]:
        plan = aws.backup.Plan(
            f"{self._name}-plan",
            name=self._args.get("vault_name", self._name),
            rules=[self._rule(rule, vault) for rule in self._args.get("rules", ())],
            tags=self._tags,
            opts=self._own,
        )
        role = self._role()
        aws.backup.Selection(
            f"{self._name}-selection",
            name=self._args.get("vault_name", self._name),
            plan_id=plan.id,
            iam_role_arn=role.arn,
            selection_tags=[
                {"type": "STRINGEQUALS", "key": selection["tag"], "value": selection["value"]}
                for selection in self._args.get("selections", ())
            ],
            opts=self._own,
        )
        return plan.id, role.arn

    def _rule(self, rule: BackupRule, vault: aws.backup.Vault) -> aws.backup.PlanRuleArgsDict:
        copy_days = rule.get("copy_retention_days", rule["retention_days"])
        return {
            "rule_name": rule["name"],
            "target_vault_name": vault.name,
            "schedule": rule["schedule"],
            "start_window": rule.get("start_within_minutes", 60),
            "completion_window": rule.get("complete_within_minutes", 360),
            "enable_continuous_backup": rule.get("continuous", False),
            "lifecycle": {"delete_after": rule["retention_days"]},
            "copy_actions": [
                {"destination_vault_arn": arn, "lifecycle": {"delete_after": copy_days}}
                for arn in rule.get("copy_to_vault_arns", ())
            ],
            "recovery_point_tags": self._tags,
        }

    def _role(self) -> aws.iam.Role:
        role = aws.iam.Role(
            f"{self._name}-role",
            description=f"Saves to and restores from the vault of {self._name}.",
            assume_role_policy=trust_policy("backup.amazonaws.com", this_account(self._location.account_id)),
            tags=self._tags,
            opts=self._own,
        )
        for suffix, policy in SERVICE_POLICIES.items():
            aws.iam.RolePolicyAttachment(
                f"{self._name}-role-{suffix}",
                role=role.name,
                policy_arn=pulumi.Output.concat(
                    "arn:", self._location.partition, ":iam::aws:policy/", policy
                ),
                opts=self._own,
            )
        return role


def _root_arn(location: Location, account_id: pulumi.Input[str]) -> pulumi.Output[str]:
    return pulumi.Output.concat("arn:", location.partition, ":iam::", account_id, ":root")


def _check(args: BackupVaultArgs) -> None:
    rules = args.get("rules", ())
    if rules and not args.get("selections"):
        raise ComponentError(
            f"A backup plan selects what it saves by tag, got {len(rules)} rules and no selection. "
            "Give `selections`."
        )
    for rule in rules:
        _check_rule(rule)
    if "lock" in args:
        _check_lock(args["lock"], rules)


def _check_rule(rule: BackupRule) -> None:
    if rule.get("continuous", False) and not 1 <= rule["retention_days"] <= 35:
        raise ComponentError(
            f"Continuous backups are kept for 1 to 35 days, got {rule['retention_days']!r} in rule "
            f"{rule['name']!r}. Keep them shorter and let another rule keep snapshots longer."
        )
    start, complete = rule.get("start_within_minutes", 60), rule.get("complete_within_minutes", 360)
    if not 60 <= start < complete:
        raise ComponentError(
            f"A backup starts within 60 minutes or more and completes later, got {start!r} and {complete!r} "
            f"in rule {rule['name']!r}. Widen the windows."
        )


def _check_lock(lock: VaultLock, rules: Sequence[BackupRule]) -> None:
    shortest, longest = lock["minimum_retention_days"], lock["maximum_retention_days"]
    if not 1 <= shortest <= longest:
        raise ComponentError(
            f"A vault lock keeps recovery points a day at least and its maximum at most, got {shortest!r} "
            f"to {longest!r} days. Swap or correct them."
        )
    if lock["mode"] == "compliance" and lock.get("grace_days", 7) < 3:
        raise ComponentError(
            f"A compliance lock can be taken off for at least 3 days, got {lock.get('grace_days')!r}. "
            "Choose 3 or more."
        )
    for rule in rules:
        if not shortest <= rule["retention_days"] <= longest:
            raise ComponentError(
                f"A locked vault refuses backups that are kept for less than {shortest} or more than "
                f"{longest} days, got {rule['retention_days']!r} in rule {rule['name']!r}. "
                "Change the rule or the lock."
            )
