"""Which files are nginx's?  Many programs have a `.conf`, so the name alone does not say it."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

_FILE = re.compile(r".*\.conf(?:\.template|\.tmpl)?|(?:.*nginx[^/]*|default)\.conf\..*", re.IGNORECASE)
_OTHER = re.compile(r"\.(?:j2|erb|md|sh|py|ya?ml|json|bak|orig)$", re.IGNORECASE)
_BLOCK = re.compile(
    r"(?m)^\ufeff?[ \t]*(?:server|http|events|stream|types|(?:upstream|location)\s[^;{}#]*|map\s+\S+\s+\$\w+)\s*\{"
)
_LINE = re.compile(
    r"(?m)^\ufeff?[ \t]*(?:\w+_pass|proxy_\w+|fastcgi_\w+|add_header|client_max_body_size|gzip(?:_\w+)?|ssl_\w+"
    r"|server_name|real_ip_\w+|set_real_ip_from|limit_req\w*|large_client_header_buffers|server_tokens)[ \t]+[^;{}=\s][^;{}]*;"
)


def named(path: str) -> bool:
    """Whether a file may be one of nginx by its name: `*.conf`, `*.conf.template`, `nginx.conf.prod`…"""
    name = PurePosixPath(path).name
    return bool(_FILE.fullmatch(name)) and not _OTHER.search(name)


def looks_like(text: str) -> bool:
    """Whether the text holds a block or a directive that nginx alone has; many programs have a `.conf`."""
    return bool(_BLOCK.search(text) or _LINE.search(text))
