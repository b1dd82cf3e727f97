#!/bin/sh
# Is the recording what graphql-js answers, and does the gateway answer as it does to requests that nobody has seen before?
# Needs Node; changes nothing. The seed of the new requests is the commit's and is printed; REGIOGRAPH_SEED takes another.
set -eu
cd "$(dirname "$0")"
npm ci --no-audit --no-fund --silent
node record.mjs --check

seed=${REGIOGRAPH_SEED:-$((0x$(git rev-parse --short=7 HEAD 2>/dev/null || echo 1)))}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
mkdir "$folder/cases"
node random.mjs "$seed" 1000 "$folder/cases"
node record.mjs --folder "$folder"
echo "1000 new requests, seed $seed"
cd ../..
REGIOGRAPH_CASES="$folder" cargo test --locked -p regiograph-tests --test promises -- \
  --exact graphql_js::the_executor_answers_as_graphql_js_does
