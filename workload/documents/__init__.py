"""Documents and evidence: taken in, scanned, filed and shown."""

from workload.documents.document import Document, State
from workload.documents.index import STATEMENTS, Index
from workload.documents.scan import Scans

__all__ = ["STATEMENTS", "Document", "Index", "Scans", "State"]
