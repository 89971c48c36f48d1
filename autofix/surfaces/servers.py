"""Which well-known server does a service run, and where does that keep what has to survive?"""

from __future__ import annotations

import re
from dataclasses import dataclass

from autofix.project import Service


@dataclass(frozen=True)
class Server:
    """A server by the name of its product. `official` is an image of the product's own publisher, or one that starts
    from it with its entrypoint. `kind` is database, search, broker, cache, storage or tool; `data` are the folders it
    keeps everything in, `tag` is what the image's name says last.
    """

    name: str
    kind: str
    official: bool
    data: tuple[str, ...]
    jvm: bool = False
    tag: str = ""

    def keeps(self, target: str) -> bool:
        """Whether a path of the container is where it keeps its data, or above or below that."""
        here = f"{target.rstrip('/')}/"
        return any(f"{folder}/".startswith(here) or here.startswith(f"{folder}/") for folder in self.data)

    @property
    def version(self) -> tuple[int, ...]:
        """The version the tag begins with, empty where it does not say one."""
        found = re.match(r"v?(\d+(?:\.\d+)*)", self.tag)
        return tuple(int(part) for part in found[1].split(".")) if found else ()


_REGISTRY = re.compile(
    r"^(?:docker\.io/|index\.docker\.io/|registry-1\.docker\.io/|public\.ecr\.aws/docker/|mirror\.gcr\.io/)?(?:library/)?"
)
_OFFICIAL: dict[str, Server] = {
    name: Server(product, kind, official=True, data=tuple(data.split()), jvm=jvm)
    for name, product, kind, data, jvm in (
        ("postgres", "postgres", "database", "/var/lib/postgresql/data", False),
        ("mysql", "mysql", "database", "/var/lib/mysql", False),
        ("mysql/mysql-server", "mysql", "database", "/var/lib/mysql", False),
        ("mariadb", "mariadb", "database", "/var/lib/mysql", False),
        ("percona", "mysql", "database", "/var/lib/mysql", False),
        ("mongo", "mongo", "database", "/data/db", False),
        ("mcr.microsoft.com/mssql/server", "mssql", "database", "/var/opt/mssql", False),
        ("clickhouse/clickhouse-server", "clickhouse", "database", "/var/lib/clickhouse", False),
        ("clickhouse", "clickhouse", "database", "/var/lib/clickhouse", False),
        ("influxdb", "influxdb", "database", "/var/lib/influxdb2 /var/lib/influxdb /var/lib/influxdb3", False),
        ("couchdb", "couchdb", "database", "/opt/couchdb/data", False),
        ("cassandra", "cassandra", "database", "/var/lib/cassandra", True),
        ("scylladb/scylla", "scylla", "database", "/var/lib/scylla", False),
        ("neo4j", "neo4j", "database", "/data", True),
        ("arangodb", "arangodb", "database", "/var/lib/arangodb3", False),
        ("cockroachdb/cockroach", "cockroach", "database", "/cockroach/cockroach-data", False),
        ("surrealdb/surrealdb", "surrealdb", "database", "", False),
        ("redis", "redis", "cache", "/data", False),
        ("redis/redis-stack", "redis", "cache", "/data", False),
        ("redis/redis-stack-server", "redis", "cache", "/data", False),
        ("valkey/valkey", "valkey", "cache", "/data", False),
        ("memcached", "memcached", "cache", "", False),
        ("elasticsearch", "elasticsearch", "search", "/usr/share/elasticsearch/data", True),
        ("docker.elastic.co/elasticsearch/elasticsearch", "elasticsearch", "search", "/usr/share/elasticsearch/data", True),
        ("opensearchproject/opensearch", "opensearch", "search", "/usr/share/opensearch/data", True),
        ("getmeili/meilisearch", "meilisearch", "search", "/meili_data", False),
        ("typesense/typesense", "typesense", "search", "", False),
        ("qdrant/qdrant", "qdrant", "database", "/qdrant/storage", False),
        ("chromadb/chroma", "chroma", "database", "/data /chroma/chroma", False),
        ("solr", "solr", "search", "/var/solr", True),
        ("apache/kafka", "kafka", "broker", "/var/lib/kafka/data /tmp/kraft-combined-logs", True),
        ("apache/kafka-native", "kafka", "broker", "/var/lib/kafka/data /tmp/kraft-combined-logs", False),
        ("confluentinc/cp-kafka", "kafka", "broker", "/var/lib/kafka/data", True),
        ("confluentinc/cp-zookeeper", "zookeeper", "broker", "/var/lib/zookeeper", True),
        ("zookeeper", "zookeeper", "broker", "/data", True),
        ("rabbitmq", "rabbitmq", "broker", "/var/lib/rabbitmq", False),
        ("nats", "nats", "broker", "", False),
        ("eclipse-mosquitto", "mosquitto", "broker", "/mosquitto/data", False),
        ("apachepulsar/pulsar", "pulsar", "broker", "/pulsar/data", True),
        ("redpandadata/redpanda", "redpanda", "broker", "/var/lib/redpanda/data", False),
        ("minio/minio", "minio", "storage", "", False),
        ("keycloak/keycloak", "keycloak", "tool", "", True),
        ("quay.io/keycloak/keycloak", "keycloak", "tool", "", True),
        ("jenkins/jenkins", "jenkins", "tool", "/var/jenkins_home", True),
        ("sonarqube", "sonarqube", "tool", "/opt/sonarqube/data", True),
        ("logstash", "logstash", "tool", "", True),
        ("docker.elastic.co/logstash/logstash", "logstash", "tool", "", True),
    )
}  # fmt: skip
_DERIVED: dict[str, Server] = {
    name: Server(product, kind, official=False, data=tuple(data.split()), jvm=jvm)
    for name, product, kind, data, jvm in (
        ("postgis/postgis", "postgres", "database", "/var/lib/postgresql/data", False),
        ("pgvector/pgvector", "postgres", "database", "/var/lib/postgresql/data", False),
        ("ankane/pgvector", "postgres", "database", "/var/lib/postgresql/data", False),
        ("timescale/timescaledb", "postgres", "database", "/var/lib/postgresql/data", False),
        ("timescale/timescaledb-ha", "postgres", "database", "/home/postgres/pgdata", False),
        ("supabase/postgres", "postgres", "database", "/var/lib/postgresql/data", False),
        ("bitnami/postgresql", "postgres", "database", "/bitnami/postgresql", False),
        ("bitnami/mysql", "mysql", "database", "/bitnami/mysql", False),
        ("bitnami/mariadb", "mariadb", "database", "/bitnami/mariadb", False),
        ("bitnami/mongodb", "mongo", "database", "/bitnami/mongodb", False),
        ("linuxserver/mariadb", "mariadb", "database", "/config", False),
        ("lscr.io/linuxserver/mariadb", "mariadb", "database", "/config", False),
        ("bitnami/redis", "redis", "cache", "/bitnami/redis", False),
        ("bitnami/kafka", "kafka", "broker", "/bitnami/kafka", True),
        ("bitnami/zookeeper", "zookeeper", "broker", "/bitnami/zookeeper", True),
        ("bitnami/rabbitmq", "rabbitmq", "broker", "/bitnami/rabbitmq", False),
        ("wurstmeister/kafka", "kafka", "broker", "/kafka", True),
        ("wurstmeister/zookeeper", "zookeeper", "broker", "", True),
        ("docker.dragonflydb.io/dragonflydb/dragonfly", "dragonfly", "cache", "/data", False),
        ("eqalpha/keydb", "keydb", "cache", "/data", False),
    )
}


def server_of(service: Service) -> Server | None:
    """The server a service runs: by the name of its image, or of the image its own one starts from."""
    if service.build is None:
        return server_named(service.image.value) if service.image else None
    own_start = any(fact.evidence.what.upper() == "ENTRYPOINT" for fact in service.start)
    return server_named(service.base.value) if service.base and not own_start else None


def server_named(reference: str) -> Server | None:
    """The server of an image's name; a tag may be a variable."""
    bare = reference.partition("@")[0]
    head, slash, last = bare.rpartition("/")
    name, _, tag = last.partition(":")
    known = _REGISTRY.sub("", head + slash + name, count=1)
    found = _OFFICIAL.get(known) or _DERIVED.get(known)
    return Server(found.name, found.kind, found.official, found.data, found.jvm, tag) if found else None
