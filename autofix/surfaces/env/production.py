"""What would the template of production say, next to the one that development copies?"""

from __future__ import annotations

import re
from collections.abc import Iterator
from posixpath import basename, dirname, join

from autofix.node import Evidence
from autofix.project import Project
from autofix.surfaces.env.document import Entry, EnvFile
from autofix.surfaces.env.places import ADDRESS, Place, put
from autofix.surfaces.secrets import judge, kebab, snake
from autofix.text import Edit, Span, splice

MARK = r"(?:example|sample|template|tmpl|dist)"
NAMED = re.compile(
    rf"(?P<stem>\.?env)(?P<gap>[._-]?)(?P<mark>{MARK})|(?P<first>\.?{MARK})(?P<joint>[._-])(?P<last>env)", re.IGNORECASE
)
WORDS = ("production", "prod")
SPOKEN = re.compile(r"(?<![\w.-])\.env\.(?:production|prod)(?!\.?\w)")
STAGE = re.compile(r"(?:\w+_)?(?:ENV|ENVIRONMENT|APP_ENV|STAGE)")
DEVELOPING = re.compile(r"dev|devel|develop|development|local", re.IGNORECASE)
SWITCH = re.compile(r"(?:\w+_)?DEBUG")
ON = {"true": "false", "True": "False", "TRUE": "FALSE", "1": "0", "on": "off", "yes": "no"}
LOCAL = re.compile(r"(?<![\w.-])(?:localhost|127\.0\.0\.1|host\.docker\.internal)(?![\w.-])")


def template_of(project: Project, path: str) -> EnvFile | None:
    """The template that a file of variables is copied from: the plainest one beside it."""
    near = [file for file in project.of(EnvFile) if file.template and dirname(file.path) == dirname(path)]
    found = [file for file in near if NAMED.fullmatch(basename(file.path))]
    return min(found, key=lambda file: (len(file.path), file.path), default=None)


def word_for_production(project: Project, path: str) -> str:
    """How the repository abbreviates it in the names of such files, there or only spoken of."""
    folder = dirname(path)
    beside = [basename(one) for one in project.occupied if dirname(one) == folder]
    spoken = {seen.what.rpartition(".")[2] for seen in project.mentions(SPOKEN, ".env.prod")}
    return next(
        (word for word in WORDS if word in spoken or any(_of_production(name, word) for name in beside)), WORDS[0]
    )


def has_template(project: Project, path: str, word: str) -> bool:
    """Whether production has a template beside a file of variables already."""
    beside = (basename(one) for one in project.occupied if dirname(one) == dirname(path))
    return any(_of_production(name, word) and re.search(MARK, name, re.IGNORECASE) for name in beside)


def _of_production(name: str, word: str) -> bool:
    return bool(re.match(rf"\.?env[._-]{word}(?![a-z])|{word}\.env|{MARK}[._-]{word}\.env", name, re.IGNORECASE))


def name_of(template: EnvFile, word: str) -> str:
    """The name of the template for production, as the other one is named."""
    found = NAMED.fullmatch(basename(template.path))
    assert found is not None  # template_of made sure
    if found["stem"]:
        name = f"{found['stem']}.{word}{found['gap'] or '.'}{found['mark']}"
    else:
        name = f"{found['first']}{found['joint']}{word}.{found['last']}"
    return join(dirname(template.path), name)


def for_development(template: EnvFile) -> Iterator[Evidence]:
    """The values of a template that only fit the machine of a developer."""
    for entry in template.entries:
        if any(_changes(entry)):
            yield Evidence(f"{entry.key} is for development", entry.path, entry.key_span)


def text_of(project: Project, template: EnvFile, path: str, own: str) -> str:
    """The template with another file to copy it to, and with placeholders for what is a developer's or a secret."""
    edits = [edit for entry in template.entries for edit in _changed(project, entry)]
    pattern = re.compile(rf"(?<![\w.*/-]){re.escape(basename(path))}(?![\w-]|[.*]\w|\*)")
    for remark in template.comments():
        found = pattern.finditer(template.source.text, *remark)
        edits += [Edit(template.path, Span(*one.span()), basename(own)) for one in found]
    text = splice(template.source.text, edits)
    return text if text.endswith("\n") else text + template.source.newline


def _changed(project: Project, entry: Entry) -> list[Edit]:
    """What becomes of one entry: a secret is never copied."""
    secret = judge(entry.key, entry.written)
    if secret:
        return [put(project, Place(entry, part)) for part in secret.parts]
    return list(_changes(entry))


def _changes(entry: Entry) -> Iterator[Edit]:
    """What a developer's value becomes, none for any other."""
    value = entry.written
    hosts = list(LOCAL.finditer(value))
    if STAGE.fullmatch(entry.key) and DEVELOPING.fullmatch(value):
        yield Edit(entry.path, entry.value_span, WORDS[0])
    elif SWITCH.fullmatch(entry.key) and value in ON:
        yield Edit(entry.path, entry.value_span, ON[value])
    elif not all(map(LOCAL.search, re.split(r"[,;\s]+", value))):
        return  # a list of hosts may name the own machine as well
    elif len(hosts) == 1 and "://" in value:
        start = entry.value_span.start
        host = f"YOUR_{ADDRESS.sub('', snake(entry.key))}_HOST"
        yield Edit(entry.path, Span(start + hosts[0].start(), start + hosts[0].end()), host)
    elif hosts:
        yield Edit(entry.path, entry.value_span, kebab(entry.key))
