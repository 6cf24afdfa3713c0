"""The fast lane: requests go over connections of our own, without botocore's machinery for each of them.

Belongs here: HTTP/1.1 replies (`http_reply`), connections and their pool (`connection`, `pool`), signing
(`signing`, `calls`), bodies and what they hold (`bodies`, `members`, `refusal`), what is read off an
aioboto3 client (`client_settings`), which clients it cannot stand in for (`eligibility`), and the lane over
all of it (`lane`).

Does not belong here: what is sent again and when (`courier`, `delivery`, `retry`), what an error code means
(`mapping`, `diagnosis`): both lanes share that.
"""
