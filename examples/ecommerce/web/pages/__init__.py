"""pages: the shop for people: HTML from templates, forms that work without scripts."""
