"""Whether a scan may be believed: what must have run, and known faults that must have been found."""

from compliance.gate.canaries import Canaries
from compliance.gate.conditions import judge, types_of
from compliance.gate.manifest import Manifest

__all__ = ["Canaries", "Manifest", "judge", "types_of"]
