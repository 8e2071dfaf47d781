#!/usr/bin/env bash
# Sets up what the tests need, builds everything and runs every test. Arguments go to `dotnet test`.
set -euo pipefail
cd "$(dirname "$0")"

results=artifacts/test-results
export DOTNET_NOLOGO=1 DOTNET_CLI_TELEMETRY_OPTOUT=1

install() {
  echo "Installing $*, which the tests start by themselves."
  local as_root=""
  [ "$(id -u)" -eq 0 ] || as_root=sudo
  if command -v apt-get >/dev/null; then
    $as_root apt-get update -qq
    # Without the service: the tests start servers of their own, on free ports of the loopback address.
    $as_root env DEBIAN_FRONTEND=noninteractive RUNLEVEL=1 apt-get install -y -qq --no-install-recommends "$@" >/dev/null
  elif command -v brew >/dev/null; then
    brew install "${@%-server}"
  else
    echo "Install $* by hand: neither apt-get nor brew is here." >&2
    return 1
  fi
}

# Without it the rest of the tests still runs, and the tests of tests/Foreign that need it fail and say so.
without() {
  echo "Going on without $1: the tests of tests/Foreign that need it will fail." >&2
}

command -v redis-server >/dev/null || install redis-server
command -v openssl >/dev/null || install openssl || without openssl

# Issuers and verifiers that we did not write. Debian's npm brings its nodejs; of another nodejs the npm must be there already.
if ! command -v node >/dev/null || ! command -v npm >/dev/null; then install nodejs npm || without node; fi
if [ ! tests/Foreign/node_modules/.package-lock.json -nt tests/Foreign/package-lock.json ]; then
  echo "Fetching the packages of tests/Foreign from npm."
  (cd tests/Foreign && npm ci --loglevel=error) >/dev/null || without "the packages of npm"
fi
# The system's Python, not another one on the path: its packages come from apt.
/usr/bin/python3 -c 'import jwt, cryptography' 2>/dev/null || install python3 python3-jwt python3-cryptography || without PyJWT

rm -rf "$results"
dotnet test Gateway.sln --configuration Release --logger trx --results-directory "$results" "$@"
