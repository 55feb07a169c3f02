"""Pure decisions: what a paper is, who is due, what they get, what a reply means.

Nothing in here opens a file, a socket or a database, reads a clock or draws a random
number; time, randomness and ids are arguments.
"""
