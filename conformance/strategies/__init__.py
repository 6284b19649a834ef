"""Hypothesis strategies for scenarios: many operations, mostly valid, on few keys.

Read from the ground up: `values` (attribute values), `schemas` (tables and indexes), `items` (items, their paths, and
what the generator knows to be stored), `expressions` (the grammar, over attributes that exist), `operations` (one
function an operation), `near_misses` (one thing wrong), `scenarios` (the whole). `generation` draws by seed.

Strategies proper are `scenarios()` and the values; what happens within a scenario is drawn by plain functions that
take Hypothesis's `draw`, as each needs to know what was drawn before.

Two principles hold throughout. *Collide*: pools of keys, attributes and values are small, so that operations meet
each other's effects. *Be valid*: what is drawn is accepted by DynamoDB but for a measured share of near misses, each of
which is a valid request with one thing wrong; random nonsense only ever reaches the first check.
"""
