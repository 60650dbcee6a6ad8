"""One module a layer: `declare(context)` registers everything of that layer's stack."""
