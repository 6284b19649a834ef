"""Which operations of an application will behave differently elsewhere: `touchstone migrate`.

schemas    the tables that captured traffic is about, also those that it does not show the creation of
sides      one implementation, with what its ids and cursors are in place of the captured ones
repairing  the other side brought back to the first one's state, where they have parted
replaying  the traffic on both sides, step by step, and what differs
findings   what differs, by cause
reports    the same as pages
"""
