#!/bin/sh
set -e

case "$1" in
  web)
    shift
    exec gunicorn app:app "$@"
    ;;
  worker) exec celery -A app worker ;;
  *) exec "$@" ;;
esac
