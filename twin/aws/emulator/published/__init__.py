"""What services that the emulator holds itself publish to CloudWatch: SQS, Kinesis, Lambda."""
