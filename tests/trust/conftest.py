"""Property tests here are about mathematics; how fast a busy machine is, is not their subject."""

from hypothesis import settings

settings.register_profile("trust", deadline=None)
settings.load_profile("trust")
