"""Do the manifests say about their workloads what the API server would make of them?"""

from __future__ import annotations

import pickle
import random
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from autofix.node import UnreadableError
from autofix.surfaces import yaml
from autofix.surfaces.kubernetes.document import KubernetesFile, Manifest, ValuesFile, looks_like, parse
from autofix.surfaces.kubernetes.pods import Container
from autofix.surfaces.yaml import Located
from autofix.text import Source, Span, splice

FILE = """\
# the shop
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: api
  namespace: shop
  labels: {app: api}
spec:
  selector:
    matchLabels:
      app: api
  template:
    metadata:
      labels:
        app: api
        tier: "back"
    spec:
      hostNetwork: true
      securityContext:
        runAsNonRoot: true
        runAsUser: 1001
        fsGroup: 2000
        allowPrivilegeEscalation: false
      initContainers:
      - name: migrate
        image: "shop/api:1.4.2"
        command: [sh, -c, 'npx migrate']
        securityContext:
          runAsUser: ~
          runAsNonRoot: false
      containers:
      - name: api
        image: shop/api:1.4.2   # pinned
        command: ["node"]
        args:
        - server.js
        - --port=3000
        ports:
        - name: http
          containerPort: 3000
        - containerPort: 9100
          protocol: UDP
        env:
        - name: PORT
          value: "3000"
        - name: TOKEN
          valueFrom:
            secretKeyRef: {name: s, key: token}
        - name: EMPTY
        envFrom:
        - secretRef:
            name: s
        - configMapRef: {name: c}
        livenessProbe:
          httpGet:
            path: /healthz
            port: http
            httpHeaders:
            - {name: Host, value: shop.test}
          periodSeconds: 10
        readinessProbe:
          exec:
            command: [cat, "/tmp/ready"]
        startupProbe:
          tcpSocket:
            port: 3000
        securityContext:
          runAsUser: 1002
          readOnlyRootFilesystem: yes
          allowPrivilegeEscalation: "false"
          fsGroup: 1
          capabilities:
            drop: [ALL]
        volumeMounts:
        - name: data
          mountPath: /data
        - {name: cfg, mountPath: /etc/app, readOnly: true, subPath: app.json}
        - name: gone
          mountPath: /gone
      volumes:
      - name: data
        persistentVolumeClaim:
          claimName: data
      - configMap: {name: c}
        name: cfg
---
apiVersion: v1
kind: Service
metadata: {name: api}
spec:
  selector: {app: api}
  ports:
  - port: 80
    targetPort: http
    name: web
  - {port: 9100, protocol: UDP}
---
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: api
spec:
  defaultBackend:
    service: {name: site, port: {name: web}}
  rules:
  - host: shop.test
    http:
      paths:
      - path: /api
        pathType: Prefix
        backend:
          service:
            name: api
            port:
              number: 80
  - http:
      paths:
      - backend: {serviceName: old, servicePort: 8080}
...
---
# nothing
---
apiVersion: batch/v1
kind: CronJob
metadata: {name: tidy}
spec:
  jobTemplate:
    spec:
      template:
        spec:
          containers:
          - &tidy
            name: tidy
            image: shop/tidy
          - {<<: *tidy, name: other}
"""


def file(text: str = FILE, path: str = "k8s/all.yaml") -> KubernetesFile:
    found = parse(Source(path, text))
    assert isinstance(found, KubernetesFile)
    return found


def manifest(kind: str, name: str) -> Manifest:
    found = file().manifest(kind, name)
    assert found is not None
    return found


def container(name: str) -> Container:
    pod = manifest("Deployment", "api").pod
    assert pod is not None
    found = pod.container(name)
    assert found is not None
    return found


def says(at: Located | None) -> str | None:
    return None if at is None else FILE[at.value.span.start : at.value.span.end]


def pod_of(spec: str) -> Container:
    text = f"apiVersion: v1\nkind: Pod\nmetadata: {{name: p}}\nspec: {spec}\n"
    return file(text).containers[0]


