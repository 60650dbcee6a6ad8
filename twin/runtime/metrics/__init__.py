"""What AWS's services would publish to CloudWatch, measured on the parts of the data plane."""
