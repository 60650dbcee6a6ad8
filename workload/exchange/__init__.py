"""The data exchange: an adapter for each partner, isolated from every other."""

from workload.exchange.adapter import Adapter, Adapters
from workload.exchange.announcements import Announcements
from workload.exchange.audit import AuditTrail
from workload.exchange.check import Check
from workload.exchange.confirmations import Confirmation
from workload.exchange.credentials import Credentials
from workload.exchange.later import Requests
from workload.exchange.queue_round import QueueRound

__all__ = [
    "Adapter",
    "Adapters",
    "Announcements",
    "AuditTrail",
    "Check",
    "Confirmation",
    "Credentials",
    "QueueRound",
    "Requests",
]
