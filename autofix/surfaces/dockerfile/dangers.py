"""Why might this image need root?  Marks that half of the images without a USER carry."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from autofix.node import Evidence
from autofix.project import Fact, Project, Service
from autofix.surfaces.dockerfile.declined import declined
from autofix.surfaces.dockerfile.document import Instruction, Stage
from autofix.surfaces.dockerfile.folders import work_folder
from autofix.text import Span

TOOLS = re.compile(
    r"(?<![\w./-])(?:/\S*/)?(?:gosu|su-exec|setpriv|runuser|fixuid|s6-overlay|s6-svscan|supervisord?|crond?|sshd|dockerd"
    r"|containerd|iptables|wg-quick|openvpn|tailscaled)(?![\w.-]*\.(?:conf|log|d/)|[\w-])"
)
DAEMONS = re.compile(
    r"(?<![\w./-])(?:/\S*/)?(?:nginx|apache2(?:-foreground|ctl)?|httpd(?:-foreground)?|php-fpm\S*|haproxy|dnsmasq|named"
    r"|rsyslogd|postfix|vsftpd|systemd|init|service\s+\S+\s+(?:re)?start)(?=\s|$|['\",])"
)
DOCKER_CLIENT = re.compile(
    r"get\.docker\.com|\bdocker-(?:ce-)?cli\b|\bdocker\.io\b|/(?:usr/)?(?:local/)?bin/docker(?![\w-])"
)
ROOT_HOME = re.compile(r"(?<![\w.-])(?:/root(?![\w-])|~/|\$\{?HOME\b)")
HOME_INSTALLS = re.compile(
    r"\b(?:playwright install|pip3? install\s(?:\S+\s)*--user|pipx install|nltk\.downloader|spacy download --user"
    r"|huggingface-cli|cargo install|rustup|nvm install|puppeteer browsers install|snapshot_download|from_pretrained)\b"
)
VIRTUALENVS = re.compile(r"\b(?:poetry install|pipenv (?:install|sync))\b(?![^&|;]*--system)")
MANAGERS = re.compile(
    r"(?<![\w./-])(?:pnpm|pnpx|yarn|npx|bunx|corepack|pip3?|poetry|pipenv|uv|rye|bundle|composer|cargo|go|mvn|gradle|\./mvnw"
    r"|\./gradlew|dotnet(?!\s+(?:exec\s+)?[\w./${}-]+\.dll\b))\s|\bnpm\s+(?:ci|i|install|run\s+build)\b|\bprisma\b|\bdb[: ]push\b"
)
DEVELOPMENT = re.compile(
    r"\bnodemon\b|--reload\b|--watch\b|\bnext dev\b|\bvite\b(?! preview)|\bwebpack(?:-dev-server| serve)|\bts-node-dev\b"
    r"|\btsx watch\b|\brunserver\b|\brun dev\b|\bstart:dev\b|\brun watch\b|\bdebugpy\b|\blive-server\b|\bng serve\b|\bair\b|\breact-scripts start\b|\bvue-cli-service serve\b|\bgatsby develop\b|\bnuxt dev\b|\bastro dev\b|\bremix dev\b"
)
DATABASE_FILE = re.compile(r"\bsqlite\w*\b|\.(?:sqlite3?|db)\b", re.IGNORECASE)
LOG_FILE = re.compile(r"/var/(?:log|run|lib|cache|spool)/|(?<![\w/.])/run/")
EVERYBODYS = re.compile(r"/(?:tmp|var/tmp|dev|proc)(?:/|$)")
LOW = 1024
OWN_PORT = re.compile(r"(?:(?:HTTPS?|APP|SERVER|LISTEN|API|WEB|NODE|NGINX)_)*PORT")
OF_DOTNET = re.compile(r"(?:ASPNETCORE|DOTNET)_(?:URLS|HTTPS?_PORTS?)")
LOW_PORT = re.compile(
    r"(?:--?(?:port|p|http-port|bind|b|host|listen|l)[= ](?:\S*[^\d\s])?|:)(?P<port>\d{1,3})(?![\d.:])(?=\s|$|[\"',/])"
)
IN_SCRIPT = re.compile(
    r"^[^#\n]*?(?<![\w./-])(?:chown|gosu|su-exec|setpriv|runuser|su\s+-|su\s+\w|useradd|adduser|usermod|groupmod|apk\s+add"
    r"|apt-get|crond?|sshd|supervisord|nginx|update-ca-certificates|iptables|mount|sysctl|ulimit|sudo"
    r"|service\s+\S+\s+(?:re)?start)\b.*$",
    re.MULTILINE,
)
DATABASE_URL = re.compile(r"sqlite\w*:|(?:file:|/)[^@?]*\.(?:sqlite3?|db)(?:\?|$)", re.IGNORECASE)
CHANGED = re.compile(
    r"(?:(?<![<>&\d])[12]?>>?\s*|\b(?:cp|mv|ln|rsync|sed\s+-\w*i)\b[^\n|;&<>]*\s)[\"']?(?P<path>/[\w./-]*)"
    r"|\b(?:tee|mkdir|touch|chmod|install|truncate|mktemp|rm)\b(?P<paths>\s[^\n|;&<>]*)"
)
PATH = re.compile(r"(?<=[\s\"'])/[\w./-]*")


def dangers(project: Project, lineage: Sequence[Stage], services: Sequence[Service]) -> Iterator[Evidence]:
    """What the stage, those it builds on, its start and its deployment do that root may be needed for; nearest first."""
    start = start_of(lineage)
    runs = [fact for service in services for fact in service.start]
    runs = runs or [Fact(words_of(one), one.evidence(one.keyword)) for one in start]
    if not start and not runs:
        yield lineage[0].instructions[0].evidence("starts nothing of its own, so it may be built upon")
    for fact in runs:
        yield from _at_start(fact)
        yield from _changes(fact.value, fact.evidence, lineage)
    yield from declined(project, lineage)
    for stage in lineage:
        for instruction in stage.instructions:
            yield from _in_build(instruction)
    for path in dict.fromkeys(path for service in services for path in service.scripts):
        yield from _in_script(project, path, lineage)
    for service in services:
        yield from _deployed(service)
        yield from _written(project, service, lineage)


def _written(project: Project, service: Service, lineage: Sequence[Stage]) -> Iterator[Evidence]:
    """What the source writes where root owns, and a port that only root may be given."""
    for fact in project.application(service).writes:
        if _roots(fact.value, lineage):
            yield Evidence(f"the source writes to {fact.value}", fact.evidence.path, fact.evidence.span)
    port = project.application(service).port
    if port and 0 < port.value < LOW:
        yield Evidence("listens below port 1024", port.evidence.path, port.evidence.span)


def _changes(text: str, at: Evidence, lineage: Sequence[Stage]) -> Iterator[Evidence]:
    """What commands of the start make or change where root owns."""
    for found in CHANGED.finditer(text):
        for path in PATH.findall(found["paths"]) if found["paths"] else [found["path"]]:
            if _roots(path, lineage):
                yield Evidence(f"the start writes to {path}", at.path, at.span)


def _roots(path: str, lineage: Sequence[Stage]) -> bool:
    """Whether a path is outside of the work folder and the folders that are everybody's."""
    work = work_folder(lineage) or "/"
    return (
        path.startswith("/") and not EVERYBODYS.match(path) and (work == "/" or not f"{path}/".startswith(f"{work}/"))
    )


