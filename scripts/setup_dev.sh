#!/usr/bin/env bash
# Installs what the tests can use beyond Python: the age program, Chromium, node, strace, SoftHSM, solc, forge and anvil.
# Debian's packages need root or sudo. Whatever cannot be installed is said in a line, and its tests skip.
set -uo pipefail
cd "$(dirname "$0")/.."

declare -A package_of=([age]=age [chromium]=chromium [node]=nodejs [npm]=npm [strace]=strace [softhsm2-util]=softhsm2)
missing=()
for program in age chromium node npm strace softhsm2-util; do
  command -v "$program" >/dev/null || missing+=("${package_of[$program]}")
done
# Chinese characters in screenshots
command -v fc-list >/dev/null && [[ -n "$(fc-list :lang=zh)" ]] || missing+=(fonts-wqy-microhei)

as_root() {
  if [[ $EUID -eq 0 ]]; then "$@"; else sudo --non-interactive "$@"; fi
}

if ((${#missing[@]})); then
  echo "installing ${missing[*]}"
  export DEBIAN_FRONTEND=noninteractive
  if ! command -v apt-get >/dev/null; then
    echo "not a Debian system: install these yourself, or their tests skip: ${missing[*]}"
  elif ! { as_root apt-get update -qq && as_root apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null; }; then
    echo "could not be installed, so their tests skip: ${missing[*]} (Debian's packages need root or sudo)"
  fi
fi

if command -v apt-get >/dev/null && ! command -v chromium-headless-shell >/dev/null; then
  as_root apt-get install -y -qq --no-install-recommends chromium-headless-shell >/dev/null 2>&1 \
    || echo "no chromium-headless-shell: pages are looked at in Chromium itself, which takes longer"
fi

if ! command -v npm >/dev/null; then
  echo "no npm: solc, OpenZeppelin, forge and anvil are not installed, and their tests skip"
elif ! npm ci --prefix contracts --no-audit --no-fund --loglevel=error; then
  echo "npm could not install solc, OpenZeppelin, forge and anvil, and their tests skip"
fi
if command -v npm >/dev/null && ! npm ci --prefix tests/browser --no-audit --no-fund --loglevel=error; then
  echo "npm could not install tus-js-client, and its tests skip"
fi

# Analyzers of the contracts, each in an environment of its own: slither needs an older web3 than ours.
for tool in slither-analyzer==0.11.6 halmos==0.3.3; do
  folder="var/tools/${tool%%==*}"
  if [[ ! -e "$folder/.ready-$tool" ]]; then
    if "${PYTHON:-python3}" -m venv "$folder" \
      && "$folder/bin/pip" install --quiet --disable-pip-version-check "$tool"; then
      touch "$folder/.ready-$tool"
    else
      echo "$tool could not be installed, and its tests skip"
    fi
  fi
done

version_of() { "$@" 2>/dev/null || echo absent; }
echo "ready: age $(version_of age --version), Chromium $(version_of chromium --version --no-sandbox), node $(version_of node --version)"
