"""Which place of the file system does an expression name?

The answer is a path as a shell would write it: `${NAME:-default}` stands for what the environment says, `*` for a part
that cannot be told. What is below the folder of the file or of the process is relative. Empty: nothing can be told.
"""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from autofix.surfaces.app.javascript.environment import operator, variable
from autofix.surfaces.app.javascript.names import DEEPEST
from autofix.surfaces.app.javascript.tree import FUNCTIONS, arguments, bare, items, receiver

if TYPE_CHECKING:
    from tree_sitter import Node

    from autofix.surfaces.app.javascript.file import File

ANY = "*"
PATHS = frozenset({"path", "path/posix", "pathe"})
HERE = frozenset({"__dirname", "import.meta.dirname", "import.meta.dir"})
ITSELF = frozenset({"__filename", "import.meta.url", "import.meta.filename", "import.meta.path"})
SAME = frozenset({"fileURLToPath", "String", "normalize", "trim", "toString"})


def path_of(file: File, node: Node | None) -> str:
    """The place an expression names."""
    return _contained(_path(file, node, 0))


def _contained(path: str) -> str:
    """Empty for a relative path that leaves the folder it is relative to: nobody knows what is above it."""
    if path.startswith(("/", "${")):
        return path
    return "" if path in {"", ANY} or posixpath.normpath(path).startswith("..") else path


def _path(file: File, node: Node | None, depth: int) -> str:
    node = bare(file.names.value(node))
    if node is None or depth > DEEPEST:
        return ""
    said = file.syntax.literal(node)
    if said is not None:
        return said
    text = file.syntax.text(node)
    if text in HERE:
        return posixpath.join(".", posixpath.dirname(file.source.path))
    if text in ITSELF:
        return posixpath.join(".", file.source.path)
    if (name := variable(file.syntax, file.names, node)) is not None:
        given = arguments(node)[1:] if node.type == "call_expression" else []
        return f"${{{name}:-{_path(file, given[0], depth + 1)}}}" if given else f"${{{name}}}"
    reader = {
        "template_string": _of_template,
        "binary_expression": _of_operator,
        "ternary_expression": _of_choice,
        "call_expression": _of_call,
        "new_expression": _of_url,
        "member_expression": _of_member,
    }.get(node.type)
    return reader(file, node, depth + 1) if reader else ""


def _of_template(file: File, node: Node, depth: int) -> str:
    pieces = []
    at = node.start_byte + 1
    for child in items(node):
        if child.type == "template_substitution":
            pieces.append(file.syntax.data[at : child.start_byte].decode())
            inner = items(child)
            pieces.append(_path(file, inner[0] if inner else None, depth))
            at = child.end_byte
    pieces.append(file.syntax.data[at : node.end_byte - 1].decode())
    return _glued([piece for piece in pieces if piece] if pieces[0] else pieces[1:])


def _glued(pieces: list[str]) -> str:
    """The pieces put together: one that is not known matters only at the start."""
    return pieces[0] + "".join(piece or ANY for piece in pieces[1:]) if pieces and pieces[0] else ""


def _of_operator(file: File, node: Node, depth: int) -> str:
    left, right = (_path(file, node.child_by_field_name(side), depth) for side in ("left", "right"))
    if operator(node) == "+":
        return _glued([left, right])
    if operator(node) not in ("||", "??"):
        return ""
    if left.startswith("${") and left.endswith("}") and ":-" not in left:
        return f"{left[:-1]}:-{right}}}"
    return left or (right if right.startswith(("/", "${")) else "")


def _of_choice(file: File, node: Node, depth: int) -> str:
    """Both ends of a choice count: the one that may be anywhere, else either."""
    ways = [_path(file, node.child_by_field_name(side), depth) for side in ("consequence", "alternative")]
    outside = [one for one in ways if one.startswith(("/", "${"))]
    return outside[0] if outside else ways[0] if all(ways) else ""


def _of_call(file: File, node: Node, depth: int) -> str:
    function = node.child_by_field_name("function")
    name, given = file.syntax.callee(node), arguments(node)
    if file.syntax.text(function) == "process.cwd":
        return "."
    origin = file.names.origin(function)
    module = origin.module if origin is not None else ""
    if module == "os":
        return "/tmp" if name == "tmpdir" else ""  # noqa: S108 - what it says of a container
    if module in PATHS:
        return _put_together(name, [_path(file, one, depth) for one in given])
    return _path(file, given[0] if given else receiver(node), depth) if name in SAME else ""


def _put_together(name: str, ways: list[str]) -> str:
    """What `join`, `resolve`, `dirname` and `normalize` make of places; `resolve` starts at the last that has a root."""
    if name == "resolve":
        rooted = [number for number, one in enumerate(ways) if one.startswith(("/", "${"))]
        ways = ways[rooted[-1] :] if rooted else ways
    if not ways or not ways[0]:
        return ""
    if name == "dirname":
        return posixpath.dirname(ways[0]) or "."
    if name not in ("join", "resolve", "normalize"):
        return ""
    return posixpath.join(ways[0], *((one or ANY).lstrip("/") for one in ways[1:]))


def _of_url(file: File, node: Node, depth: int) -> str:
    """`new URL('../uploads', import.meta.url)`."""
    given = arguments(node)
    if file.syntax.callee(node) != "URL" or len(given) != 2:
        return ""
    below, base = (_path(file, one, depth) for one in given)
    return posixpath.join(posixpath.dirname(base), below) if below and base else ""


def _of_member(file: File, node: Node, depth: int) -> str:
    """A field of the class, or an entry of an object that stands in this file."""
    of, name = node.child_by_field_name("object"), file.syntax.text(node.child_by_field_name("property"))
    if file.syntax.text(of) == "this":
        values = [value for _, value, _ in file.names.fields.get(name, []) if value is not None]
        return _path(file, values[0], depth) if len(values) == 1 else ""
    of = file.names.value(of)
    if of is not None and file.syntax.text(of).startswith("import.meta"):
        return _path(file, items(of)[0], depth) if name == "pathname" and items(of) else ""
    if of is not None and name in ("pathname", "href") and of.type == "new_expression":
        return _path(file, of, depth)
    return _path(file, file.syntax.entry(of, name), depth)


def called_back(file: File, function: Node | None) -> Node | None:
    """The value that a function hands to the last of its parameters: `cb(null, '/uploads')`, else what it returns."""
    function = file.names.function(function)
    if function is None or function.type not in FUNCTIONS:
        return None
    handed = [
        call
        for call in file.calls()
        if function.start_byte <= call.start_byte < function.end_byte
        and len(arguments(call)) == 2
        and file.syntax.text(arguments(call)[0]) == "null"
    ]
    return arguments(handed[0])[1] if len(handed) == 1 else None
