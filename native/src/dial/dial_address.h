/** Addresses of a dial: from text to what the kernel takes, and back. */
#pragma once

#include <netinet/in.h>
#include <sys/socket.h>

#include <string>

namespace skein::dial {

struct DialAddress {
  sockaddr_storage storage{};

  int family() const { return storage.ss_family; }
  socklen_t size() const { return family() == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6); }
  const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
  uint16_t port() const;
  void setPort(uint16_t port);
  /** Without its zone; empty for what is no IP address. */
  std::string text() const;
};

/** IPv4, IPv6, also with a zone (`fe80::1%eth0`), which is left to `enterZone`. Throws Failure: EINVAL. */
DialAddress parseDialAddress(const std::string& text);

/** The zone of the text, if it has one: an interface of the namespace that the socket is in. Throws Failure. */
void enterZone(DialAddress& address, const std::string& text, int fd);

}  // namespace skein::dial
