"""checks: everything that must hold of this repository, in one command: `python -m tests.checks`.

Belongs here: which tools are run and how (`__main__`), and the rules of the house that no tool knows: what
files must not name (`traces`), how long functions and files may be (`sizes`), that tests say what they show
(`docstrings`).

Does not belong here: how the tools are set up (`pyproject.toml`).
"""
