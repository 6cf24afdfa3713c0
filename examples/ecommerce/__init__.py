"""A shop: real invoice lines poured into DynamoDB, read back through typed models, proven complete.

    containers, workbook    whatever the data comes in -> CSV files
    lines, source, days     CSV files -> invoice lines, strictly; which days are taken
    calibration             what was counted in the real shop's data
    catalogue, trade        the articles and the dealings of a generated shop
    generate                a week of it, as CSV files
    download                the data set from its home
    models                  the table and its entities: customers, products, orders and what belongs to them
    assemble                invoice lines -> models
    engine                  the embedded DynamoDB or another one, and the table there
    ingest, progress        models -> DynamoDB, and what can be seen of it
    patterns                the access patterns
    checkout                from a cart to an order, and back
    pattern, recorder       what a pattern shows of itself: its source, and the requests it sent
    landmarks               which customer, day and order the patterns are shown with
    verify                  the proof that nothing was lost
    console                 how all of it is printed
    __main__                the command line

Belongs here: what this shop needs. Does not belong here: data (not a line of it), and anything that reaches
below ddbmodel's public names.

Data: Daqing Chen, Online Retail, UCI Machine Learning Repository, 2015, https://doi.org/10.24432/C5BW33,
licence CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/).
"""