def test_manifests_have_names_and_places() -> None:
    found = file().manifests
    assert [(one.api, one.kind, one.name, one.namespace) for one in found] == [
        ("apps/v1", "Deployment", "api", "shop"),
        ("v1", "Service", "api", None),
        ("networking.k8s.io/v1", "Ingress", "api", None),
        ("batch/v1", "CronJob", "tidy", None),
    ]
    assert [one.anchor for one in found] == ["Deployment/shop/api", "Service/api", "Ingress/api", "CronJob/tidy"]
    assert [one.document for one in found] == [0, 1, 2, 4]
    assert all(one.text.startswith("apiVersion:") and one.text == one.text.rstrip() for one in found)
    assert found[0].text.endswith("name: cfg")
    assert found[3].text.endswith("{<<: *tidy, name: other}")
    assert [one.workload for one in found] == [True, False, False, True]
    assert found[0].labels == (("app", "api"),)


def test_the_pod_of_a_deployment() -> None:
    pod = manifest("Deployment", "api").pod
    assert pod is not None
    assert pod.anchor == "Deployment/shop/api/pod"
    assert pod.text.startswith("hostNetwork: true\n")
    assert pod.flag("hostNetwork")
    assert not pod.flag("hostPID")
    assert pod.labels == (("app", "api"), ("tier", "back"))
    assert [(one.name, one.init) for one in pod.containers] == [("migrate", True), ("api", False)]
    assert [(one.name, one.kind) for one in pod.volumes] == [("data", "persistentVolumeClaim"), ("cfg", "configMap")]
    assert says(pod.security) == (
        "runAsNonRoot: true\n        runAsUser: 1001\n        fsGroup: 2000\n        allowPrivilegeEscalation: false"
    )


def test_containers() -> None:
    api, migrate = container("api"), container("migrate")
    assert (says(api.image), says(migrate.image)) == ("shop/api:1.4.2", '"shop/api:1.4.2"')
    assert [says(word) for word in api.command or ()] == ['"node"']
    assert [word.text for word in api.args or ()] == ["server.js", "--port=3000"]
    assert [word.text for word in migrate.command or ()] == ["sh", "-c", "npx migrate"]
    assert migrate.args is None
    assert [(port.name, port.number, port.protocol) for port in api.ports] == [
        ("http", 3000, "TCP"), (None, 9100, "UDP"),
    ]  # fmt: skip
    assert [(one.name, one.value, one.origin) for one in api.env] == [
        ("PORT", "3000", ""), ("TOKEN", None, "secretKeyRef"), ("EMPTY", None, ""),
    ]  # fmt: skip
    assert api.env_from == (("secretRef", "s"), ("configMapRef", "c"))
    assert api.anchor == "Deployment/shop/api/pod/containers/api"
    assert api.text.startswith("name: api\n")
    assert api.text.endswith("mountPath: /gone")


def test_probes() -> None:
    api = container("api")
    live, ready, start = api.probes
    assert [(one.name, one.handler, one.scheme) for one in api.probes] == [
        ("livenessProbe", "httpGet", "HTTP"), ("readinessProbe", "exec", ""), ("startupProbe", "tcpSocket", ""),
    ]  # fmt: skip
    assert (says(live.route), says(live.port), api.port_of(live.port)) == ("/healthz", "http", 3000)
    assert (ready.route, ready.port, api.port_of(ready.port)) == (None, None, None)
    assert (says(start.port), api.port_of(start.port)) == ("3000", 3000)
    assert [says(word) for word in ready.command] == ["cat", '"/tmp/ready"']
    assert live.headers == (("Host", "shop.test"),)
    assert live.host is None
    assert says(live.get("periodSeconds")) == "10"
    assert live.text.startswith("livenessProbe:\n")
    assert live.text.endswith("periodSeconds: 10")
    assert live.anchor == f"{api.anchor}/livenessProbe"
    assert container("migrate").probes == ()


