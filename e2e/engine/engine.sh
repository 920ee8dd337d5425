# shellcheck shell=bash
# Finds or starts a Docker engine for tests and the demo; sourced, after .ci/lib.sh.
#
#   in_own_world SCRIPT ARGUMENT...   run SCRIPT where everything it starts ends with it
#   use_engine any|installed|current DIR  sets DOCKER_HOST, ENGINE_NAME and PATH; starts the engine in DIR if need be
#   stop_engine DIR                   ends an engine that use_engine started there
#   remove_tree DIR                   removes it with all that is mounted below it
#   load_images DIR                   puts the tests' programs into DIR, and makes dso-test/busybox:1 and dso-test/static:1, from nothing but local files

engine_here=$root/e2e/engine

answers() { has docker && docker version --format '{{.Server.Version}}' >/dev/null 2>&1; }

# Runs SCRIPT with a process tree and a plugin directory of its own: when it ends, however it ends, the kernel ends all that
# it started and undoes all that it mounted, and no other engine sees the sockets of its volume drivers.
in_own_world() {
  DSO_OWN_WORLD=1 exec unshare --mount --propagation private --pid --fork --kill-child --mount-proc "$@"
}
own_world_needed() {
  [[ -z ${DSO_OWN_WORLD:-} ]] && is_root && { [[ $1 != any ]] || ! answers; }
}
own_plugin_directory() {
  [[ -n ${DSO_OWN_WORLD:-} ]] || return 0
  (umask 077 && mkdir -p /run/docker/plugins)
  mount -t tmpfs -o mode=0700,size=1m dso-plugins /run/docker/plugins
}

# Why no engine can be used, in one sentence; nothing when one can.
why_no_engine() {
  if [[ $1 == any ]] && answers; then return; fi
  if ! is_root; then
    echo "no Docker engine answers, and only root can start one"
  elif ! has apt-get && ! has dockerd; then
    echo "no Docker engine is installed, and only on Debian or Ubuntu it is installed by itself (packages docker.io iptables)"
  elif [[ $1 == current ]] && ! current_engine_is_there && ! go_command >/dev/null; then
    echo "no current engine in $cache, and no Go to build it with"
  fi
}

use_engine() {
  local kind=$1 dir=$2
  if [[ $kind == any ]] && answers; then
    DOCKER_HOST=${DOCKER_HOST:-$(docker context inspect --format '{{.Endpoints.docker.Host}}')}
    export DOCKER_HOST
  else
    is_root || die "no Docker engine answers" "start one, or run this as root: it then starts a private one"
    need dockerd docker.io iptables
    need iptables iptables
    need busybox busybox-static
    [[ $kind != current ]] || use_current_engine
    start_engine "$dir"
  fi
  ENGINE_NAME=$(docker version --format '{{.Server.Version}}')
  export ENGINE_NAME
}

start_engine() {
  local dir=$1
  mkdir -p "$dir"
  own_plugin_directory
  "$engine_here/dockerd" "$dir" >"$dir/log" 2>&1 </dev/null &
  export DOCKER_HOST=unix://$dir/docker.sock
  local deadline=$((SECONDS + 60))
  until answers; do
    if ((SECONDS > deadline)) || ! kill -0 $! 2>/dev/null; then
      tail -n 5 "$dir/log" >&2
      die "the Docker engine did not start" "see $dir/log"
    fi
    sleep 0.1
  done
}

stop_engine() {
  local dir=$1 pid containers
  [[ -f $dir/pid ]] || return 0
  containers=$(docker ps --all --quiet)
  # shellcheck disable=SC2086 # a list of IDs
  [[ -z $containers ]] || docker rm --force --volumes $containers >/dev/null || true
  pid=$(<"$dir/pid")
  kill "$pid" 2>/dev/null || return 0
  local deadline=$((SECONDS + 20))
  while kill -0 "$pid" 2>/dev/null && ((SECONDS < deadline)); do sleep 0.1; done
}

# Never across a file system: what can't be unmounted stays.
remove_tree() {
  local mounted
  mounted=$(awk -v below="$1/" 'index($5, below) == 1 { print $5 }' /proc/self/mountinfo | sort -r)
  # shellcheck disable=SC2086 # our own file names, without blanks
  [[ -z $mounted ]] || umount -l $mounted || true
  rm -rf --one-file-system "$1"
}

