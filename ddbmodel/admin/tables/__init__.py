"""Tables: from models to what is deployed.

Belongs here: what a table is to be (`design`), what it is (`deployed`), what lies between (`comparison`,
`index_changes`, `changes`), that as a value that can be looked at (`plan`), its way there (`applying`,
`waiting`), and the same design for other tools (`cloudformation`, `terraform`).
Does not belong here: how settings are declared (schema), single requests (operations).
"""

from __future__ import annotations

from ddbmodel.admin.tables.applying import apply_tables
from ddbmodel.admin.tables.changes import TableChange
from ddbmodel.admin.tables.cloudformation import cloudformation_template
from ddbmodel.admin.tables.plan import TablePlan, TablesPlan, plan_tables
from ddbmodel.admin.tables.terraform import terraform_configuration

__all__ = [
    "TableChange",
    "TablePlan",
    "TablesPlan",
    "apply_tables",
    "cloudformation_template",
    "plan_tables",
    "terraform_configuration",
]
