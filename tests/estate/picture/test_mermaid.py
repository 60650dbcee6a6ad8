"""The picture as a flowchart."""

from estate.picture.mermaid import to_mermaid
from estate.picture.model import Edge, EdgeKind, Node, NodeKind, Picture, Region
from estate.picture.reading import read
from stacks.names import Layer
from tests.estate.picture.sample import PRIMARY, STANDBY, small

EXPECTED = """\
%% test: 4 resources in 3 stacks
flowchart TB
  subgraph primary["eu-west-2, primary"]
    subgraph primary-services["services"]
      n4("case × 3")
    end
    subgraph primary-data["data"]
      subgraph n1["database core"]
        n2[("instance db.t4g.medium<br/>eu-west-2a")]
      end
      n3[/"queues of benefits of #quot;x#quot; × 2<br/>grant<br/>heating"/]
    end
  end
  subgraph standby["eu-west-1, standby"]
    subgraph standby-data["data"]
      n5[("database core")]
    end
  end
  n1 -.->|copies| n5
  n4 --> n1
  n4 --> n3
"""


def test_parts_are_in_boxes_of_their_region_and_layer_and_edges_follow() -> None:
    def node(id_: str, label: str, layer: Layer, kind: NodeKind, **facts: object) -> Node:
        return Node(id_, label, layer, kind, STANDBY if id_.startswith("standby") else PRIMARY, **facts)  # type: ignore[arg-type]

    nodes = (
        node("primary/database/core", "core", Layer.DATA, NodeKind.DATABASE),
        node(
            "primary/database/core/core-1",
            "db.t4g.medium",
            Layer.DATA,
            NodeKind.DATABASE_INSTANCE,
            zone="eu-west-2a",
            part_of="primary/database/core",
        ),
        node(
            "primary/queue/benefits",
            'benefits of "x"',
            Layer.DATA,
            NodeKind.QUEUE,
            count=2,
            holds=("grant", "heating"),
        ),
        node("primary/service/case", "case", Layer.SERVICES, NodeKind.SERVICE, count=3),
        node("standby/database/core", "core", Layer.DATA, NodeKind.DATABASE),
    )
    edges = (
        Edge("primary/database/core", "standby/database/core", EdgeKind.COPIES),
        Edge("primary/service/case", "primary/database/core", EdgeKind.USES),
        Edge("primary/service/case", "primary/queue/benefits", EdgeKind.USES),
    )
    regions = (Region(PRIMARY, "primary"), Region(STANDBY, "standby"))

    assert to_mermaid(Picture("test", 4, 3, regions, nodes, edges)) == EXPECTED


def test_every_part_and_every_edge_is_there() -> None:
    picture = read("test", small())
    lines = to_mermaid(picture).splitlines()

    drawn = [line for line in lines if line.lstrip().startswith("n") or line.startswith("      subgraph n")]
    assert len(drawn) == len(picture.nodes) + len(picture.edges)
