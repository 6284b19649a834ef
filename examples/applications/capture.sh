#!/bin/sh
# Runs one of the applications against an empty reference server, through a capturing proxy: NAME.jsonl is its traffic.
set -eu
name="$1"
here="$(dirname "$0")"
python="${PYTHON:-python}"
port="${PORT:-8100}"
touchstone serve --port "$port" > /dev/null & server=$!
touchstone capture --port "$((port + 1))" --upstream "http://127.0.0.1:$port" --out "$name.jsonl" & proxy=$!
trap 'kill -INT $proxy $server 2> /dev/null; wait' EXIT
for each in "$port" "$((port + 1))"; do
    until "$python" -c "import socket; socket.create_connection(('127.0.0.1', $each))" 2> /dev/null; do
        kill -0 $server $proxy
        sleep 0.2
    done
done
kill -0 $server $proxy  # a server of somebody else at that port is not ours to write to
"$python" "$here/$name.py" "http://127.0.0.1:$((port + 1))"
