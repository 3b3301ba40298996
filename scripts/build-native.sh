#!/bin/sh
# Builds the addon: native/src -> build/skein.node. Needs g++ and gcc (or CXX and CC) and node_modules, nothing else.
# Compiles what changed since the last time; when nothing did, it only compares one hash.
set -eu
cd "$(dirname "$0")/.."

CXX=${CXX:-g++}
CC=${CC:-gcc}
OUT=build/skein.node
OBJECTS=build/native
INCLUDES="-Inode_modules/node-api-headers/include -Inode_modules/node-addon-api"
COMMON="-O2 -Inative/src -fPIC -fvisibility=hidden -Wall -Wextra -ffunction-sections"
CXXFLAGS="-std=c++17 $COMMON -DNAPI_VERSION=9 -DNODE_ADDON_API_CPP_EXCEPTIONS -DNODE_ADDON_API_DISABLE_DEPRECATED
  -DNODE_API_SWALLOW_UNTHROWABLE_EXCEPTIONS $INCLUDES"
CFLAGS="-std=gnu11 $COMMON"
# nodelete: the poller's thread outlives the worker that loaded the addon.
LDFLAGS="-shared -pthread -Wl,-z,nodelete -Wl,-z,now -Wl,-z,relro -Wl,--gc-sections -Wl,--exclude-libs,ALL -s"

fail() {
  printf 'skein: cannot build the native addon: %s\n' "$1" >&2
  exit 1
}

# What everything depends on: flags, compiler, headers, this script.
base() {
  printf '%s\n' "$CXX" "$CC" "$CXXFLAGS" "$CFLAGS" "$LDFLAGS"
  cat scripts/build-native.sh node_modules/node-addon-api/package.json node_modules/node-api-headers/package.json
  find native/src bpf -name '*.h' 2>/dev/null | LC_ALL=C sort | xargs cat
}

[ -d node_modules/node-addon-api ] && [ -d node_modules/node-api-headers ] ||
  fail 'node_modules is incomplete; run: npm install'

SOURCES=$(find native/src -name '*.cc' -o -name '*.c' | LC_ALL=C sort)
STAMP=$( { base; cat $SOURCES; } | sha256sum | cut -d' ' -f1)
if [ -f "$OUT" ] && [ "$(cat "$OBJECTS/stamp" 2>/dev/null)" = "$STAMP" ]; then
  exit 0
fi

command -v "$CXX" >/dev/null 2>&1 || fail "no C++ compiler ($CXX) found; install one, e.g.: apt-get install g++"
command -v "$CC" >/dev/null 2>&1 || fail "no C compiler ($CC) found; install one, e.g.: apt-get install gcc"

mkdir -p "$OBJECTS"
# Two builds at once (npm start beside npm test) take turns, where there is flock.
exec 9>"$OBJECTS/lock"
if command -v flock >/dev/null 2>&1; then flock 9; fi

BASE=$(base | sha256sum | cut -d' ' -f1)
WANTED=
MISSING=
for source in $SOURCES; do
  hash=$( { echo "$BASE"; cat "$source"; } | sha256sum | cut -c1-16)
  object=$OBJECTS/$(basename "$source").$hash.o
  WANTED="$WANTED $object"
  [ -f "$object" ] || MISSING="$MISSING $source $object"
done

if [ -n "$MISSING" ]; then
  export CXX CC CXXFLAGS CFLAGS
  # An object appears under its name only when whole.
  printf '%s\n' $MISSING | xargs -P "$(getconf _NPROCESSORS_ONLN 2>/dev/null || echo 2)" -n 2 sh -c '
    case $1 in
      *.cc) $CXX $CXXFLAGS -c "$1" -o "$2.part" ;;
      *) $CC $CFLAGS -c "$1" -o "$2.part" ;;
    esac && mv "$2.part" "$2"' compile || fail 'it does not compile (see above)'
fi

$CXX $WANTED $LDFLAGS -o "$OUT.part" || fail 'it does not link (see above)'
mv "$OUT.part" "$OUT"
for object in "$OBJECTS"/*.o; do
  case " $WANTED " in *" $object "*) ;; *) rm -f "$object" ;; esac
done
echo "$STAMP" >"$OBJECTS/stamp"