def test_what_decides_about_security() -> None:
    api, migrate = container("api"), container("migrate")

    def of(one: Container, name: str) -> tuple[str | None, str, bool | None, int | None] | None:
        found = one.setting(name)
        return None if found is None else (says(found.at), found.level, found.flag, found.number)

    assert of(api, "runAsUser") == ("1002", "container", None, 1002)
    assert of(migrate, "runAsUser") == ("1001", "pod", None, 1001)
    assert of(api, "runAsNonRoot") == ("true", "pod", True, None)
    assert of(migrate, "runAsNonRoot") == ("false", "container", False, None)
    assert of(api, "readOnlyRootFilesystem") == ("yes", "container", True, None)
    assert of(api, "allowPrivilegeEscalation") == ('"false"', "container", None, None)
    assert of(migrate, "allowPrivilegeEscalation") is None
    assert of(api, "fsGroup") == ("2000", "pod", None, 2000)
    assert of(migrate, "runAsGroup") is None
    assert api.security is not None
    assert api.security.editable


@pytest.mark.parametrize(("value", "flag", "number"), [
    ("0", None, 0), ("0755", None, None), ("1_000", None, None), ("-1", None, None), ("'1'", None, None),
    ("on", True, None), ("False", False, None), ("1.5", None, None), ("[]", None, None), ("y", True, None),
])  # fmt: skip
def test_values_of_settings(value: str, *, flag: bool | None, number: int | None) -> None:
    found = pod_of(f"{{containers: [{{securityContext: {{runAsUser: {value}}}}}]}}").setting("runAsUser")
    assert found is not None
    assert (found.flag, found.number) == (flag, number)


def test_mounts_know_their_volumes() -> None:
    assert [(one.name, one.target, one.kind, one.read_only, one.sub_path) for one in container("api").mounts] == [
        ("data", "/data", "persistentVolumeClaim", False, None),
        ("cfg", "/etc/app", "configMap", True, "app.json"),
        ("gone", "/gone", "", False, None),
    ]


def test_claim_templates_are_volumes() -> None:
    text = (
        "apiVersion: apps/v1\nkind: StatefulSet\nspec:\n  volumeClaimTemplates:\n  - metadata: {name: d}\n"
        "  template: {spec: {containers: [{name: x, volumeMounts: [{name: d, mountPath: /d}]}]}}\n"
    )
    (found,) = file(text).containers
    assert [(one.target, one.kind) for one in found.mounts] == [("/d", "persistentVolumeClaim")]


def test_services_and_ingresses() -> None:
    service, ingress = manifest("Service", "api"), manifest("Ingress", "api")
    assert [(one.name, one.port, one.target, one.protocol) for one in service.ports] == [
        ("web", "80", "http", "TCP"), (None, "9100", "9100", "UDP"),
    ]  # fmt: skip
    assert service.selector == (("app", "api"),) == manifest("Deployment", "api").selector
    assert [(one.host, one.path, one.kind, one.service, one.port) for one in ingress.paths] == [
        ("shop.test", "/api", "Prefix", "api", "80"),
        (None, "/", "", "old", "8080"),
        (None, None, "", "site", "web"),
    ]
    assert (service.paths, ingress.ports) == ((), ())
    assert service.pod is None


def test_what_comes_through_an_alias_is_flagged() -> None:
    first, second = manifest("CronJob", "tidy").containers
    assert (first.name, second.name) == ("tidy", "other")
    assert first.image is not None
    assert second.image is not None
    assert (first.image.via_alias, second.image.via_alias) == (False, True)
    assert first.at.shared


def test_a_list_holds_manifests() -> None:
    text = (
        "apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Pod\n  metadata: {name: a}\n  spec:\n"
        "    containers: [{name: x, image: i}]\n- {apiVersion: v1, kind: Pod, metadata: {name: a}}\n"
    )
    found = file(text)
    assert [one.anchor for one in found.manifests] == ["Pod/a", "Pod/a#2"]
    assert [one.name for one in found.containers] == ["x"]
    assert len(found.workloads) == 1
    typed = "apiVersion: v1\nkind: PodList\nitems:\n- metadata: {name: a}\n"
    assert [(one.kind, one.name) for one in file(typed).manifests] == [("Pod", "a")]


