#!/usr/bin/env bash
# Does the gateway compose with another team's subgraph in the composers that there are, and does a router answer over both
# what each role is granted? Needs Node; starts and stops what it needs. REGIOGRAPH names another program than the built one.
set -euo pipefail
cd "$(dirname "$0")"
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then
  echo "skipped: tests/federation needs Node and npm, which are not here"
  exit 0
fi
npm ci --no-audit --no-fund --silent --ignore-scripts
root=$(cd ../.. && pwd)
program=${REGIOGRAPH:-}
if [ -z "$program" ]; then
  (cd "$root" && cargo build --locked --package regiograph)
  program="${CARGO_TARGET_DIR:-$root/target}/debug/regiograph"
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
(cd "$folder" && env -u REGIOGRAPH_CONFIG "$program" sdl) >"$folder/subgraph.graphql"
node compose.mjs "$folder/subgraph.graphql"
node ask.mjs "$program" "$folder"
