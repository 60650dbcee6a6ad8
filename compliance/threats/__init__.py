"""The threat model: its register (docs/threats.yaml), and the document that is made from it."""

from compliance.threats.register import ThreatRegister, load_threats

__all__ = ["ThreatRegister", "load_threats"]
