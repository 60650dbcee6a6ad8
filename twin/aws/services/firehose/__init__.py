"""Amazon Data Firehose: delivery streams."""
