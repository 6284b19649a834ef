"""Expressions: text and placeholders in, something that can be asked or applied out.

An expression goes through four stages, and a refusal belongs to exactly one of them (data-plane 4.6, 4.9):

1. `grammar.py` reads the text, in the tokens of `tokens.py`, into a tree (`tree.py`): syntax, redundant
   parentheses.
2. `checks.check_text` judges the tree by itself: limits, reserved words, the names and places of functions.
   Stages 1 and 2 depend on the text alone, so the tree is remembered by text.
3. `bind`, one for each kind (`conditions`, `key_conditions`, `projections`, `updates`), puts the request's
   `Placeholders` in and judges what only then can be judged: paths, operands, their number and types.
4. What `bind` returned is evaluated against items: closures compiled once, their literals resolved.

`legacy.py` makes the same bound objects from the parameters that came before expressions.
"""
