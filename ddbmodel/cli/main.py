"""The program `ddbmodel`."""

from __future__ import annotations

import sys


def main() -> None:
    """Run the program; the exit code is 0 only if everything went well."""
    try:
        import typer
    except ModuleNotFoundError:
        sys.exit('the command ddbmodel needs `pip install "ddbmodel[cli]"`')
    from ddbmodel.cli.diagram import diagram
    from ddbmodel.cli.ingest import ingest
    from ddbmodel.cli.local import local
    from ddbmodel.cli.migrate import migrate
    from ddbmodel.cli.query import explain, query

    app = typer.Typer(no_args_is_help=True, pretty_exceptions_enable=False)

    @app.callback()
    def about() -> None:
        """Work with the DynamoDB tables of ddbmodel's models."""

    app.command()(ingest)
    app.command()(local)
    app.command()(query)
    app.command()(explain)
    app.command()(migrate)
    app.command()(diagram)
    _ = about
    app()
