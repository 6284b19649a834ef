"""The test of the engine itself: servers that are wrong on purpose, and how soon generated operations show it.

`patch` changes the reference server at run time, `fault` says what a fault is, `faults/` is the catalogue, `measure` runs
it. docs/engine.md tells how to read and to extend all this.
"""
