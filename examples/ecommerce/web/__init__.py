"""web: the shop as an application for browsers and programs.

    app         the application: one mapper, the API, health checks
    api         the JSON API, an application of its own below `/api`, so that its errors are problem details
    sample      what the embedded engine is filled with
    __main__    `python -m examples.ecommerce.web`

Belongs here: how the shop is served. Does not belong here: what the shop does, which is one folder above.
"""
