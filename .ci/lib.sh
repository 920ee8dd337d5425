# shellcheck shell=bash
# Shared by build, test, demo and .ci/run; sourced, after `set -euo pipefail`.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
cache=${DSO_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/dso}
export DEBIAN_FRONTEND=noninteractive

say() { printf '\033[1m== %s\033[0m\n' "$*"; }
note() { echo "   $*"; }
die() { printf 'error: %s\n' "$1" >&2; [[ $# -lt 2 ]] || printf '  fix: %s\n' "$2" >&2; exit 1; }
is_root() { [[ $(id -u) == 0 ]]; }
has() { command -v "$1" >/dev/null; }

[[ -t 1 ]] || say() { echo "== $*"; }

# need COMMAND PACKAGE...: makes sure that COMMAND is there; as root on Debian or Ubuntu installs the packages for it.
need() {
  local command=$1
  shift
  has "$command" || install_packages "$@" || true
  has "$command" || die "$command is needed and not installed" "install $* (names of Debian and Ubuntu)"
}

# Fails, and says nothing, where packages can't be installed. Their services are not started.
install_packages() {
  is_root && has apt-get || return 1
  note "installing $*" >&2
  local get=(apt-get install -y -qq --no-install-recommends "$@")
  without_services "${get[@]}" || { apt-get update -qq >&2 && without_services "${get[@]}"; }
}

# Debian's packages ask policy-rc.d whether to start a service; RUNLEVEL=1 makes invoke-rc.d refuse by itself.
without_services() { RUNLEVEL=1 "$@" >&2 </dev/null; }

is_jdk25() { [[ -x $1/bin/javac && -f $1/release ]] && grep -q '^JAVA_VERSION="25[."]' "$1/release"; }

# Sets JAVA_HOME to a JDK 25.
use_jdk() {
  local candidate
  for candidate in "${JAVA_HOME:-}" /usr/lib/jvm/*25*; do
    if [[ -n $candidate ]] && is_jdk25 "$candidate"; then
      JAVA_HOME=$(readlink -f "$candidate")
      export JAVA_HOME
      return
    fi
  done
  die "no JDK 25 in JAVA_HOME or /usr/lib/jvm" "install Eclipse Temurin 25 (https://adoptium.net) and set JAVA_HOME to it"
}

# Sets GRAALVM_HOME to a builder of native executables for Java 25; fails where there is none.
find_native_builder() {
  local found=${GRAALVM_HOME:-}
  if [[ -z $found ]] && has native-image; then
    found=$(dirname "$(dirname "$(readlink -f "$(command -v native-image)")")")
  fi
  [[ -n $found && -x $found/bin/native-image ]] || return 1
  "$found/bin/native-image" --version 2>/dev/null | grep -qE '(^|[^0-9.])25([^0-9]|$)' || return 1
  export GRAALVM_HOME=$found
}

# Maven's own libraries use what Java 25 warns of.
maven() { (cd "$root" && MAVEN_OPTS="--sun-misc-unsafe-memory-access=allow ${MAVEN_OPTS:-}" ./mvnw -B -q -Dstyle.color=never "$@" </dev/null); }

# A digest of everything a build without tests reads below the given paths.
digest() {
  (cd "$root" && find "$@" -type f -not -path '*/target/*' -not -path '*/src/test/*' -print0 | sort -z | xargs -0 sha256sum; "$JAVA_HOME/bin/java" --version) \
    | sha256sum | cut -d' ' -f1
}

# up_to_date STAMP DIGEST: true when STAMP holds DIGEST.
up_to_date() { [[ -f $1 && $(<"$1") == "$2" ]]; }

# within_reach FOLDER COPY: prints FOLDER, or makes COPY of it and prints that where providers, which aren't root, can't get to FOLDER.
within_reach() {
  local at=$1
  while [[ $at != / ]]; do
    if [[ ! $(stat -c %a "$at") =~ [1357]$ ]]; then
      cp -a "$1" "$2"
      at=$2
      break
    fi
    at=$(dirname "$at")
  done
  [[ $at == / ]] && echo "$1" || echo "$2"
}

# tally FOLDER...: adds all Surefire reports up, prints skips with their reasons and failures, and sets passed, failed, skipped.
tally() {
  local reports
  reports=$(find "$@" -name 'TEST-*.xml' 2>/dev/null || true)
  passed=0 failed=0 skipped=0
  [[ -n $reports ]] || return 0
  # shellcheck disable=SC2086 # our own file names, without blanks
  awk -f "$root/.ci/outcomes.awk" $reports | sort -u
  # shellcheck disable=SC2086
  read -r passed failed skipped < <(awk -v counts=1 -f "$root/.ci/outcomes.awk" $reports)
}
