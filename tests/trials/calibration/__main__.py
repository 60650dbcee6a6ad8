"""`python -m tests.trials.calibration`: the pace of scaling on a running twin, beside what AWS published of its own.

Services are made by plain boto3, with AWS's defaults of target tracking; their loads step up at moments spread over
the period of the metric. Times are what AWS's API tells afterwards: activities, histories of alarms, tasks. Nothing of
it was run on AWS.
"""

import argparse
import asyncio
import sys

from tests.trials.calibration.run import GROUPS, run

if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m tests.trials.calibration", description=__doc__)
    parser.add_argument("--environment", default="slice", help="a twin that is up, in the profile aws")
    parser.add_argument("--phases", type=int, default=20, help="moments of the step within a minute")
    parser.add_argument("--fast-phases", type=int, default=10, help="moments of the step within 20 seconds")
    parser.add_argument("--others", type=int, default=3, help="services that scale in, and that meet a ramp")
    parser.add_argument("--short", action="store_true", help="only the steps, of both kinds at once")
    parser.add_argument("--groups", nargs="+", choices=GROUPS, default=(), help="only these, to repeat them")
    parser.add_argument("--output", help="file for what was found, as JSON")
    sys.exit(asyncio.run(run(parser.parse_args())))
