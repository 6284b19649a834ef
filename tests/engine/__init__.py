"""The test of the engine itself: servers that are wrong on purpose, and how soon generated operations show it.

`patch` changes the reference server at run time, `fault` says what a fault is, `faults/` is the catalogue, `search`
looks for them, `measure` tells what it has found. docs/engine.md says how to read and to extend all this.
"""
