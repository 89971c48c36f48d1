#!/bin/sh
set -e

case "$1" in
  web)
    shift
    gunicorn app:app "$@"
    ;;
  worker) celery -A app worker ;;
  *) exec "$@" ;;
esac
