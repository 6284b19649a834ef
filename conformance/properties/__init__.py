"""Properties of any implementation, as pytest items.

pytest --pyargs conformance.properties --touchstone-target NAME
"""
