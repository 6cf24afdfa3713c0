"""How Sphinx builds the site: `python -m tests.checks.site`, or `sphinx-build docs build/site`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent / "_extensions"))

project = "ddbmodel"
author = "The ddbmodel authors"
project_copyright = author
html_title = "ddbmodel"
html_short_title = "ddbmodel"
language = "en"

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "house_docstrings",
    "outside_links",
    "navigation",
]
exclude_patterns = ["_extensions"]

# Pages are Markdown as GitHub reads it: the same file is read there, run by tests/docs, and built here.
myst_heading_anchors = 4
myst_enable_extensions = ["attrs_inline"]
suppress_warnings: list[str] = []

html_theme = "furo"
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_copy_source = False
html_show_sourcelink = False
html_show_sphinx = False
html_permalinks_icon = "#"
html_theme_options: dict[str, Any] = {"navigation_with_keys": False}
pygments_style = "friendly"
pygments_dark_style = "github-dark"

# The public names are documented under the names that users import.
default_role = "code"
add_module_names = False
autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
autodoc_inherit_docstrings = True
python_use_unqualified_type_names = True
python_maximum_signature_line_length = 88
napoleon_google_docstring = True
napoleon_numpy_docstring = False
napoleon_use_rtype = False
napoleon_use_ivar = True
napoleon_custom_sections = ["Cost", "Atomicity", "Memory", "Source"]
