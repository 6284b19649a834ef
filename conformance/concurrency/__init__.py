"""Concurrency: histories of several clients' operations, recorded first and checked after.

    history         what was asked and answered, and when: the one thing that recording and checking share
    workloads/      what clients do at the same time to a few items, and what must hold of it
    recording       clients side by side against a target
    units           operations as accesses to versions of items
    dependencies    which unit must stand before which; the smallest cycle where that cannot be
    linearizability the search for an order of one item's operations
    checking        a history to a verdict
    timeline, page  a violation as a picture

Nothing that checks needs a target, so a history can be checked again anywhere: `touchstone concurrency check FILE`.
"""
