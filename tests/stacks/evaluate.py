"""Evaluates one environment in a process of its own: `python -m tests.stacks.evaluate ENVIRONMENT [--unknown]`.

Prints what every stack registers and exports, with secrets opened (a preview holds placeholders only), so that a test
sees a change of one.
"""

import json
import sys
from typing import Any

from engine import wire
from engine.recorder import Computed
from engine.session import StackRun
from estate.evaluation import Evaluation


def evaluate(environment: str, computed: Computed) -> list[dict[str, Any]]:
    """The stacks, in order of deployment."""
    with Evaluation.of(environment) as evaluation:
        session = evaluation.session()
        return [_stack(session.preview(str(name), computed)) for name in evaluation.stacks()]


def _stack(run: StackRun) -> dict[str, Any]:
    return {
        "name": run.stack,
        "outputs": wire.plain(dict(run.outputs)),
        "resources": [
            {
                "urn": urn,
                "type": it.type,
                "name": it.name,
                "parent": it.parent,
                "inputs": wire.plain(dict(it.inputs)),
                "dependencies": it.dependencies,
                "ignore_changes": it.ignore_changes,
            }
            for urn, it in sorted(run.deployment.registrations.items())
        ],
    }


if __name__ == "__main__":
    way = Computed.UNKNOWN if "--unknown" in sys.argv[2:] else Computed.PLACEHOLDER
    json.dump(evaluate(sys.argv[1], way), sys.stdout, sort_keys=True)
