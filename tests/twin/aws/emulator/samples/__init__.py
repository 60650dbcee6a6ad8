"""What the estate declares of each kind of resource, as full as its components send it, and where AWS shows it."""

from tests.twin.aws.emulator.samples import balancing, containers, messaging, network, stores, watching
from tests.twin.aws.emulator.samples.sample import Sample

__all__ = ["SAMPLES", "Sample"]

SAMPLES: tuple[Sample, ...] = (
    *balancing.SAMPLES,
    *containers.SAMPLES,
    *messaging.SAMPLES,
    *network.SAMPLES,
    *stores.SAMPLES,
    *watching.SAMPLES,
)