# ---- a current engine, built from source ----------------------------------------------------------------

engine_line=29
engine_bin=$cache/engine-$engine_line/bin
current_engine_is_there() { [[ -f $cache/engine-$engine_line/done ]]; }

go_command() { command -v go || { [[ -x /usr/local/go/bin/go ]] && echo /usr/local/go/bin/go; }; }

use_current_engine() {
  build_current_engine
  # The static one, since it runs in containers without any library; a copy, since the cache may outlive the package.
  need tini-static tini
  install -m 0755 "$(command -v tini-static)" "$engine_bin/docker-init"
  export PATH=$engine_bin:$PATH
}

# Takes six to eight minutes; does nothing when it was done before. Several builds at once wait for the first.
build_current_engine() {
  ! current_engine_is_there || return 0
  local go
  go=$(go_command) || die "Go is needed to build a current engine" "install Go, or leave --engine current out"
  mkdir -p "$engine_bin"
  exec {engine_lock}>"$cache/engine-$engine_line/lock"
  flock "$engine_lock"
  if ! current_engine_is_there; then
    need gcc gcc libc6-dev
    need pkg-config pkg-config
    pkg-config --exists libseccomp || install_packages libseccomp-dev || die "libseccomp's headers are needed" "install libseccomp-dev"
    note "building a current engine into $engine_bin (some minutes, once)" >&2
    build_engine_parts "$go"
    touch "$cache/engine-$engine_line/done"
  fi
  exec {engine_lock}>&-
}

build_engine_parts() {
  local go=$1 version=github.com/moby/moby/v2/dockerversion.Version=29.0-beta24
  go_install() {
    local cgo=$1
    shift
    GOBIN=$engine_bin GOFLAGS=-buildvcs=false CGO_ENABLED=$cgo "$go" install -trimpath "$@" >&2
  }
  go_install 0 -tags exclude_graphdriver_btrfs -ldflags "-s -w -X $version" github.com/moby/moby/v2/cmd/dockerd@v2.0.0-beta.24
  go_install 0 -ldflags '-s -w' github.com/moby/moby/v2/cmd/docker-proxy@v2.0.0-beta.24
  go_install 0 -tags 'no_btrfs no_devmapper no_zfs' -ldflags '-s -w' github.com/containerd/containerd/v2/cmd/containerd@v2.4.2
  go_install 0 -ldflags '-s -w' github.com/containerd/containerd/v2/cmd/containerd-shim-runc-v2@v2.4.2
  go_install 1 -tags seccomp -ldflags '-s -w -X main.version=1.5.2' github.com/opencontainers/runc@v1.5.2
}

# ---- images, without a registry ---------------------------------------------------------------------------

# dso-test/busybox:1 has a shell, /probe and /load; dso-test/static:1 has /probe and /load alone.
load_images() {
  local work
  build_program "$1/probe"
  build_program "$1/load" -pthread
  work=$(mktemp -d)
  need busybox busybox-static
  mkdir -p "$work"/{static,busybox/bin,busybox/tmp}
  cp "$1/probe" "$1/load" "$work/static"
  cp "$1/probe" "$1/load" "$work/busybox"
  cp "$(command -v busybox)" "$work/busybox/bin/busybox"
  local applet
  for applet in $(busybox --list); do
    [[ $applet == busybox ]] || ln -s busybox "$work/busybox/bin/$applet"
  done
  import_image "$work/busybox" dso-test/busybox:1
  import_image "$work/static" dso-test/static:1
  rm -rf "$work"
}

# Not again for what is there already: a found engine keeps its images.
import_image() {
  local folder=$1 image=$2 content
  content=$(cd "$folder" && find . -type f -exec sha256sum {} + | sort | sha256sum | cut -c1-16)
  [[ $(docker image inspect --format '{{index .Config.Labels "dso-test"}}' "$image" 2>/dev/null) == "$content" ]] \
    || tar -C "$folder" -c . | docker import --change 'CMD ["/probe"]' --change "LABEL dso-test=$content" - "$image" >/dev/null
}

# build_program DIR/NAME OPTION...: from NAME.c
build_program() {
  local to=$1
  shift
  need gcc gcc libc6-dev
  gcc -static -O1 -Wall -Wextra "$@" -o "$to" "$engine_here/${to##*/}.c"
}
