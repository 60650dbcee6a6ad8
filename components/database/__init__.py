"""An Aurora PostgreSQL cluster over several zones."""

from components.database.arguments import DatabaseArgs
from components.database.cluster import Database

__all__ = ["Database", "DatabaseArgs"]
