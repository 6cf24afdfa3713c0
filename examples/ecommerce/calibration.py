"""What the generated week has in common with the real shop: shares and distributions, nothing of its content.

Every number was counted in the complete Online Retail data set: 541,909 lines and 25,900 invoices of 305
days, 2010-12-01 to 2011-12-09. Source: Daqing Chen, Online Retail, UCI Machine Learning Repository, 2015,
https://doi.org/10.24432/C5BW33, licence CC BY 4.0.

Counts stand as they were counted, so that they can be counted again; only their proportions matter.
"""

from __future__ import annotations

from typing import Final

# Invoices of every kind on a trading day of September to November 2011, Monday first. The shop is closed on
# Saturdays.
INVOICES_PER_WEEKDAY: Final = (112, 115, 117, 134, 105, 0, 66)

# Invoices by kind. An `A` invoice, a bad debt, occurs three times in the year: see `generate`.
SALES: Final = 19_959
CANCELLATIONS: Final = 3_836
WRITTEN_OFF: Final = 1_336  # no customer, price zero, a negative quantity
FOUND: Final = 766  # no customer, price zero, a positive quantity

# Invoices by hour of the day.
HOURS_OF_SALES: Final = {
    7: 29, 8: 566, 9: 1484, 10: 2361, 11: 2396, 12: 3219, 13: 2753, 14: 2456,
    15: 2336, 16: 1335, 17: 667, 18: 192, 19: 146, 20: 18,
}  # fmt: skip

# Sales without a customer, of all sales, and how they differ: half are large (what a web shop sold in a day,
# on one invoice), single units prevail, and an article costs about twice what the trade pays.
ANONYMOUS_SHARE: Final = 0.0715
ANONYMOUS_LARGE_SHARE: Final = 0.534
ANONYMOUS_PRICE_FACTOR: Final = 1.97

# Lines of a sale: mean and standard deviation of the logarithm, smallest and largest.
LINES_OF_A_CUSTOMER: Final = (2.52, 1.155, 1, 300)
LINES_OF_A_LARGE_ANONYMOUS: Final = (4.775, 0.841, 30, 1114)
LINES_OF_A_SMALL_ANONYMOUS: Final = (1.1, 1.05, 1, 29)
LINES_OF_A_CANCELLATION: Final = {
    1: 2131, 2: 773, 3: 399, 4: 150, 5: 104, 6: 57, 7: 52, 8: 27, 9: 24, 11: 19,
}  # fmt: skip

# Units in a line of a sale, in 10,000 lines.
UNITS_OF_A_CUSTOMER: Final = {
    1: 1842, 12: 1509, 2: 1458, 6: 947, 4: 809, 3: 677, 24: 597, 10: 533, 8: 293, 5: 205, 48: 150, 25: 126,
    20: 120, 16: 99, 36: 94, 72: 49, 100: 45, 96: 45, 18: 39, 7: 33, 9: 29, 30: 27, 40: 26, 144: 25, 200: 12,
    288: 5, 600: 2, 1200: 1,
}  # fmt: skip
UNITS_OF_AN_ANONYMOUS: Final = {
    1: 5638, 2: 1792, 3: 764, 4: 473, 5: 270, 6: 238, 7: 121, 8: 110, 10: 79, 12: 77, 9: 65, 11: 46, 13: 28,
    15: 26, 14: 24, 16: 24, 24: 19, 20: 18,
}  # fmt: skip
UNITS_CORRECTED: Final = (1, 2, 8, 30, 84, 270, 664, 2472)  # at 5, 10, 25, 50, 75, 90, 95 and 99 percent

# How often an article is sold: rank r has the weight (r + shift) ** -exponent. Fitted to weeks of 10,000
# lines: about 2,000 articles, of which 10 make 4 % of the lines, 100 make a quarter and 500 nearly two
# thirds.
ARTICLES: Final = 3_800
ARTICLE_RANK_SHIFT: Final = 200
ARTICLE_RANK_EXPONENT: Final = 1.8

# How often a customer buys, likewise. Of the year's 4,338, the busiest bought 209 times, a third of them
# once.
CUSTOMERS: Final = 4_338
CUSTOMER_RANK_SHIFT: Final = 3
CUSTOMER_RANK_EXPONENT: Final = 0.8

# Unit prices of lines, in pounds.
PRICES: Final = {
    "1.25": 932, "1.65": 705, "0.85": 526, "2.95": 512, "0.42": 453, "4.95": 351, "3.75": 343, "2.1": 327,
    "2.08": 314, "1.95": 243, "1.45": 241, "2.55": 241, "0.39": 152, "5.95": 146, "0.65": 145, "0.55": 141,
    "4.25": 138, "7.95": 131, "4.15": 114, "9.95": 108, "8.5": 107, "0.29": 82, "1.69": 81, "12.75": 71,
    "8.25": 69, "3.95": 54, "0.79": 52, "2.89": 50, "14.95": 30, "18.0": 12, "39.95": 6, "110.0": 1,
}  # fmt: skip
OTHER_PRICE_SHARE: Final = 0.11  # lines that cost something else than the article usually costs

# Country of a sale.
COUNTRIES: Final = {
    "United Kingdom": 9028, "Germany": 229, "France": 196, "EIRE": 144, "Belgium": 49, "Netherlands": 47,
    "Spain": 45, "Portugal": 29, "Australia": 29, "Switzerland": 27, "Finland": 21, "Italy": 19, "Norway": 18,
    "Sweden": 18, "Channel Islands": 13, "Poland": 10, "Japan": 10, "Denmark": 9, "Austria": 9, "Cyprus": 8,
}  # fmt: skip
COUNTRIES_OF_ANONYMOUS: Final = {
    "United Kingdom": 1372, "EIRE": 28, "Hong Kong": 11, "Unspecified": 5, "Israel": 3, "France": 3,
}  # fmt: skip

# Lines that repeat an article of the same invoice; every other one repeats the whole line.
REPEATED_SHARE: Final = 0.0254
REPEATED_SHARE_ANONYMOUS: Final = 0.0037

# Lines of a sale at a price of zero.
FREE_SHARE: Final = 0.0002
FREE_SHARE_ANONYMOUS: Final = 0.0028

# Descriptions that end in a space, and corrections that have no description.
PADDED_SHARE: Final = 0.21
UNDESCRIBED_SHARE: Final = 0.65

# Sales with a line that is not an article.
POSTAGE_SHARE_ABROAD: Final = 0.55  # POST; a sale to EIRE has C2, carriage, instead
POSTAGE_SHARE_LARGE_ANONYMOUS: Final = 0.82  # DOT
MANUAL_SHARE: Final = 0.014  # M

# Cancellations that return what the customer is known to have bought, and their lines that are not articles.
RETURNED_SHARE: Final = 0.85
CANCELLED_FEES: Final = {"M": 175, "D": 77, "POST": 97, "CRUK": 16}
CANCELLED_FEES_SHARE: Final = 0.10
CANCELLED_FEES_ANONYMOUS: Final = {"M": 69, "S": 61, "AMAZONFEE": 32, "POST": 29, "BANK CHARGES": 25}
CANCELLED_ANONYMOUS_SHARE: Final = 0.047
