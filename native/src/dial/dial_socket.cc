#include "dial/dial_socket.h"

#include <netinet/icmp6.h>
#include <linux/icmp.h>
#include <netinet/tcp.h>

#include "failure.h"

namespace skein::dial {
namespace {

#ifndef IP_BIND_ADDRESS_NO_PORT
#define IP_BIND_ADDRESS_NO_PORT 24
#endif

constexpr int kFlags = SOCK_CLOEXEC | SOCK_NONBLOCK;

void set(int fd, int level, int name, int value, const char* attempt) {
  if (setsockopt(fd, level, name, &value, sizeof value) != 0) throw Failure::of(attempt);
}

/** Echo replies alone: a namespace's other messages are not for us. */
void hearReplies(int fd, int family) {
  if (family == AF_INET) {
    icmp_filter filter{~(1u << ICMP_ECHOREPLY)};
    if (setsockopt(fd, SOL_RAW, ICMP_FILTER, &filter, sizeof filter) != 0) throw Failure::of("filter ICMP");
    return;
  }
  icmp6_filter filter;
  ICMP6_FILTER_SETBLOCKALL(&filter);
  ICMP6_FILTER_SETPASS(ICMP6_ECHO_REPLY, &filter);
  if (setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof filter) != 0) throw Failure::of("filter ICMPv6");
}

/** Where raw ones are refused, a group may have been allowed to ping (net.ipv4.ping_group_range). */
Fd icmpSocket(int family, bool& isRaw) {
  const int protocol = family == AF_INET ? int{IPPROTO_ICMP} : int{IPPROTO_ICMPV6};
  isRaw = true;
  Fd fd(socket(family, SOCK_RAW | kFlags, protocol));
  if (fd) {
    hearReplies(fd.get(), family);
    return fd;
  }
  const Failure refused = Failure::of("open a raw socket for ICMP");
  if (refused.error != EPERM && refused.error != EACCES) throw refused;
  isRaw = false;
  fd = Fd(socket(family, SOCK_DGRAM | kFlags, protocol));
  if (!fd) throw refused;
  return fd;
}

Fd socketFor(Protocol protocol, int family, bool& isRaw) {
  if (protocol == Protocol::kIcmp) return icmpSocket(family, isRaw);
  Fd fd(socket(family, (protocol == Protocol::kTcp ? SOCK_STREAM : SOCK_DGRAM) | kFlags, 0));
  if (!fd) throw Failure::of("open a socket");
  return fd;
}

/** What ICMP says of it is to be heard with who said so (ip(7), IP_RECVERR). */
void hearErrors(int fd, int family) {
  if (family == AF_INET) {
    set(fd, IPPROTO_IP, IP_RECVERR, 1, "hear ICMP errors");
  } else {
    set(fd, IPPROTO_IPV6, IPV6_RECVERR, 1, "hear ICMPv6 errors");
  }
}

void dontFragment(int fd, int family) {
  if (family == AF_INET) {
    set(fd, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_PROBE, "send without fragments");
    return;
  }
  set(fd, IPPROTO_IPV6, IPV6_MTU_DISCOVER, IPV6_PMTUDISC_PROBE, "send without fragments");
  set(fd, IPPROTO_IPV6, IPV6_DONTFRAG, 1, "send without fragments");
}

}  // namespace

OpenedDial openDial(const DialOptions& options) {
  OpenedDial opened{options, parseDialAddress(options.address), Fd(), false};
  const int family = opened.to.family();
  opened.fd = socketFor(options.protocol, family, opened.isRaw);
  const int fd = opened.fd.get();
  enterZone(opened.to, options.address, fd);
  opened.to.setPort(options.port);
  hearErrors(fd, family);
  if (options.dontFragment) dontFragment(fd, family);
  if (options.from.empty()) return opened;
  DialAddress from = parseDialAddress(options.from);
  if (from.family() != family) throw Failure{EAFNOSUPPORT, "dial " + options.address + " from " + options.from};
  enterZone(from, options.from, fd);
  if (options.protocol == Protocol::kTcp) set(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, 1, "bind without a port");
  if (bind(fd, from.get(), from.size()) != 0) throw Failure::of("dial from " + options.from);
  return opened;
}

}  // namespace skein::dial
