"""Admin: what is done to tables as wholes: their settings, backups, dumps, exports and imports.

Belongs here: plans of tables and their application (`tables`), models of
tables that are there (`importing`).
Does not belong here: models and their items (mapper), requests and replies (operations), how they travel
(transport). A mapper is met by what it can do (`service`): this room and the mapper's do not import each
other.
"""

from __future__ import annotations

from ddbmodel.admin.importing import ImportedModel, import_model
from ddbmodel.admin.tables import (
    Change,
    TablePlan,
    TablesPlan,
    apply_tables,
    cloudformation_template,
    plan_tables,
    terraform_configuration,
)

__all__ = [
    "Change",
    "ImportedModel",
    "TablePlan",
    "TablesPlan",
    "apply_tables",
    "cloudformation_template",
    "import_model",
    "plan_tables",
    "terraform_configuration",
]
