"""Admin: what is done to tables as wholes: their settings, backups, dumps, exports and imports.

Belongs here: plans of tables and their application (`tables`), models of tables that are there (`importing`);
dumps to folders and back (`dumping`, `dump_folder`, `dump_part`, `loading`, `load_place`); backups,
point-in-time recovery and restoring (`backups`, `settings`, `restore_check`), seeing to policies of backups
(`backup_policy`, `backup_names`), and the refusal to destroy what could not be restored (`recovery_point`);
to S3 and from there (`exports`, `imports`); single settings, read and set by hand (`tags`,
`resource_policies`, `contributor_insights`, `time_to_live`, which find tables by `naming`).
Does not belong here: models and their items (mapper), requests and replies (operations), how they travel
(transport). A mapper is met by what it can do (`service`): this room and the mapper's do not import each
other.
"""

from __future__ import annotations

from ddbmodel.admin.backup_policy import PolicyReport, enforce_backups
from ddbmodel.admin.backups import Backups, RestoreReport
from ddbmodel.admin.contributor_insights import ContributorInsights
from ddbmodel.admin.dump_report import DumpProgress, DumpReport, LoadReport
from ddbmodel.admin.dumping import dump
from ddbmodel.admin.exports import Exports
from ddbmodel.admin.importing import ImportedModel, import_model
from ddbmodel.admin.imports import Imports
from ddbmodel.admin.loading import load
from ddbmodel.admin.recovery_point import require_recovery_point
from ddbmodel.admin.resource_policies import ResourcePolicies, ResourcePolicy
from ddbmodel.admin.restore_check import RestoreComparison
from ddbmodel.admin.settings import RestoreSettings
from ddbmodel.admin.tables import (
    TableChange,
    TablePlan,
    TablesPlan,
    apply_tables,
    cloudformation_template,
    plan_tables,
    terraform_configuration,
)
from ddbmodel.admin.tags import Tags
from ddbmodel.admin.time_to_live import TimeToLive, TimeToLiveState

__all__ = [
    "Backups",
    "ContributorInsights",
    "DumpProgress",
    "DumpReport",
    "Exports",
    "ImportedModel",
    "Imports",
    "LoadReport",
    "PolicyReport",
    "ResourcePolicies",
    "ResourcePolicy",
    "RestoreComparison",
    "RestoreReport",
    "RestoreSettings",
    "TableChange",
    "TablePlan",
    "TablesPlan",
    "Tags",
    "TimeToLive",
    "TimeToLiveState",
    "apply_tables",
    "cloudformation_template",
    "dump",
    "enforce_backups",
    "import_model",
    "load",
    "plan_tables",
    "require_recovery_point",
    "terraform_configuration",
]
