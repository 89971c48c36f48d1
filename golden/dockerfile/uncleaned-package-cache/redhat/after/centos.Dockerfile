FROM centos:7
RUN yum install -y epel-release \
 && yum install -y python3 \
 && yum clean all \
 && python3 --version
RUN <<EOT
set -e
yum groupinstall -y "Development Tools"
yum clean all
make --version
EOT
CMD ["python3", "-m", "http.server"]
