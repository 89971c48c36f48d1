"""How is a well-known image asked whether it works?

Data: each row names images, the versions it is for, the test as their publishers or maintainers document it, and what
in the service makes that test the wrong one. `{…}` are filled in by `compose.standard`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple


class Version(NamedTuple):
    """The leading numbers of a tag; a tag without any is the newest there is."""

    major: int
    minor: int = 0


NEWEST = Version(9999)
OLDEST, NEVER = Version(0), Version(10000)


@dataclass(frozen=True)
class Known:
    """One row. `line` tests are one for the image's shell, others are words. `start_period` is in seconds.

    Without a test only the port is asked, with what the image has. `spoils` matches commands, names of variables with their values, and paths of mounts that change what has to be
    asked; `wants` is what has to be among them.
    """

    images: tuple[str, ...]
    test: tuple[str, ...]
    source: str
    line: bool = False
    start_period: int = 30
    since: Version = OLDEST
    before: Version = NEVER
    spoils: str = ""
    wants: str = ""
    starts: str = ""
    database: bool = False


POSTGRES = ("postgres", "postgis/postgis", "pgvector/pgvector", "timescale/timescaledb", "timescale/timescaledb-ha", "ankane/pgvector", "imresamu/postgis")  # fmt: skip
REDIS = ("redis", "redis/redis-stack", "redis/redis-stack-server")

KNOWN: tuple[Known, ...] = (
    Known(
        POSTGRES,
        ("pg_isready -h 127.0.0.1 -U {POSTGRES_USER:postgres}{POSTGRES_DB| -d %}",),
        "https://www.postgresql.org/docs/current/app-pg-isready.html (over TCP: docker-library/postgres#880)",
        line=True,
        starts=r"\bpostgres\b|^-",
        spoils=r"listen_addresses|\s-p\s*\d|\bport\s*=|\bPGPORT=(?!5432$)|/postgresql\.conf$",
        database=True,
    ),
    Known(
        ("bitnami/postgresql", "bitnamilegacy/postgresql"),
        ("pg_isready -h 127.0.0.1 -U {POSTGRESQL_USERNAME:postgres}",),
        "https://github.com/bitnami/containers/tree/main/bitnami/postgresql",
        line=True,
        spoils=r"\bPOSTGRESQL_PORT_NUMBER=(?!5432$)|REPMGR",
        database=True,
    ),
    Known(
        (*REDIS,),
        ("{REDISCLI_AUTH}redis-cli ping | grep -q PONG",),
        "https://redis.io/docs/latest/commands/ping/ (redis-cli says 0 to NOAUTH as well)",
        line=True,
        start_period=10,
        starts=r"^(?:\S*/)?redis-(?:server|stack)|\bredis-server\b|^-|^\S+\.conf$",
        spoils=r"--port\s|--tls|--sentinel|\bredis-sentinel\b|--unixsocket|--aclfile|--user\s|--bind\s+(?!.*(?:127\.0\.0\.1|0\.0\.0\.0|\*))",
        database=True,
    ),
    Known(
        ("valkey/valkey",),
        ("valkey-cli ping | grep -q PONG",),
        "https://valkey.io/commands/ping/",
        line=True,
        start_period=10,
        starts=r"\bvalkey-server\b|^-|^\S+\.conf$",
        spoils=r"--port\s|--tls|--sentinel|--requirepass|--aclfile|--user\s|--unixsocket|VALKEY_EXTRA_FLAGS",
        database=True,
    ),
    Known(
        ("bitnami/redis", "bitnamilegacy/redis"),
        ("{REDIS_PASSWORD|REDISCLI_AUTH=% }redis-cli ping | grep -q PONG",),
        "https://github.com/bitnami/containers/tree/main/bitnami/redis",
        line=True,
        start_period=10,
        spoils=r"REDIS_PORT_NUMBER|REDIS_TLS_ENABLED=yes|_FILE=",
        wants=r"^REDIS_PASSWORD=|^ALLOW_EMPTY_PASSWORD=(?:yes|true|1)$",
        database=True,
    ),
    Known(
        ("mysql",),
        ("mysqladmin", "ping", "-h", "127.0.0.1", "--silent"),
        "https://dev.mysql.com/doc/refman/8.4/en/mysqladmin.html (0 also when access is denied)",
        start_period=60,
        spoils=r"--port[= ]|--skip-networking|--bind-address|MYSQL_TCP_PORT",
        database=True,
    ),
    Known(
        ("mariadb",),
        ("healthcheck.sh", "--connect"),
        "https://mariadb.com/kb/en/using-healthcheck-sh/ (--innodb_initialized logs in, with an account that older data"
        " lacks: MariaDB/mariadb-docker#557, #666; the server takes connections only once InnoDB is ready)",
        start_period=60,
        since=Version(11),
        spoils=r"--port[= ]|--skip-networking|--bind-address|MYSQL_TCP_PORT",
        database=True,
    ),
    Known(
        ("mariadb",),
        ("mysqladmin", "ping", "-h", "127.0.0.1", "--silent"),
        "https://mariadb.com/kb/en/mariadb-admin/",
        start_period=60,
        before=Version(11),
        spoils=r"--port[= ]|--skip-networking|--bind-address|MYSQL_TCP_PORT",
        database=True,
    ),
    Known(
        ("mongo", "mongodb/mongodb-community-server"),
        ("mongosh", "--quiet", "--eval", "db.adminCommand('ping').ok"),
        "https://www.mongodb.com/docs/manual/reference/command/ping/",
        since=Version(5),
        spoils=r"--port[= ]|--tlsMode|--sslMode|--configsvr|--shardsvr|\bmongos\b|--bind_ip[= ](?!.*(?:127\.0\.0\.1|0\.0\.0\.0|localhost))|/mongod\.conf",
        database=True,
    ),
    Known(
        ("mongo",),
        ("mongo", "--quiet", "--eval", "db.adminCommand('ping').ok"),
        "https://www.mongodb.com/docs/v4.4/reference/command/ping/",
        before=Version(5),
        spoils=r"--port[= ]|--tlsMode|--sslMode|--configsvr|--shardsvr|\bmongos\b|--bind_ip[= ](?!.*(?:127\.0\.0\.1|0\.0\.0\.0|localhost))|/mongod\.conf",
        database=True,
    ),
    Known(
        ("rabbitmq",),
        ("rabbitmq-diagnostics", "-q", "check_running"),
        "https://www.rabbitmq.com/docs/monitoring#health-checks",
        start_period=60,
        since=Version(3, 8),
        database=True,
    ),
    Known(
        ("rabbitmq",),
        ("rabbitmqctl", "-q", "status"),
        "https://www.rabbitmq.com/docs/man/rabbitmqctl.8 (rabbitmq-diagnostics came with 3.7, this check with 3.8)",
        start_period=60,
        before=Version(3, 8),
        database=True,
    ),
    Known(
        ("apache/kafka",),
        ("/opt/kafka/bin/kafka-broker-api-versions.sh --bootstrap-server 127.0.0.1:{kafka} > /dev/null",),
        "https://kafka.apache.org/documentation/#quickstart (scripts in /opt/kafka/bin)",
        line=True,
        start_period=60,
    ),
    Known(
        ("confluentinc/cp-kafka", "confluentinc/cp-server"),
        ("kafka-broker-api-versions --bootstrap-server 127.0.0.1:{kafka} > /dev/null",),
        "https://docs.confluent.io/platform/current/installation/docker/ (scripts without .sh)",
        line=True,
        start_period=60,
    ),
    Known(
        ("bitnami/kafka", "bitnamilegacy/kafka"),
        ("kafka-broker-api-versions.sh --bootstrap-server 127.0.0.1:{kafka} > /dev/null",),
        "https://github.com/bitnami/containers/tree/main/bitnami/kafka",
        line=True,
        start_period=60,
    ),
    Known(
        ("elasticsearch", "docker.elastic.co/elasticsearch/elasticsearch"),
        ("curl -fsS -o /dev/null 'http://127.0.0.1:9200/_cluster/health?local=true'",),
        "https://www.elastic.co/guide/en/elasticsearch/reference/current/cluster-health.html",
        line=True,
        start_period=60,
        spoils=r"^xpack\.security\.enabled=(?!false)|^http\.port=|xpack\.security\.http\.ssl|/elasticsearch\.yml$|^ELASTIC_PASSWORD=.",
        since=Version(7),
        before=Version(8),
        database=True,
    ),
    Known(
        ("elasticsearch", "docker.elastic.co/elasticsearch/elasticsearch"),
        ("curl -fsS -o /dev/null 'http://127.0.0.1:9200/_cluster/health?local=true'",),
        "https://www.elastic.co/guide/en/elasticsearch/reference/current/cluster-health.html",
        line=True,
        start_period=60,
        spoils=r"^http\.port=|/elasticsearch\.yml$",
        wants=r"^xpack\.security\.enabled=[\"']?false",
        since=Version(8),
        database=True,
    ),
    Known(
        ("opensearchproject/opensearch",),
        ("curl -fsS -o /dev/null 'http://127.0.0.1:9200/_cluster/health?local=true'",),
        "https://docs.opensearch.org/latest/api-reference/cluster-api/cluster-health/",
        line=True,
        start_period=60,
        spoils=r"^http\.port=|/opensearch\.yml$",
        wants=r"^(?:DISABLE_SECURITY_PLUGIN|plugins\.security\.disabled)=[\"']?true",
        database=True,
    ),
    Known(
        ("minio/minio", "quay.io/minio/minio"),
        ("mc", "ready", "local"),
        "https://min.io/docs/minio/linux/reference/minio-mc/mc-ready.html",
        since=Version(2023),
        spoils=r"--address[= ]|/certs|\bgateway\b|^user=|^read_only=true",
    ),
    Known(
        ("clickhouse/clickhouse-server",),
        ("wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8123/ping"),
        "https://clickhouse.com/docs/en/interfaces/http (/ping)",
        spoils=r"/config\.d/|/config\.xml",
        database=True,
    ),
    Known(
        ("prom/prometheus", "quay.io/prometheus/prometheus"),
        ("wget", "-q", "-O", "/dev/null", "http://127.0.0.1:9090/-/healthy"),
        "https://prometheus.io/docs/prometheus/latest/management_api/",
        spoils=r"--web\.(?:listen-address|route-prefix|external-url|config\.file)",
    ),
    Known(
        ("nginx", "nginxinc/nginx-unprivileged"),
        (),
        "https://hub.docker.com/_/nginx (what it answers is in its configuration)",
        start_period=10,
    ),
)
