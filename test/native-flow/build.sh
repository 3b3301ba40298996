#!/bin/sh
# Builds build/native-flow/NAME (dump, fuzz) from the engine and NAME.cc when they changed, with the sanitizers that would
# notice a byte too many. Several tests ask for it at once: they take turns.
set -eu
cd "$(dirname "$0")/../.."
name=$1
target=build/native-flow/$name
mkdir -p build/native-flow
exec 9>build/native-flow/lock
if command -v flock >/dev/null 2>&1; then flock 9; fi
if [ -f "$target" ] && [ -z "$(find native/src/flow "test/native-flow/$name.cc" -newer "$target")" ]; then exit 0; fi
part=$target.$$
"${CXX:-g++}" -std=c++17 -O1 -g -fsanitize=address,undefined -fno-sanitize-recover=all -Wall -Wextra -Inative/src \
  "test/native-flow/$name.cc" native/src/flow/*.cc -o "$part"
mv "$part" "$target"
