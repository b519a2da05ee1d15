"""judgekit: placeholder, filled by the public face."""
