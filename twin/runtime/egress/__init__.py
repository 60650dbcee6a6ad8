"""What tasks reach of each other, of AWS and of partners: a proxy in each zone, with a listener for each service."""
