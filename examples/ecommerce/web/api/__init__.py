"""api: the shop for programs. The models are the replies: their keys are in none of their fields.

    make        the application and its OpenAPI
    signing     who a request is of
    sessions, products, carts, orders    the endpoints

It is a demonstration: whoever knows a customer's number can sign in, and anybody may edit a listing.
"""
