FROM fedora:42
RUN dnf install -y --setopt=install_weak_deps=False nginx > /dev/null
RUN dnf -y upgrade --refresh
CMD ["nginx", "-g", "daemon off;"]
