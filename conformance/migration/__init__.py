"""Which operations of an application will behave differently elsewhere: `touchstone migrate`.

schemas         the tables that captured traffic is about, also those that it does not show the creation of
sides           one implementation, with what its ids and cursors are in place of the captured ones
captured_clock  the time at which requests were captured, for servers in process
spellings       keys and items by their values, and the ways in which they were written
anything        captured JSON, which may be anything
repairing       the other side brought back to the first one's state, where they have parted
replaying       the traffic on both sides, step by step, and what differs
findings        what differs, by cause
reproducing     the smallest way to show a cause
reports         the same as pages
"""
