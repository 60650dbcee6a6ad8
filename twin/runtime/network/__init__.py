"""Subnets, routes, network ACLs and zonal shifts of the API, as what passes between the places of the twin."""
