"""No example of a property is timed: machines are shared, and how long one takes says nothing about what is tested."""

from __future__ import annotations

from hypothesis import settings

settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")
