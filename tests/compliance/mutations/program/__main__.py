"""An estate with nothing wrong but the one fault that the stack's configuration names."""

import pulumi

from tests.compliance.mutations.program.areas import (
    bare,
    compute,
    database,
    edge,
    identity,
    keys,
    messaging,
    namesakes,
    network,
    storage,
)

AREAS = {
    "bare": bare.Bare,
    "compute": compute.Compute,
    "database": database.Database,
    "edge": edge.Edge,
    "identity": identity.Identity,
    "keys": keys.Keys,
    "messaging": messaging.Messaging,
    "namesakes": namesakes.Namesakes,
    "network": network.Network,
    "storage": storage.Storage,
}

for area in pulumi.Config().require("areas").split(","):
    AREAS[area](
        area,
    )  # the call is on several lines and in a loop: its first line is the one to be told
