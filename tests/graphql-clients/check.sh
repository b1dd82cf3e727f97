#!/usr/bin/env bash
# Starts the demonstration and asks it with the reference clients of graphql-transport-ws and graphql-sse. Needs Node 20.
set -euo pipefail
cd "$(dirname "$0")"
npm ci --no-audit --no-fund --silent
clients=$PWD
cd ../..
# A program that is built already, or a debug build: that one takes a minute to make the demonstration's releases.
[ -n "${REGIOGRAPH:-}" ] || cargo build --locked -p regiograph
export REGIOGRAPH="${REGIOGRAPH:-${CARGO_TARGET_DIR:-$PWD/target}/debug/regiograph}"
folder=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; rm -rf "$folder"' EXIT
cd "$folder"

REGIOGRAPH_LISTEN=127.0.0.1:0 "$REGIOGRAPH" >out 2>log &
server=$!
for _ in $(seq 1 3000); do
  grep -q "^Regiograph listens" out && break
  kill -0 "$server" || { cat log; exit 1; }
  sleep 0.1
done
grep -q "^Regiograph listens" out || { echo "it did not start"; cat log; exit 1; }
# Every test has a time limit of its own: a client that waits for what never comes fails.
REGIOGRAPH_URL=$(sed -n 's|.*(GraphQL at \(.*\))$|\1|p' out) REGIOGRAPH_PID=$server REGIOGRAPH_LOG=$PWD/log \
  node --test --test-timeout=60000 "$clients/clients.mjs"
wait "$server"
server=
