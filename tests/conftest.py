"""What all tests share: how hypothesis runs."""

import os

from hypothesis import settings

# A slow machine is no failure, and a build that fails must fail again on the next run.
settings.register_profile("house", deadline=None)
settings.register_profile("house-ci", deadline=None, derandomize=True)
settings.load_profile("house-ci" if os.environ.get("CI") else "house")
