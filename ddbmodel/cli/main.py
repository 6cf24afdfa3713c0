"""The program `ddbmodel`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from typer import Typer


def main() -> None:
    """Run the program; the exit code is 0 only if everything went well."""
    try:
        import typer
    except ModuleNotFoundError:
        sys.exit('the command ddbmodel needs `pip install "ddbmodel[cli]"`')
    from ddbmodel.cli.backup import backup
    from ddbmodel.cli.diagram import diagram
    from ddbmodel.cli.dump import dump, load
    from ddbmodel.cli.ending import wants_json
    from ddbmodel.cli.import_models import import_models
    from ddbmodel.cli.ingest import ingest
    from ddbmodel.cli.local import local
    from ddbmodel.cli.migrate import migrate
    from ddbmodel.cli.query import explain, query
    from ddbmodel.cli.tables import apply, describe, plan

    app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)

    @app.callback()
    def about() -> None:
        """Work with the DynamoDB tables of ddbmodel's models."""

    app.command()(apply)
    app.command()(describe)
    app.command()(import_models)
    app.command()(ingest)
    app.command()(dump)
    app.command()(load)
    app.add_typer(backup, name="backup")
    app.command()(plan)
    app.command()(local)
    app.command()(query)
    app.command()(explain)
    app.command()(migrate)
    app.command()(diagram)
    _ = about
    sys.exit(_ended(app) if wants_json(sys.argv[1:]) else app())


def _ended(app: Typer) -> int:
    """Run a command that is to answer in JSON, also where its arguments are wrong; give its exit code."""
    import typer

    from ddbmodel.cli.ending import INTERRUPTED, WRONG, tell_as

    # The public one of them; what they have in common is where click is, and that depends on typer's version.
    usage_error: type[Exception] = typer.BadParameter.__mro__[1]
    try:
        ended: object = app(standalone_mode=False)
    except typer.Abort:
        return tell_as("Abort", "interrupted", INTERRUPTED)
    except usage_error as error:
        return tell_as("UsageError", _message_of(error), WRONG)
    return ended if isinstance(ended, int) else 0


def _message_of(error: Exception) -> str:
    format_message: Callable[[], str] = getattr(error, "format_message", error.__str__)
    return format_message()
