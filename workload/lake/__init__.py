"""The lake: events from the stream, in batches that follow one another without gap or overlap, and figures of them."""

from workload.lake.batch import Batch, Record
from workload.lake.chain import Chain
from workload.lake.figures import Figures
from workload.lake.load_requests import LoadRequests
from workload.lake.stream import KinesisStream, Page, Stream

__all__ = ["Batch", "Chain", "Figures", "KinesisStream", "LoadRequests", "Page", "Record", "Stream"]
