"""Do the services and whoever asks them agree on one health path?"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from autofix.finding import Fix, Match, Refusal, Severity
from autofix.node import Evidence, Node
from autofix.project import Project
from autofix.surfaces.app.nodes import Route
from autofix.surfaces.compose.document import ComposeFile
from autofix.surfaces.dockerfile.document import Dockerfile
from autofix.surfaces.kubernetes.document import KubernetesFile
from autofix.surfaces.system.applications import Answer, App, applications
from autofix.surfaces.system.beside import beside
from autofix.surfaces.system.references import Reference, references
from autofix.surfaces.system.registering import answering, word_of
from autofix.surfaces.system.spelling import COMMON, last, movable, moved, same
from autofix.surfaces.system.spelling import asked as named_in
from autofix.surfaces.system.strings import strings
from autofix.text import Edit, NewFile, Span

MOST_EVIDENCE = 12


@dataclass(frozen=True)
class Asked(Node):
    """A health path that is spelled otherwise: of an application (`answers`), or only of who asks it (`lost`)."""

    app: App = field(repr=False)
    old: str
    new: str
    answers: tuple[Answer, ...] = field(repr=False, default=())
    references: tuple[Reference, ...] = field(repr=False, default=())
    unclear: bool = False
    lost: Reference | None = field(repr=False, default=None)


@dataclass(frozen=True)
class AskedFacts:
    """Who says what, for the message."""

    said: str


def differs(project: Project, *, target: str = "/health") -> Iterator[Match[Asked, AskedFacts]]:
    """Health routes that are spelled otherwise than those of other services or than what asks them, and checks that ask
    a path which the application lacks.
    """
    apps = applications(project) if _disagreeing(project) else ()
    if not apps:
        return
    named = (*references(project, apps), *strings(project, apps))
    said = {last(one.asked.path) for one in named if _asks(one)}
    covered: list[Reference] = []
    for app in apps:
        elsewhere = said.union(last(one.path) for other in apps for one in other.health if other is not app)
        for match in _routes(app, named, target, elsewhere):
            covered += match.node.references
            yield match
    yield from _lost(named, covered)


def _asks(one: Reference) -> bool:
    """Whether a place asks an application for its health, under whatever name; any string of a test may look like it."""
    if one.reached is None or one.test or one.kind not in ("check", "path"):
        return False
    return one.kind == "check" or any(_beside(answer.path, one.reached.path) for answer in one.reached.app.health)


def _disagreeing(project: Project) -> bool:
    """Whether two spellings stand anywhere, or a file of the deployment asks one: most repositories stop here."""
    words: set[str] = set()
    for path, source in project.sources.items():
        if "health" in source.text or "health" in path:
            found = {source.text[one.word.start : one.word.end] for one in named_in(source.text)}
            if found and isinstance(project.documents.get(path), (ComposeFile, Dockerfile, KubernetesFile)):
                return True
            words |= found.union(path.rpartition(".")[0].split("/")) & COMMON
        if len(words) > 1:
            return True
    return False


def _routes(
    app: App, named: Sequence[Reference], target: str, elsewhere: Collection[str]
) -> Iterator[Match[Asked, AskedFacts]]:
    """The health routes of one application that are spelled otherwise `elsewhere`."""
    for path in dict.fromkeys(one.path.rstrip("/") for one in app.health if movable(one.path, target)):
        if not set(elsewhere) - {last(path)}:
            continue
        new, answers = moved(path, target), app.at(path)
        checks = [one for one in named if one.kind == "check" and one.reached and one.reached.app is app]
        wanting = [one for one in checks if one.reached and app.lacks(one.reached.path)]
        if _answers_both(answers, app.at(new)):
            continue
        spelled = any(last(one.path) == last(target) for one in app.health)
        if spelled and not app.at(new) and not any(same(one.asked.path, new) for one in checks):
            continue
        if app.at(new) and not any(same(one.asked.path, path) for one in checks):
            continue
        mine = tuple(one for one in named if _about(one, app, path, answers) or _near(one, app, path, wanting))
        route = answers[0].route
        unclear = any(_unclear(one, path) for one in named)
        node = Asked(route.source, route.span, f"health:{path}", app, path, new, answers, mine, unclear)
        wanting = [one for one in wanting if one in mine]
        said = f"{app.name} answers {path}, {_others(app, new, wanting, named)}"
        severity = Severity.ERROR if wanting else Severity.NOTE if app.at(new) else Severity.WARNING
        yield Match(node, AskedFacts(said), tuple(_evidence(named, mine, path)), severity)


def _others(app: App, new: str, wanting: Sequence[Reference], named: Sequence[Reference]) -> str:
    if wanting:
        return f"its health check asks {wanting[0].asked.path}"
    if any(one.reached and one.reached.app is app and same(one.reached.path, new) for one in named):
        return f"and is asked {new}"
    return f"the health path is {new} elsewhere"


def _answers_both(old: Sequence[Answer], new: Sequence[Answer]) -> bool:
    """Whether the new path has the answer of the old one already, in one registration or in two that are alike."""
    return bool(new) and all(any(_alike(one.route, other.route) for other in new) for one in old)


def _alike(one: Route, other: Route) -> bool:
    if one.framework == other.framework == "next":
        return " from " in one.text or " from " in other.text
    if (one.path, one.span) == (other.path, other.span) or (one.handler and one.handler == other.handler):
        return True
    return _without(one) == _without(other)


def _without(route: Route) -> str:
    """The registration without its path and what only the documentation reads."""
    text = route.text
    if route.path_span:
        start = route.path_span.start - route.span.start
        text = text[:start] + text[start + len(route.written) :]
    return text.replace(", include_in_schema=False", "")


def _about(one: Reference, app: App, path: str, answers: Iterable[Answer]) -> bool:
    """Whether a place is about this path of this application."""
    mine = one.reached is None or one.reached.app is app
    if one.kind == "key" and mine and (one.reached is None or one.part is None):
        return last(one.asked.path) == last(path)
    if one.reached is None or one.reached.app is not app or one.kind in ("prose", "foreign"):
        return False
    if same(one.reached.path, path):
        return True
    written = {(answer.route.full_path or "", answer.route.written) for answer in answers}
    return one.kind == "key" and any(same(one.asked.path, spelling) for pair in written for spelling in pair)


def _near(one: Reference, app: App, path: str, wanting: Sequence[Reference]) -> bool:
    """Whether a check asks a path that the application lacks and that differs from this one in its last part."""
    about = one in wanting and one.reached is not None and one.reached.app is app
    return about and moved(one.asked.path.rstrip("/"), "/x") == moved(path, "/x")


def _evidence(named: Sequence[Reference], mine: Sequence[Reference], path: str) -> Iterator[Evidence]:
    """The places that name the path, those that stay as they are included."""
    yield from _first([one.evidence for one in mine if not one.test])
    yield from _first([one.evidence for one in named if one not in mine and last(one.asked.path) == last(path)
                       and (one.kind in ("prose", "foreign") or one.reached is None)])  # fmt: skip


def _first(found: Sequence[Evidence]) -> Sequence[Evidence]:
    return found[:MOST_EVIDENCE]


def _lost(named: Sequence[Reference], covered: Sequence[Reference]) -> Iterator[Match[Asked, AskedFacts]]:
    """Checks that ask what the application lacks, and that no route of it comes to meet."""
    for one in named:
        if one.kind != "check" or one.reached is None or one in covered or not one.reached.app.lacks(one.reached.path):
            continue
        app = one.reached.app
        new = min((a.path for a in app.health), key=lambda path: (not _beside(path, one.asked.path), len(path), path))
        node = Asked(one.source, one.asked.word, f"{one.anchor}:{one.asked.path}", app, one.asked.path, new, lost=one)
        said = f"a health check asks {one.asked.path}, {app.name} answers {new}"
        route = next(a.route for a in app.health if a.path == new)
        yield Match(node, AskedFacts(said), (route.evidence(f"answers {new}"),))


def _beside(one: str, other: str) -> bool:
    return moved(one, "/x").rstrip("/") == moved(other, "/x").rstrip("/")


def agree(project: Project, match: Match[Asked, AskedFacts]) -> Fix | Refusal:
    """Both paths in the route, and what is built with it asks the new one; with unsafe fixes everybody moves."""
    asked = match.node
    if asked.lost:
        return _ask_what_is_there(asked, asked.lost)
    if asked.app.at(asked.new):
        return Refusal(f"{asked.new} is answered by another handler", evidence=tuple(
            one.route.evidence(f"answers {asked.new}") for one in asked.app.at(asked.new)))  # fmt: skip
    both = _both(project, asked)
    if isinstance(both, Refusal):
        return both
    return Fix(both.title, both.edits, both.files, both.doubts, _renamed(asked))


def _both(project: Project, asked: Asked) -> Fix | Refusal:
    """The route answers both paths."""
    word = last(asked.new)
    if unplaced := [one for one in asked.answers if not one.placed]:
        return Refusal(
            "the router is mounted in a way that is not seen", evidence=(unplaced[0].route.evidence("the route"),)
        )
    edits: list[Edit] = []
    files: list[NewFile] = []
    for answer in {one.route.span: one for one in asked.answers}.values():
        found = answering(answer, word, asked.app.packages)
        if isinstance(found, str):
            return Refusal(found, evidence=(answer.route.evidence("the route"),))
        edits += [one for one in found if isinstance(one, Edit)]
        files += [one for one in found if isinstance(one, NewFile)]
    if any(file.path in project.occupied for file in files):
        return Refusal("a file of that name exists")
    doubts: list[Evidence] = []
    for one in asked.references:
        if one.kind == "check" and one.built and not one.shut:
            edits.append(Edit(one.source.path, one.asked.word, word))
        elif one.kind == "key":
            ours = one.part and (one.reached or one.part.role == "element")
            edit = beside(one.source, one.part, one.asked.word, word) if one.part and ours else None
            if edit:
                edits.append(edit)
            if edit is None or one.reached is None:
                doubts.append(
                    Evidence(f"something is decided by {one.asked.path} here", one.source.path, one.asked.word)
                )
    title = f"Answer {asked.new} as well as {asked.old} in {asked.app.name}"
    return Fix(title, _changing(asked, edits), tuple(files), tuple(doubts))


def _renamed(asked: Asked) -> Fix | None:
    """Everybody moves; None while anything that names the path cannot be moved with the rest."""
    if asked.unclear:
        return None
    word = last(asked.new)
    edits: list[Edit] = []
    for answer in asked.answers:
        place = word_of(answer)
        if place is None:
            return None
        edits.append(Edit(*place, word))
    for one in asked.references:
        if one.shut or (one.part is not None and one.part.role == "joined" and one.asked.host == ""):
            return None
        if not (one.reached and one.reached.kept):
            edits.append(Edit(one.source.path, one.asked.word, word))
    outside = Evidence(f"whoever asks {asked.old} from outside of this repository finds nothing there")
    title = f"Answer {asked.new} instead of {asked.old} in {asked.app.name}"
    return Fix(title, _changing(asked, edits), doubts=(outside,))


def _changing(asked: Asked, edits: Iterable[Edit]) -> tuple[Edit, ...]:
    """Each edit once, those left out that put what is there."""
    sources = {one.source.path: one.source for one in asked.references}
    changing = (one for one in edits if one.path not in sources or sources[one.path].slice(one.span) != one.text)
    return tuple(dict.fromkeys(changing))


def _unclear(one: Reference, path: str) -> bool:
    """Whether a place may ask for the path and nobody can tell whom."""
    if one.reached is not None or one.kind not in ("path", "key"):
        return False
    return same(one.asked.path, path) if one.asked.host is None else last(one.asked.path) == last(path)


def _ask_what_is_there(asked: Asked, lost: Reference) -> Fix | Refusal:
    """The check asks the path that the application answers."""
    if lost.shut:
        return Refusal(f"{lost.shut} asks it: the image may be older than this source")
    place, text = lost.asked.word, last(asked.new)
    doubts = [] if lost.built else [Evidence("the image that is deployed may be older than this source")]
    if not _beside(asked.new, asked.old):
        place = Span(place.end - len(asked.old.rstrip("/")), place.end)
        text = asked.new.rstrip("/")
        if lost.source.slice(place) != asked.old.rstrip("/"):
            return Refusal("the path is not written in one piece")
        doubts.append(Evidence("something in front of the application may add a prefix"))
    title = f"Ask {asked.new} in the health check of {asked.app.name}"
    return Fix(title, (Edit(lost.source.path, place, text),), doubts=tuple(doubts))
