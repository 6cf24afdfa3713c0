"""api: the shop for programs. The models are the replies: their keys are in none of their fields.

    make        the application and its OpenAPI
    signing     who a request is of
    places      places in the queue, as signed tokens
    sessions, catalogue, products, carts, orders, office, ingestion    the endpoints

It is a demonstration: whoever knows a customer's number can sign in, and anybody may edit a listing.
"""
