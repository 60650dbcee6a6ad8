"""AWS Fault Injection Service: experiment templates."""
