"""Aurora clusters as real PostgreSQL: a server an instance, one writer, standbys that hold what was acknowledged."""

from twin.runtime.database.part import DatabasePart
from twin.runtime.database.storage import remove

__all__ = ["DatabasePart", "remove"]
