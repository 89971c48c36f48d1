"""Which kind of document is this?  Asked of its surface, so that nothing is imported for kinds of file nobody met."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeGuard

from autofix.node import Document

if TYPE_CHECKING:
    from autofix.surfaces.compose.document import ComposeFile
    from autofix.surfaces.dockerfile.document import Dockerfile
    from autofix.surfaces.kubernetes.document import KubernetesFile
    from autofix.surfaces.nginx.document import NginxFile
    from autofix.surfaces.workflow.document import WorkflowFile


def is_compose(document: Document | None) -> TypeGuard[ComposeFile]:
    """Whether it is a compose file."""
    return document is not None and document.surface == "compose"


def is_dockerfile(document: Document | None) -> TypeGuard[Dockerfile]:
    """Whether it is a Dockerfile."""
    return document is not None and document.surface == "dockerfile"


def is_kubernetes(document: Document | None) -> TypeGuard[KubernetesFile]:
    """Whether it is a manifest of a cluster."""
    return document is not None and document.surface == "kubernetes"


def is_nginx(document: Document | None) -> TypeGuard[NginxFile]:
    """Whether it is a file of nginx."""
    return document is not None and document.surface == "nginx"


def is_workflow(document: Document | None) -> TypeGuard[WorkflowFile]:
    """Whether it is a workflow."""
    return document is not None and document.surface == "workflow"
