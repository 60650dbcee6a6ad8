"""What policies let pass because the catalogue says so; the canaries, which know no catalogue, cannot show it."""

from pathlib import Path
from typing import Any

from compliance.scanner import Scanner, Verdict
from tests.compliance.plans import written

RULE = "aws_vpc_security_group_egress_rule"


def verdicts(scanner: Scanner, folder: Path, check: str, **resources: dict[str, Any]) -> dict[str, Verdict]:
    """By the end of the address."""
    plan = written(folder, {f"{RULE}.{name}": values for name, values in resources.items()})
    found = scanner.scan(plan).plan.records
    return {it.address.partition(".")[2]: it.verdict for it in found if it.check == check}


def test_only_services_with_partners_call_the_world_and_over_https_only(
    scanner: Scanner, tmp_path: Path
) -> None:
    https = {"ip_protocol": "tcp", "from_port": 443, "to_port": 443, "cidr_ipv4": "0.0.0.0/0"}
    assert verdicts(
        scanner,
        tmp_path,
        "CKV_ESTATE_11",
        exchange={**https, "tags": {"service": "exchange"}},
        portal={**https, "tags": {"service": "portal"}},
        telnet={**https, "from_port": 23, "to_port": 23, "tags": {"service": "exchange"}},
    ) == {"exchange": Verdict.PASSED, "portal": Verdict.FAILED, "telnet": Verdict.FAILED}
