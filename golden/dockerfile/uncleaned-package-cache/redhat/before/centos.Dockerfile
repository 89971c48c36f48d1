FROM centos:7
RUN yum install -y epel-release \
 && yum install -y python3 \
 && python3 --version
RUN <<EOT
set -e
yum groupinstall -y "Development Tools"
make --version
EOT
CMD ["python3", "-m", "http.server"]
