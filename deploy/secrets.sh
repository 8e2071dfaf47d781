#!/bin/sh
# Makes the secrets of docker-compose.yml, each once: those that are there already stay.
# usage: sh deploy/secrets.sh [FOLDER]    by default deploy/secrets
set -eu
here=$(cd "$(dirname "$0")" && pwd)
folder=${1:-$here/secrets}

random() { od -An -v -tx1 -N32 /dev/urandom | tr -d ' \n'; }
sha256() { if command -v sha256sum >/dev/null; then sha256sum; else shasum -a 256; fi | cut -d' ' -f1; }

# Compose mounts these files as they are, for processes of other users. So anybody may read the files, and only you the folder.
mkdir -p "$folder"
chmod 700 "$folder"

if [ ! -e "$folder/mac-key" ]; then
  random >"$folder/mac-key"
fi

# One password, in two files: as it is for the gateways, as a hash for Redis.
if [ ! -e "$folder/redis.json" ] || [ ! -e "$folder/users.acl" ]; then
  rm -f "$folder/redis.json" "$folder/users.acl"
  password=$(random)
  sed "s/PASSWORD_SHA256/$(printf %s "$password" | sha256)/" "$here/users.acl" >"$folder/users.acl"
  printf '{ "Sallyport": { "Redis": { "Configuration": "redis:6379,user=gateway,password=%s" } } }\n' "$password" >"$folder/redis.json"
fi

chmod 444 "$folder/mac-key" "$folder/redis.json" "$folder/users.acl"
