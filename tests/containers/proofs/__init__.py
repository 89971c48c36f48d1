"""Which proofs are there? A proof takes an `Engine` and yields checks; add it here."""

from __future__ import annotations

from tests.containers.proof import Proof
from tests.containers.proofs import health_check, late_user, prisma_client, root_user, smoke_script, tmpfs

PROOFS = (
    Proof("node user", root_user.prove_node),
    Proof("python user", root_user.prove_python),
    Proof("late user", late_user.prove),
    Proof("prisma client", prisma_client.prove),
    Proof("node check", health_check.prove_node),
    Proof("python check", health_check.prove_python),
    Proof("smoke script", smoke_script.prove),
    Proof("tmpfs", tmpfs.prove),
    Proof("tmpfs compose", tmpfs.prove_compose),
)
