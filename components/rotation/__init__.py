"""The source of the function that rotates secrets; it runs on AWS Lambda, apart from the Pulumi program."""
