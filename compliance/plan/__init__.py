"""The resource graph as the plan document that Terraform would write of it, which is what Checkov reads."""

from compliance.plan.document import Plan, plan_of, write

__all__ = ["Plan", "plan_of", "write"]