def test_a_patch_may_name_little() -> None:
    text = "apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n      - image: i\n"
    (found,) = file(text).containers
    assert (found.name, found.anchor) == ("", "Deployment/pod/containers/0")
    rollout = "apiVersion: argoproj.io/v1alpha1\nkind: Rollout\nspec: {workloadRef: {name: x}}\n"
    assert file(rollout).manifests[0].pod is None
    assert file(rollout).workloads == ()


def test_another_api_has_other_services() -> None:
    text = "apiVersion: serving.knative.dev/v1\nkind: Service\nspec: {ports: [{port: 1}]}\n"
    assert file(text).manifests[0].ports == ()


def test_kustomizations() -> None:
    text = (
        "resources: [../base, a.yaml]\nimages:\n- name: app\n  newName: shop/app\n  newTag: '1'\n- {name: x, digest: s}\n"
        "patches:\n- path: p.yaml\n  target: {kind: Deployment, name: api}\n- patch: |-\n    - op: add\n"
        "patchesStrategicMerge:\n- q.yaml\n- |\n  kind: X\n"
    )
    (one,) = file(text, "overlays/kustomization.yaml").manifests
    found = one.kustomization
    assert found is not None
    assert found.gathered == ("../base", "a.yaml")
    assert [(i.name, i.new_name, i.new_tag, i.digest) for i in found.images] == [
        ("app", "shop/app", "1", None), ("x", None, None, "s"),
    ]  # fmt: skip
    assert [(p.path, p.text, p.target) for p in found.patches] == [
        ("p.yaml", None, ("Deployment", "api")),
        (None, "- op: add", (None, None)),
        ("q.yaml", None, (None, None)),
        (None, "kind: X\n", (None, None)),
    ]
    with pytest.raises(UnreadableError):
        parse(Source("other.yaml", text))
    flux = "apiVersion: kustomize.toolkit.fluxcd.io/v1\nkind: Kustomization\nspec: {}\n"
    assert file(flux).manifests[0].kustomization is None


def test_values_of_a_chart_are_facts() -> None:
    text = (
        "image:\n  repository: shop/api\n  tag: ''\nsidecar: {image: 'proxy:1'}\npodSecurityContext: {runAsUser: 1}\n"
        "securityContext:\nlivenessProbe:\n  httpGet: {path: /health, port: http}\nrepo: {repository: 'https://x'}\n"
    )
    found = parse(Source("chart/values-prod.yaml", text))
    assert isinstance(found, ValuesFile)
    assert [(i.route, i.repository, i.registry, i.tag) for i in found.images] == [
        (("image",), "shop/api", None, ""), (("sidecar", "image"), "proxy:1", None, None),
    ]  # fmt: skip
    assert [route for route, _ in found.contexts] == [("podSecurityContext",)]
    assert [(p.route and p.route.text, p.text[:13]) for p in found.probes] == [("/health", "livenessProbe")]
    assert pickle.loads(pickle.dumps(found)) == found
    assert list(found.atoms())
    assert found.get("sidecar", "image") is not None
    with pytest.raises(UnreadableError):
        parse(Source("values.yaml", "a: 1\n"))


def test_a_file_is_a_value() -> None:
    found = file()
    assert pickle.loads(pickle.dumps(found)) == found
    assert list(found.atoms()) == list(found.yaml.atoms())
    assert [found.source.slice(span) for span in found.comments()] == ["# the shop", "# pinned", "# nothing"]
    assert found.scopes() == (*(one.span for one in found.manifests), *(one.span for one in found.containers))


def test_an_edit_of_one_container() -> None:
    found = file()
    tidy = manifest("Deployment", "api").containers[0]
    assert tidy.security is not None
    edit = yaml.insert_entries(found.yaml, tidy.security, {"allowPrivilegeEscalation": "false"})
    assert edit is not None
    again = file(splice(FILE, [edit])).containers[0].setting("allowPrivilegeEscalation")
    assert again is not None
    assert again.flag is False


