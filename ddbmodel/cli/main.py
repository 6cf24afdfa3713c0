"""The program `ddbmodel`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the program; the exit code is 0 only if everything went well."""
    try:
        import typer
    except ModuleNotFoundError:
        sys.exit('the command ddbmodel needs `pip install "ddbmodel[cli]"`')
    from ddbmodel.cli.backup import backup
    from ddbmodel.cli.diagram import diagram
    from ddbmodel.cli.dump import dump, load
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
    app()
