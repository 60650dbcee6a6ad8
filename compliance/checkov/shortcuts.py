"""The same results in time that grows with the plan, where Checkov's grows with its square.

Three loops of Checkov 3.3.30 look through every resource for each resource. With thousands they take longer than all
checks together. Each is given the same answer by an index; tests compare the results with and without.
"""
# pyright: reportMissingImports=false, reportUnknownMemberType=false

from checkov.terraform import plan_parser, plan_utils
from checkov.terraform.graph_builder.local_graph import TerraformLocalGraph

__all__ = ["take"]


class Resuming(list):
    """A list that begins each walk where the last one was left, and goes round.

    For walks that end at the one element that they look for: where it stands decides how long they take, not what
    they find. Planned and configured resources are in the same order, so the next one is found at once.
    """

    _at = 0

    def __iter__(self):
        length = len(self)
        first = self._at
        for step in range(length):
            self._at = (first + step) % length
            yield self[self._at]


_parse = plan_parser.parse


def _parse_resuming(filename, out_parsing_errors):
    """The parsed plan; its configuration is looked through once for each planned resource."""
    template, lines = _parse(filename, out_parsing_errors)
    module = (template or {}).get("configuration", {}).get("root_module", {})
    if isinstance(module.get("resources"), list):
        module["resources"] = Resuming(module["resources"])
    return template, lines


_context = plan_utils.get_entity_context
_indexed: tuple[object, dict[str, dict[str, dict]]] = (None, {})


def _context_by_address(
    definitions, definitions_raw, definition_path, full_file_path, entity_id, block_type="resource"
):
    """The context of one resource, by its address; Checkov walks over all of the file's."""
    found = _resources_by_address(definitions).get(full_file_path, {}).get(entity_id)
    if block_type != "resource" or found is None:
        return _context(definitions, definitions_raw, definition_path, full_file_path, entity_id, block_type)
    entity = plan_utils.build_entity_context(found)
    entity["code_lines"] = definitions_raw[full_file_path][entity["start_line"] : entity["end_line"]]
    return entity


def _resources_by_address(definitions):
    global _indexed
    if _indexed[0] is not definitions:
        _indexed = (definitions, {file: _by_address(it) for file, it in definitions.items()})
    return _indexed[1]


def _by_address(definition):
    """The first of each address, as a walk would find it."""
    found: dict[str, dict] = {}
    for resource in definition.get("resource", []):
        for named in resource.values():
            for settings in named.values():
                if isinstance(settings, dict) and "__address__" in settings:
                    found.setdefault(settings["__address__"], settings)
    return found


_possible = TerraformLocalGraph._get_possible_vertices


def _possible_vertices(graph, module, block_type, name):
    """What a reference may mean. Checkov looks for ``name[0]`` among all names, of which a plan here has none."""
    names = graph.vertices_by_module_dependency_by_name.get(module, {}).get(block_type, {})
    if name not in names and not _has_indexed(graph, names) and "[" not in name:
        return []
    return _possible(graph, module, block_type, name)


def _has_indexed(graph, names):
    known = graph.__dict__.setdefault("_estate_indexed", {})
    key = (id(names), len(names))
    if key not in known:
        known[key] = any("[" in it for it in names)
    return known[key]


def take() -> None:
    """The shortcuts are in place."""
    plan_parser.parse = _parse_resuming
    plan_utils.get_entity_context = _context_by_address
    TerraformLocalGraph._get_possible_vertices = _possible_vertices
