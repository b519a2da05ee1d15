"""What a user installs: the distributions, each extra, each Python, the container."""
