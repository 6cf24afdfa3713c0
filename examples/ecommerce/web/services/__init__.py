"""services: what the pages and the API both do, and what both share while the application runs.

    opened      what is made when the application starts, and the dependency that gives it to a handler
    admission   how many checkouts are under way at once

Belongs here: what two of the application's doors need. Does not belong here: what the shop does without the
web, which is two folders above; HTML and JSON.
"""
