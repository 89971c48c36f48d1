"""Which commands does a Dockerfile run, and do their words stand where the reader says?"""

from __future__ import annotations

from autofix.surfaces.dockerfile.commands import calls_of
from autofix.surfaces.dockerfile.document import parse
from autofix.surfaces.dockerfile.installs import installs
from autofix.text import Source, splice

RUNS = """\
FROM node:20
RUN apt-get update && apt-get install -y \\
    curl \\
    # why
    git && rm -rf /x; sudo -E npm --prefix app ci --omit=dev
RUN <<EOF
set -e
apk add --virtual .deps gcc
EOF
RUN cat <<EOF > /x && pnpm -C app i
$(npm i)
EOF
RUN ["npm", "ci"]
RUN ["sh", "-c", "yarn && python3 -m pip install -r a.txt b"]
RUN ["sh", "-c", "npm i \\"x\\""]
RUN if [ -f x ]; then np\\
m install -g x; fi
RUN python3 <<EOF
npm install
EOF
RUN yarn --version && corepack pnpm@9 install --dir=x && yarn global add y
SHELL ["pwsh", "-c"]
"""


def test_the_commands_of_runs_and_what_they_install() -> None:
    file = parse(Source("Dockerfile", RUNS.rpartition("SHELL")[0]))
    found = list(calls_of(file, file.stages[0]))
    for call in found:
        for word in call.words:
            if word.place and call.part:
                assert file.source.slice(word.place) == word.text
    told = [(one.manager, one.does, [name.value for name in one.names]) for one in installs(found)]
    assert told == [
        ("apt-get", "install", ["curl", "git"]),
        ("npm", "ci", []),
        ("apk", "add", ["gcc"]),
        ("pnpm", "i", []),
        ("npm", "ci", []),
        ("yarn", "yarn", []),
        ("pip", "install", ["b"]),
        ("npm", "i", ["x"]),
        ("npm", "install", ["x"]),
        ("pnpm", "install", []),
        ("yarn", "add", ["y"]),
    ]
    assert [call.program for call in found if not call.sound] == ["npm"]  # escapes inside the exec form
    assert [call.program for call in found if call.words[0].place is None] == ["npm", "npm"]
    powershell = parse(Source("Dockerfile", RUNS))
    assert not list(calls_of(powershell, powershell.stages[0]))


def test_a_word_is_put_into_shell_and_exec_form() -> None:
    file = parse(Source("Dockerfile", 'FROM a\nRUN npm c\\\ni && x\nRUN ["npm", "ci"]\n'))
    for one in installs(calls_of(file, file.stages[0])):
        edit = one.call.with_word(one.verb, "--omit=dev")
        assert splice(file.source.text, [edit]) in {
            'FROM a\nRUN npm c\\\ni --omit=dev && x\nRUN ["npm", "ci"]\n',
            'FROM a\nRUN npm c\\\ni && x\nRUN ["npm", "ci", "--omit=dev"]\n',
        }
