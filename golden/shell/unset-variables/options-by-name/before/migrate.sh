#!/usr/bin/env bash
set -o errexit

while getopts "nu:" flag; do
  case $flag in
    u) url="$OPTARG" ;;
    *) dry=1 ;;
  esac
done
migrate --url "${url:-sqlite}" ${dry:+--dry-run}
