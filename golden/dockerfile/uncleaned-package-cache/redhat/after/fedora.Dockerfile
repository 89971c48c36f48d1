FROM fedora:42
RUN dnf install -y --setopt=install_weak_deps=False nginx > /dev/null && dnf clean all
RUN dnf -y upgrade --refresh && dnf clean all
CMD ["nginx", "-g", "daemon off;"]
