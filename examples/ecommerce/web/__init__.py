"""web: the shop as an application for browsers and programs.

    app         the application: one mapper, the pages, the API, health checks
    pages       HTML for people, with forms that work without scripts; `templates` and `static` are theirs
    api         the JSON API, an application of its own below `/api`, so that its errors are problem details
    services    what pages and API both do
    art         pictures of the articles
    load        many customers at once, and whether the books agree
    sample      what the embedded engine is filled with
    __main__    `python -m examples.ecommerce.web`

Belongs here: how the shop is served. Does not belong here: what the shop does, which is one folder above.
"""
