"""FastAPI: the mapper as a dependency, pages with tokens, errors as problem details, versions as entity tags.

Needs `pip install "ddbmodel[fastapi]"`.
"""

from __future__ import annotations

from ddbmodel.backends.fastapi.entity_tags import IfMatch, IfNoneMatch, RequiredIfMatch
from ddbmodel.backends.fastapi.lifespan import MapperDependency, current_mapper, mapper_lifespan
from ddbmodel.backends.fastapi.pages import PageOf, PageParameters, WantedPage, page_parameters
from ddbmodel.backends.fastapi.preconditions import Match, NoneMatch, etag_of
from ddbmodel.backends.fastapi.problem import Problem, problem_responses
from ddbmodel.backends.fastapi.problem_details import install_problem_details

__all__ = [
    "IfMatch",
    "IfNoneMatch",
    "MapperDependency",
    "Match",
    "NoneMatch",
    "PageOf",
    "PageParameters",
    "Problem",
    "RequiredIfMatch",
    "WantedPage",
    "current_mapper",
    "etag_of",
    "install_problem_details",
    "mapper_lifespan",
    "page_parameters",
    "problem_responses",
]
