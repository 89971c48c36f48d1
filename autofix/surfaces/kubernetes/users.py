"""Can the cluster see that a container does not run as root?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from autofix.finding import Fix, Match, Refusal
from autofix.node import Evidence, Node
from autofix.project import Account, Project
from autofix.text import Edit, Span


@dataclass(frozen=True)
class Named(Node):
    """The `runAsNonRoot` of a container, and the user its image names."""

    account: Account


@dataclass(frozen=True)
class NamedFacts:
    """Which container, and the name the cluster cannot look up."""

    container: str
    user: str


def names_user(project: Project) -> Iterator[Match[Named, NamedFacts]]:
    """Containers that demand a user other than root without a number, of images built here whose USER is a name."""
    for service in project.services:
        demand, account = service.demands_number, service.runs_as
        if demand is None or demand.span is None or account is None or service.build is None:
            continue
        if account.name.isdigit() or account.is_root or not _written(account):
            continue
        node = Named(project.sources[demand.path], demand.span, f"{service.anchor}.runAsNonRoot", account)
        yield Match(node, NamedFacts(service.name, account.name), account.evidence)


def _written(account: Account) -> bool:
    """Whether a USER of the repository says the name; publishers of base images write numbers."""
    return any(seen.what.startswith("USER ") for seen in account.evidence)


def number_user(project: Project, match: Match[Named, NamedFacts]) -> Fix | Refusal:
    """The number of the user in the image's USER, where it is known."""
    account = match.node.account
    switch = account.evidence[0] if account.evidence else None
    if account.uid is None or switch is None or switch.span is None:
        return Refusal("the number of the user is not known", remedy="Write USER with the number of the user.")
    written = project.sources[switch.path].slice(switch.span)
    name = re.search(rf"(?<=\s){re.escape(account.name)}(?=:|\s*$)", written)
    if name is None:
        return Refusal("USER is written in another way", evidence=(Evidence("USER", switch.path, switch.span),))
    at = switch.span.start + name.start()
    edit = Edit(switch.path, Span(at, at + len(account.name)), str(account.uid))
    return Fix("Name the user by its number", (edit,))
