"""Admin: what is done to tables as wholes: their settings, backups, dumps, exports and imports.

Belongs here: dumps to folders and back (`dumping`, `dump_folder`, `dump_part`, `loading`,
`load_place`).
Does not belong here: models and their items (mapper), requests and replies (operations), how they travel
(transport). A mapper is met by what it can do (`service`): this room and the mapper's do not import each
other.
"""

from __future__ import annotations

from ddbmodel.admin.dump_report import DumpProgress, DumpReport, LoadReport
from ddbmodel.admin.dumping import dump
from ddbmodel.admin.loading import load

__all__ = ["DumpProgress", "DumpReport", "LoadReport", "dump", "load"]
