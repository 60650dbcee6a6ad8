"""The Pulumi program's resource graph, scanned with Checkov before anything is deployed."""
