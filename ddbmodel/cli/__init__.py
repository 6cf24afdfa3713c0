"""cli: `ddbmodel` on the command line.

Belongs here: one file for each command, which turns arguments into one call of the public API and its result
into lines, JSON and an exit code; and how models are found by name (`loading`). `pip install "ddbmodel[cli]"`
brings what it needs.
Does not belong here: anything that a program could not do through the API.
"""
