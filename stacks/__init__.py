"""The Pulumi program: the catalogue mapped onto components, one module a layer."""
