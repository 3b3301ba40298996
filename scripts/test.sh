#!/bin/sh
# Everything that is checked, in this order: format and lint, types, generated files, tests, tests against Elasticsearch,
# tests that need root. Each is run even when one before it failed. The last line says `N passed, N failed`; the exit code
# agrees with it. With CI=true a requirement that this machine lacks is a failure; otherwise it is named and left out.
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

begin() {
  stage=$1
  began=$(date +%s)
  echo "== $stage"
}

end() {
  took=$(($(date +%s) - began))
  echo "$took $stage" >>"$results/stages"
  echo "   $stage: $took s"
}

check() {
  begin "$1"
  shift
  if "$@"; then echo "$stage" >>"$results/passed"; else echo "$stage" >>"$results/failed"; fi
  end
}

lacking() {
  echo "== $1: not run, $2"
  echo "$1 ($2)" >>"$results/left-out"
}

# Node 24 may abort where one thread frees a wrapper of WebAssembly that another has just made faster (V8's
# `jit_page.has_value()`): a test process that asks much by fetch() makes none faster. Jest hands the flag on.
node_flags=--wasm-wrapper-tiering-budget=2147483647

# What waits for daemons and kernels says itself what it has waited for in vain: jest's own limit is for what hangs.
patience=--testTimeout=120000

# Jest's own count goes to a file; when it could not even write that, the run counts as one failure.
tests() {
  begin "$1"
  shift
  $runner node $node_flags node_modules/jest/bin/jest.js --json --outputFile="$results/$stage.json" --testSequencer ./scripts/longest-first.ts "$@" || [ -s "$results/$stage.json" ] || echo "$stage" >>"$results/failed"
  end
}

server() {
  sh scripts/elasticsearch.sh "$@"
}

# A run that was killed left its namespaces, which whoever looks at all there is would find: a name has the number of the
# process that made it, or the last digits of that.
sweep() {
  for file in /run/netns/sk[0-9]* /run/netns/sk[a-z]*[0-9]; do
    name=${file##*/}
    pid=$(expr "$name" : 'sk[a-z]*\([0-9][0-9]*\)')
    if [ -e "$file" ] && ! ls -d /proc/*"$pid" >/dev/null 2>&1; then
      echo "   left by a run that was killed: namespace $name"
      ip netns del "$name"
    fi
  done
}

free_port() {
  node -e 'require("node:net").createServer().listen(0, "127.0.0.1", function () { console.log(this.address().port); this.close(); })'
}

# Writes where it is to a file of its own, or why it is not there to another.
start_server() {
  if server start "$1" "$(free_port)" "$servers/$1" >"$results/$1.said" 2>"$results/$1.why"; then rm "$results/$1.why"; fi
}

stop_servers() {
  [ -n "$servers" ] || return 0
  for kind in es8 es9 es7 opensearch; do server stop "$servers/$kind" --kill --wipe; done
  rm -rf "$servers"
  servers=
}

# Where a server is, for the tests; `none` where it cannot be, which is told.
where() {
  if [ -e "$results/$1.why" ]; then
    lacking "tests against $1" "$(tail -n 1 "$results/$1.why")" >&2
    echo none
  else
    sed -n 's/^url=//p' "$results/$1.said"
  fi
}

# While other things are checked, what these tests need is fetched. One server of each kind is there for all of them; one
# with passwords is started by the tests that want it.
servers=
trap stop_servers EXIT
trap 'exit 130' INT TERM
for kind in es8 es9 es7 opensearch; do server fetch $kind; done >"$results/fetch.log" 2>&1 &
fetching=$!

check 'format and lint' biome check src test bench scripts package.json tsconfig.json biome.json jest.config.js
check types tsc
check 'kernel programs are made from their sources' sh scripts/build-bpf.sh --check
# How soon something happens is asked where nothing else runs.
timed='/test/(api/gremlin/load|query/gremlin/run/endless|archive/flows/aging)[.]test'
tests unit $patience --maxWorkers=2 --testPathIgnorePatterns '/test/(kernel|e2e|byhand|archive/elasticsearch)/' "$timed"
tests timed $patience --runInBand --testPathPatterns "$timed"

begin 'servers of Elasticsearch'
wait $fetching
servers=$(mktemp -d "${TMPDIR:-/tmp}/skein-servers.XXXXXX")
# Each wants a processor of its own while it starts.
for two in 'es8 es9' 'es7 opensearch'; do
  start_server "${two% *}" &
  started=$!
  start_server "${two#* }"
  wait $started
done
SKEIN_ES8=$(where es8)
SKEIN_ES9=$(where es9)
SKEIN_ES7=$(where es7)
SKEIN_OPENSEARCH=$(where opensearch)
export SKEIN_ES8 SKEIN_ES9 SKEIN_ES7 SKEIN_OPENSEARCH
end
# Some of these have hosts of their own, in namespaces.
if [ "$(id -u)" = 0 ]; then
  runner=with_root_mounted
  sweep
fi
tests elasticsearch $patience --maxWorkers=2 --passWithNoTests --testPathPatterns '/test/(archive/elasticsearch|e2e/elasticsearch)'
stop_servers

if [ "$(id -u)" = 0 ] && unshare --net true 2>/dev/null; then
  runner=with_root_mounted
  # Each has namespaces of its own and waits most of the time, so they run side by side; but those that look at
  # everything there is on this machine, and those whose devices nobody else may listen on.
  whole='/test/(kernel/(memory|native_watch|netlinkmodel|why)|e2e/(checks-lab|gremlin))[.]test'
  tests kernel $patience --maxWorkers=3 --passWithNoTests --testPathPatterns '/test/(kernel|e2e)/' --testPathIgnorePatterns "$whole" '/test/e2e/elasticsearch'
  tests machine $patience --runInBand --passWithNoTests --testPathPatterns "$whole"
else
  lacking 'tests in namespaces' 'they need root'
fi

trap - EXIT
exec node scripts/sum-tests.ts "$results"
