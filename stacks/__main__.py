"""Entry point of the Pulumi program."""

from stacks.program import deploy

deploy()
