#!/bin/sh
# Is the recording what graphql-js answers? Needs Node; changes nothing.
set -eu
cd "$(dirname "$0")"
npm ci --no-audit --no-fund --silent
node record.mjs --check
