#!/usr/bin/env bash
# Sets up what the tests need, builds everything and runs every test. Arguments go to `dotnet test`.
set -euo pipefail
cd "$(dirname "$0")"

results=artifacts/test-results
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

install() {
  echo "Installing $1, which the tests start by themselves."
  local as_root=""
  [ "$(id -u)" -eq 0 ] || as_root=sudo
  if command -v apt-get >/dev/null; then
    $as_root apt-get update -qq
    # Without the service: the tests start servers of their own, on free ports of the loopback address.
    $as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends "$1" >/dev/null
  elif command -v brew >/dev/null; then
    brew install "${1%-server}"
  else
    echo "Install $1 by hand: neither apt-get nor brew is here." >&2
    return 1
  fi
}

command -v redis-server >/dev/null || install redis-server

rm -rf "$results"
dotnet test Gateway.sln --configuration Release --logger trx --results-directory "$results" "$@"
