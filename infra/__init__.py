"""What it runs on: the embedded stack, provisioning, the command line."""
