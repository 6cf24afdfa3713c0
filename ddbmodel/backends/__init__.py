"""backends: what a web backend needs around the mapper, by framework.

Belongs here: the mapper in FastAPI's lifespan and dependencies, pages, problem details and entity tags
(`fastapi`). Each module is imported by its name, as each needs another extra.

Does not belong here: anything that the mapper needs to work, or that is not about how a backend is run. It
uses the mapper as users do. Nothing below imports this room.
"""