@pytest.mark.parametrize("text", [
    "", "# c\n", "- a\n", "a: 1\n", "apiVersion: v2\nname: chart\n", "kind: Pod\n", "apiVersion: 1\nkind: [a]\n",
    "apiVersion: v1\nkind: Pod\n---\na: 1\n", "apiVersion: v1\nkind: List\nitems: [{a: 1}]\n",
    "apiVersion: v1\nkind: Pod\nkind: Pod\n", "apiVersion: v1\nkind: Pod\nspec: {{ x }}\n", "--- x\n",
    "apiVersion: v1\nkind: List\nitems:\n- - a\n",
])  # fmt: skip
def test_what_is_no_manifest_is_unreadable(text: str) -> None:
    with pytest.raises(UnreadableError):
        parse(Source("x.yaml", text))


@pytest.mark.parametrize("spec", [
    "", "x", "[]", "{containers: }", "{containers: {a: b}}", "{containers: [x, [y], ~]}", "{containers: [{ports: x}]}",
    "{containers: [{env: [x], command: x, securityContext: [], livenessProbe: x, volumeMounts: [1]}], volumes: [x]}",
])  # fmt: skip
def test_what_is_of_the_wrong_shape_says_nothing(spec: str) -> None:
    text = f"apiVersion: v1\nkind: Pod\nspec: {spec}\n"
    for one in file(text).containers:
        assert one.setting("runAsUser") is None
        assert (one.ports, one.command or (), one.probes) in {((), (), ()), (one.ports, (), ())}
        assert all(isinstance(part, tuple) for part in (one.env, one.mounts, one.env_from))


@pytest.mark.parametrize(("text", "answer"), [
    ("apiVersion: v1\nkind: Pod\n", True), ("kind: Pod\r\napiVersion: v1\r\n", True), ('\ufeff"apiVersion": a\nkind : b', True),
    ("apiVersion: v2\nname: x\n", False), ("a:\n  apiVersion: v1\n  kind: x\n", False), ("# apiVersion: v1\nkind: x\n", False),
])  # fmt: skip
def test_looks_like(text: str, *, answer: bool) -> None:
    assert looks_like(text) is answer


# --- spans, whatever the text around them


def spans(found: KubernetesFile) -> Iterator[tuple[Span, str]]:
    for one in found.containers:
        leaves = [one.image, *(one.command or ()), *(probe.route for probe in one.probes)]
        leaves += [setting.at for name in ("runAsUser", "runAsNonRoot") if (setting := one.setting(name))]
        yield from ((leaf.value.span, leaf.text or "") for leaf in leaves if leaf)


@settings(max_examples=150, deadline=None)
@given(st.integers(0, 10**9))
def test_spans_hold_what_is_said(seed: int) -> None:
    rng = random.Random(seed)
    image = rng.choice(("a/b:1", "é😀/x", "x@sha256:0", "'q'", '"d"'))
    note = rng.choice(("", " # c", "   # 😀 'x"))
    text = (
        f"{'# é' + chr(10) if rng.random() < 0.5 else ''}apiVersion: v1{note}\nkind: Pod\nspec:\n"
        f"  securityContext: {{runAsUser: 1}}\n  containers:\n"
        + "".join(
            f"  -   name: c{n}{note}\n      image:  {image}{note}\n      command: [ sh, 'é😀', \"x\" ]\n"
            f"      livenessProbe:\n        httpGet: {{path: /😀{n}, port: 1}}\n"
            for n in range(rng.randint(1, 3))
        )
    )
    text = text.replace("\n", rng.choice(("\n", "\r\n"))).rstrip(rng.choice(("", "\r\n")))
    text = rng.choice(("", "\ufeff")) + text
    found = file(text)
    facts = list(spans(found))
    assert len(facts) == 6 * len(found.containers)
    for span, said in facts:
        assert found.source.slice(span).strip("'\"") == said
    assert all(found.source.slice(one).startswith("name: c") for one in found.scopes()[1:])
