#!/bin/sh
# Everything that is checked, in this order: format and lint, types, generated files, tests, tests that need root.
# Each is run even when one before it failed. The last line says `N passed, N failed`; the exit code agrees with it.
# With CI=true a requirement that this machine lacks is a failure; otherwise it is named and left out.
set -u
cd "$(dirname "$0")/.."
PATH=$PWD/node_modules/.bin:$PWD/.skein/tools:$PATH:/usr/sbin:/sbin
NODE_OPTIONS='--experimental-vm-modules --disable-warning=ExperimentalWarning'
export PATH NODE_OPTIONS
results=$PWD/.skein/results
runner=
rm -rf "$results"
mkdir -p "$results"

# `ip -n` and `ip netns exec` refuse to work where / is no mount point, as in a chroot. There, give them one.
with_root_mounted() {
  if grep -q '^[^ ]* [^ ]* [^ ]* [^ ]* / ' /proc/self/mountinfo; then
    "$@"
  else
    unshare --mount --propagation unchanged sh -c '
      mount --rbind / /mnt && exec chroot /mnt sh -c "cd \"\$0\" && exec \"\$@\"" "$PWD" "$@"' sh "$@"
  fi
}

check() {
  name=$1
  shift
  echo "== $name"
  if "$@"; then echo "$name" >>"$results/passed"; else echo "$name" >>"$results/failed"; fi
}

lacking() {
  echo "== $1: not run, $2"
  echo "$1 ($2)" >>"$results/left-out"
}

# Node 24 may abort where one thread frees a wrapper of WebAssembly that another has just made faster (V8's
# `jit_page.has_value()`): a test process that asks much by fetch() makes none faster. Jest hands the flag on.
node_flags=--wasm-wrapper-tiering-budget=2147483647

# Jest's own count goes to a file; when it could not even write that, the run counts as one failure.
tests() {
  name=$1
  shift
  echo "== $name"
  $runner node $node_flags node_modules/jest/bin/jest.js --json --outputFile="$results/$name.json" "$@" || [ -s "$results/$name.json" ] || echo "$name" >>"$results/failed"
}

check 'format and lint' biome check src test bench scripts package.json tsconfig.json biome.json jest.config.js
check types tsc
check 'kernel programs are made from their sources' sh scripts/build-bpf.sh --check
# How soon something happens is asked where nothing else runs.
timed='/test/(api/gremlin/load|query/gremlin/run/endless|archive/flows/aging)[.]test'
tests unit --maxWorkers=2 --testPathIgnorePatterns '/test/(kernel|e2e|byhand)/' "$timed"
tests timed --runInBand --testPathPatterns "$timed"
if [ "$(id -u)" = 0 ] && unshare --net true 2>/dev/null; then
  runner=with_root_mounted
  tests kernel --runInBand --passWithNoTests --testPathPatterns '/test/(kernel|e2e)/'
else
  lacking 'tests in namespaces' 'they need root'
fi

exec node scripts/sum-tests.ts "$results"
