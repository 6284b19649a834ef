"""ScyllaDB's Alternator, as a dialect: the same engine of tables, indexes and streams, with Alternator's own rules.

Alternator is another implementation of the API, not another wording of DynamoDB. It reads a request member by member
and refuses the first that is wrong, in words of its own; it stores values that DynamoDB refuses, and keys by the way
they are written. So its operations are written here anew, over the parts of the engine that the two have in common:
`tables/table.py` and what is under it, the grammar of expressions and its trees. Nothing outside of this package knows
of it but `protocols.py`, which names it.

    edition     what differs between its versions, as data
    rules       every difference from DynamoDB, with its evidence (`rules.yaml`); comments cite them by id: `rule: ...`
    texts       the messages
    protocol    paths, headers, what is read of a request before an operation
    request     a request's members, read one by one
    values, keys, numbers ...

The source is the dossier `alternator.md`, "dossier" in comments: sections by number. Its evidence is a real server,
6.2.3, recorded (`recorded ID` is a request of that recording), or its source and documents, read.
"""
