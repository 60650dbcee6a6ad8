"""`python -m tests.bootstrap.evaluate`: what the bootstrap project declares, pickled, by environment."""

import pickle
import sys

from engine import wire
from engine.host import ProgramHost
from engine.project import Project
from engine.session import Session
from estate.places import project_root


def main() -> None:
    project = Project.load(project_root() / "bootstrap")
    with ProgramHost(("pulumi_aws.iam", "pulumi_aws.kms", "pulumi_aws.s3", "catalogue")) as host:
        session = Session(project, host)
        runs = {name: session.preview(name) for name in project.stacks()}
    found = {
        name: (run.deployment.registrations, wire.plain(dict(run.outputs))) for name, run in runs.items()
    }
    sys.stdout.buffer.write(pickle.dumps(found))


if __name__ == "__main__":
    main()
