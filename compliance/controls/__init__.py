"""From checks to controls: what frameworks ask for, which check assesses it, and what no check assesses."""

from compliance.controls.crosswalk import Basis, Crosswalk, Framework, Source
from compliance.controls.exceptions import CrosswalkInvalid
from compliance.controls.reading import load

__all__ = ["Basis", "Crosswalk", "CrosswalkInvalid", "Framework", "Source", "load"]
