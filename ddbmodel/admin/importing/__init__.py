"""Importing: from a deployed table to the text of a model.

Belongs here: what attributes hold, by a sample (`inference`), how they are called in Python (`names`), and
the text (`source`, `importing`).
Does not belong here: how a table is asked about its settings (tables).
"""

from __future__ import annotations

from ddbmodel.admin.importing.importing import ImportedModel, import_model

__all__ = ["ImportedModel", "import_model"]
