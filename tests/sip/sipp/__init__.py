"""A carrier made of SIPp: what it does is one table, written as one scenario."""
