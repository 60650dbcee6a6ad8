"""Pulumi's names for AWS resources, and Terraform's."""

from compliance.names.notation import Name, Shape
from compliance.names.table import NamesTable, TypeNames, load

__all__ = ["Name", "NamesTable", "Shape", "TypeNames", "load"]
