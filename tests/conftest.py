"""No example of a property is timed: machines are shared, and how long one takes says nothing about what is tested.

Where `CI` is set, equal code is asked equal questions, so that a change is judged by what it changes. Everywhere else
each run asks new ones.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("untimed", deadline=None, derandomize=bool(os.environ.get("CI")))
settings.load_profile("untimed")
