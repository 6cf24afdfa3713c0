"""load: many customers at once, and whether the books agree afterwards.

    python -m examples.ecommerce.web.load --users 200 --seconds 60

    goods       what there is to buy, and who buys
    client      requests as a careful program sends them: again, later, while the reply says so
    shopper     what one customer does
    books       what was told to customers, compared with what the table has
    report      how long replies took, and what they were
    run         all of it, against the shop in a process of its own

Belongs here: the rush and its proof. Does not belong here: what tests of single endpoints are for.
"""