def _deployed(service: Service) -> Iterator[Evidence]:
    """What the deployment gives the container that only root can use, or that root owns already."""
    yield from service.marks
    for name, fact in service.environment:
        yield from _variable(name, fact.value, fact.evidence)
    if service.user:
        yield Evidence("the deployment decides the user", service.user.evidence.path, service.user.evidence.span)
    for mount in service.mounts:
        if mount.kind in {"volume", "claim"} and mount.origin and mount.writable:
            at = mount.evidence
            yield Evidence(f"the volume at {mount.target} may already belong to root", at.path, at.span)


def start_of(lineage: Sequence[Stage]) -> tuple[Instruction, ...]:
    """The ENTRYPOINT and CMD that run: a stage's own ENTRYPOINT drops the CMD of those it builds on."""
    entrypoint = command = None
    for stage in lineage:
        command = command or (None if entrypoint else stage.last("CMD"))
        entrypoint = entrypoint or stage.last("ENTRYPOINT")
    return tuple(one for one in (entrypoint, command) if one)


def words_of(instruction: Instruction) -> str:
    """What an instruction runs, as one text."""
    if instruction.json is not None:
        return " ".join(instruction.json)
    return "\n".join([instruction.command.text, *(body.text for body in instruction.heredocs)])


def script_names(text: str) -> Iterator[str]:
    """The words of a start that look like scripts."""
    for word in re.split(r"[\s;&|]+", text):
        if re.search(r"\.(?:sh|bash)$|entrypoint|^\.?/(?!dev/)[\w./-]*/?start[\w-]*$", word):
            yield word


