#!/usr/bin/env bash
# Installs what the tests can use beyond Python: the age program, Chromium, node, forge and anvil.
# Debian's packages need root or sudo; whatever cannot be installed is said, and its tests skip.
set -euo pipefail
cd "$(dirname "$0")/.."

declare -A package_of=([age]=age [chromium]=chromium [node]=nodejs [npm]=npm)
missing=()
for program in age chromium node npm; do
  command -v "$program" >/dev/null || missing+=("${package_of[$program]}")
done

if ((${#missing[@]})); then
  if ! command -v apt-get >/dev/null; then
    echo "not a Debian system: install these yourself, or their tests skip: ${missing[*]}"
  else
    as_root=()
    if [[ $EUID -ne 0 ]]; then as_root=(sudo); fi
    echo "installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    "${as_root[@]}" apt-get update -qq
    "${as_root[@]}" apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  fi
fi

if command -v npm >/dev/null; then
  npm ci --prefix contracts --no-audit --no-fund --loglevel=error
else
  echo "no npm: forge and anvil are not installed, and their tests skip"
fi
echo "ready: age $(age --version 2>/dev/null || echo absent), $(chromium --version --no-sandbox 2>/dev/null || echo 'Chromium absent'), node $(node --version 2>/dev/null || echo absent)"
