"""engines: the DynamoDBs that the conformance tests run on.

Belongs here: one file for each engine that says when it is there and how it is started (`moto`, `dynalite`,
`ministack`, `endpoints`); installing them (`install`); keeping them alive (`supervisor`); which of them take
part in a run (`roster`).

Does not belong here: what an engine gets wrong (`tests/conformance/quirks.py`).

moto is always there. dynalite needs Node; ministack needs an environment of its own, as it pins another
botocore. `python -m tests.engines.install` installs both, once, into a folder that git ignores. A test run
installs nothing.
"""
