"""Programs that use ddbmodel the way an application does.

Belongs here: one package for each application, complete, runnable with `python -m examples.<name>`, with a
README that starts with its access patterns. An example imports ddbmodel's public names only.

Does not belong here: anything that ddbmodel or its tests import, and data sets.
"""
