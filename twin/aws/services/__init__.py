"""Rows of the handler table, one package an AWS service, named as boto3 names it."""
