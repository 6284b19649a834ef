#!/bin/sh
# Runs one of the applications against an empty reference server, through a capturing proxy: NAME.jsonl is its traffic.
set -eu
name="$1"
here="$(dirname "$0")"
python="${PYTHON:-python}"
touchstone serve --port 8100 > /dev/null & server=$!
touchstone capture --port 8101 --upstream http://127.0.0.1:8100 --out "$name.jsonl" & proxy=$!
trap 'kill -INT $proxy $server 2> /dev/null; wait' EXIT
sleep 2
"$python" "$here/$name.py" http://127.0.0.1:8101
