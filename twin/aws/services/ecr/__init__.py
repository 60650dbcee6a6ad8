"""Amazon ECR: repositories of images."""
