"""Transactions that are not all or nothing, or say the wrong thing about it."""

from __future__ import annotations

from reference_server.operations import transactions
from reference_server.tables.request_tokens import RequestTokens
from tests.engine.fault import Area, Difficulty, Fault
from tests.engine.patch import edit
from tests.engine.witnesses import action, call, get, item, put, transaction, witness

_A, _B = item(pk="a"), item(pk="b")
_FAILING = action("Put", "Simple", _B, ConditionExpression="attribute_exists(pk)")
_COUNTING = transaction(
    action("Update", "Simple", _A, UpdateExpression="ADD n :v", v=1), ClientRequestToken="the-same-token"
)

FAULTS = (
    Fault(
        id="half-a-transaction",
        area=Area.TRANSACTIONS,
        difficulty=Difficulty.MEDIUM,
        sentence="Members before the first that fails stay written.",
        notice="Money is taken from one account and reaches no other.",
        patches=(
            edit(
                transactions.transact_write_items,
                (
                    """
                    reasons.cancel_if_any()
                    performed = [
                        member.write.perform(member.table, outcome)
                        for member, outcome in zip(members, outcomes, strict=True)
                    ]
                    """,
                    """
                    for position, (member, outcome) in enumerate(zip(members, outcomes, strict=True)):
                        if position in reasons:
                            break
                        if any(other in reasons for other in range(position, len(members))):
                            member.write.perform(member.table, outcome)
                    reasons.cancel_if_any()
                    performed = [
                        member.write.perform(member.table, outcome)
                        for member, outcome in zip(members, outcomes, strict=True)
                    ]
                    """,
                ),
            ),
        ),
        witness=witness(transaction(action("Put", "Simple", _A), _FAILING), get("Simple", _A)),
    ),
    Fault(
        id="token-without-effect",
        area=Area.TRANSACTIONS,
        difficulty=Difficulty.MEDIUM,
        sentence="A transaction that is sent again with its ClientRequestToken is carried out again.",
        notice="A retry after a lost answer books twice.",
        patches=(edit(RequestTokens.is_replay, ("return True", "return False")),),
        witness=witness(_COUNTING, _COUNTING, get("Simple", _A)),
    ),
    Fault(
        id="token-of-another-request-accepted",
        area=Area.TRANSACTIONS,
        difficulty=Difficulty.MEDIUM,
        sentence="A ClientRequestToken that was used for another transaction is no error; nothing is done.",
        notice="A token that is reused by mistake makes writes disappear silently.",
        patches=(edit(RequestTokens.is_replay, ("completion.digest != digest", "False")),),
        witness=witness(
            _COUNTING, transaction(action("Put", "Simple", _B), ClientRequestToken="the-same-token"), get("Simple", _B)
        ),
    ),
    Fault(
        id="reasons-in-wrong-places",
        area=Area.TRANSACTIONS,
        difficulty=Difficulty.MEDIUM,
        sentence="Cancellation reasons come first, and `None` for the others behind them.",
        notice="The wrong member is blamed.",
        patches=(
            edit(
                transactions._Reasons.cancel_if_any,
                (
                    'reasons = [self._reasons.get(position, {"Code": "None"}) for position in range(self._count)]',
                    'reasons = [*self._reasons.values(), *[{"Code": "None"}] * (self._count - len(self._reasons))]',
                ),
            ),
        ),
        witness=witness(transaction(action("Put", "Simple", _A), _FAILING)),
    ),
    Fault(
        id="one-reason-only",
        area=Area.TRANSACTIONS,
        difficulty=Difficulty.RARE,
        sentence="Only the first member that fails has its reason told.",
        notice="Of two conflicts one is shown, and the next attempt fails again.",
        patches=(
            edit(
                transactions._Reasons.cancel_if_any,
                (
                    "self._reasons.get(position, {'Code': 'None'})",
                    "self._reasons[position] if position == min(self._reasons) else {'Code': 'None'}",
                ),
            ),
        ),
        witness=witness(transaction(action("Put", "Simple", _A, ConditionExpression="attribute_exists(pk)"), _FAILING)),
    ),
    Fault(
        id="check-and-write-of-one-item",
        area=Area.TRANSACTIONS,
        difficulty=Difficulty.MEDIUM,
        sentence="A transaction may check and write the same item.",
        notice="A transaction that production refuses passes all tests.",
        patches=(
            edit(
                transactions.transact_write_items,
                (
                    "items.add(member.table, member.write.key)",
                    "if not isinstance(member.write, PlannedCheck):\n    items.add(member.table, member.write.key)",
                ),
            ),
        ),
        witness=witness(
            transaction(
                action("ConditionCheck", "Simple", _A, ConditionExpression="attribute_not_exists(pk)"),
                action("Put", "Simple", _A),
            )
        ),
    ),
    Fault(
        id="absent-items-left-out",
        area=Area.TRANSACTIONS,
        difficulty=Difficulty.MEDIUM,
        sentence="TransactGetItems leaves out items that are not there instead of an empty entry.",
        notice="Every entry behind it is taken for another item's.",
        patches=(
            edit(
                transactions.transact_get_items,
                ('{"Responses": responses}', '{"Responses": [response for response in responses if response]}'),
            ),
        ),
        witness=witness(
            put("Simple", _B),
            call(
                "TransactGetItems",
                TransactItems=[{"Get": {"TableName": "Simple", "Key": key}} for key in (_A, _B)],
            ),
        ),
    ),
    Fault(
        id="moved-item-stays",
        area=Area.TRANSACTIONS,
        difficulty=Difficulty.RARE,
        sentence="A deletion in a transaction leaves an item that a Put of the same transaction comes behind.",
        notice="What should be moved from one key to another is there twice.",
        patches=(
            edit(
                transactions.transact_write_items,
                (
                    """
                    performed = [
                        member.write.perform(member.table, outcome)
                        for member, outcome in zip(members, outcomes, strict=True)
                    ]
                    """,
                    """
                    performed = [
                        member.write.perform(
                            member.table,
                            member.table.get(member.write.key)
                            if outcome is None and any(other is not None for other in outcomes[position + 1 :])
                            else outcome,
                        )
                        for position, (member, outcome) in enumerate(zip(members, outcomes, strict=True))
                    ]
                    """,
                ),
            ),
        ),
        witness=witness(
            put("Simple", _A),
            transaction(action("Delete", "Simple", _A), action("Put", "Simple", _B)),
            get("Simple", _A),
        ),
    ),
)