def _at_start(fact: Fact[str]) -> Iterator[Evidence]:
    text, at = fact.value, fact.evidence
    for pattern, what in (
        (DAEMONS, "starts a daemon that begins as root"),
        (MANAGERS, "runs a package manager or generator at start, which writes where root owns"),
        (DEVELOPMENT, "starts a development server"),
        (DATABASE_FILE, "may write a database file"),
        (LOG_FILE, "writes to a folder root owns"),
    ):
        if found := pattern.search(text):
            yield Evidence(f"{what}: {found.group().strip()}", at.path, at.span)
    if any(0 < int(found["port"]) < LOW for found in LOW_PORT.finditer(text)):
        yield Evidence("listens below port 1024", at.path, at.span)


def _in_build(instruction: Instruction) -> Iterator[Evidence]:
    keyword, text = instruction.keyword, words_of(instruction)
    if keyword == "VOLUME":
        yield instruction.evidence("a volume that exists already belongs to root")
    elif keyword == "ONBUILD":
        yield instruction.evidence("images are built upon it")
    elif keyword == "EXPOSE" and any(_low(word.value) for word in instruction.words):
        yield instruction.evidence("listens below port 1024")
    elif keyword == "ENV":
        yield from _in_environment(instruction)
    elif keyword in {"RUN", "CMD", "ENTRYPOINT", "COPY", "ADD", "WORKDIR", "SHELL"}:
        for pattern, what in (
            (TOOLS, "needs root to start"),
            (DOCKER_CLIENT, "brings a Docker client, whose socket only root may use"),
            (ROOT_HOME, "uses root's home, which nobody else may enter"),
            (HOME_INSTALLS, "installs into root's home"),
            (VIRTUALENVS, "may install into root's home"),
        ):
            if found := pattern.search(text):
                yield instruction.evidence(f"{what}: {found.group().strip()}")


def _in_environment(instruction: Instruction) -> Iterator[Evidence]:
    for name, value, word in instruction.pairs:
        if value and ROOT_HOME.search(value):
            yield Evidence("uses root's home, which nobody else may enter", instruction.path, word.span)
        yield from _variable(name, value, Evidence(name, instruction.path, word.span))


def _variable(name: str, value: str | None, at: Evidence) -> Iterator[Evidence]:
    """What a variable of the environment tells the process to do."""
    if OWN_PORT.fullmatch(name) and value and value.isdigit() and 0 < int(value) < LOW:
        yield Evidence("listens below port 1024", at.path, at.span)
    if OF_DOTNET.fullmatch(name) and any(0 < int(port) < LOW for port in re.findall(r"(?:^|[:;,])(\d+)", value or "")):
        yield Evidence("listens below port 1024", at.path, at.span)
    if value and DATABASE_URL.match(value):
        yield Evidence("may write a database file", at.path, at.span)


def _low(port: str) -> bool:
    first = re.match(r"\d+", port)
    return bool(first) and 0 < int(first.group()) < LOW if first else False


def _in_script(project: Project, path: str, lineage: Sequence[Stage]) -> Iterator[Evidence]:
    """The lines of a start script that need root, or write where root owns."""
    source = project.sources.get(path)
    if source is None:
        return
    if found := IN_SCRIPT.search(source.text):
        yield Evidence(f"the start script needs root: {found.group().strip()}", path, Span(*found.span()))
    for line in re.finditer(r"^[^#\n]+", source.text, re.MULTILINE):
        yield from _changes(line.group(), Evidence("start script", path, Span(*line.span())), lineage)
        if found := MANAGERS.search(line.group()):
            what = "the start script runs a package manager or generator, which writes where root owns"
            yield Evidence(f"{what}: {line.group().strip()}", path, Span(*line.span()))
