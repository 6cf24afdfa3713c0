"""backends: what a web backend needs around the mapper, by framework.

Belongs here: the mapper in FastAPI's lifespan and dependencies, pages, problem details and entity tags
(`fastapi`), its settings from the environment (`settings`), and its life in AWS Lambda (`aws_lambda`). Each
is imported by its name, as each needs another extra.

Does not belong here: anything that the mapper needs to work, or that is not about how a backend is run. It
uses the mapper as users do. Nothing below imports this room.
"""
