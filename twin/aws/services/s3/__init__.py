"""Amazon S3: buckets, and the many resources that configure one."""
