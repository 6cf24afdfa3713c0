"""services: what the pages and the API both do, and what both share while the application runs.

    opened      what is made when the application starts, and the dependency that gives it to a handler
    admission   how many checkouts are under way at once
    shelf       what can be bought: categories, search, prices
    buying      carts, accounts, and a checkout that sells once
    orders      an order with all that belongs to it, for its customer
    backroom    the queue, parcels, and counting the stock
    ingestion   invoices poured into the table while people look on

Belongs here: what two of the application's doors need. Does not belong here: what the shop does without the
web, which is two folders above; HTML and JSON.
"""
