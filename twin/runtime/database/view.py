"""What others may know of a database instance."""

from dataclasses import dataclass

__all__ = ["InstanceView"]


@dataclass(frozen=True)
class InstanceView:
    """An instance whose server runs.

    Attributes:
        key: ``region/cluster/instance``. is_writer: it writes for its cluster.
        writes_for: key of the cluster whose writer it follows or is; another one's in a secondary of a global database.
        pid: of its first process. lag_ms: how far it is behind the writer; None for the writer, or where not known.
    """

    key: str
    zone: str | None
    address: str
    port: int
    pid: int
    is_writer: bool
    writes_for: str | None
    lag_ms: float | None

    @property
    def region(self) -> str:
        return self.key.split("/")[0]

    @property
    def cluster(self) -> str:
        return self.key.split("/")[1]

    @property
    def instance(self) -> str:
        return self.key.split("/")[2]

    @property
    def is_secondary(self) -> bool:
        """It follows a writer in another region."""
        return self.writes_for is not None and self.writes_for != f"{self.region}/{self.cluster}"
