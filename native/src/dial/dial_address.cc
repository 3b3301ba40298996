#include "dial/dial_address.h"

#include <arpa/inet.h>
#include <net/if.h>
#include <sys/ioctl.h>

#include <cstring>

#include "failure.h"

namespace skein::dial {
namespace {

sockaddr_in& v4(sockaddr_storage& storage) { return reinterpret_cast<sockaddr_in&>(storage); }
sockaddr_in6& v6(sockaddr_storage& storage) { return reinterpret_cast<sockaddr_in6&>(storage); }
const sockaddr_in& v4(const sockaddr_storage& storage) { return reinterpret_cast<const sockaddr_in&>(storage); }
const sockaddr_in6& v6(const sockaddr_storage& storage) { return reinterpret_cast<const sockaddr_in6&>(storage); }

}  // namespace

uint16_t DialAddress::port() const { return ntohs(family() == AF_INET ? v4(storage).sin_port : v6(storage).sin6_port); }

void DialAddress::setPort(uint16_t port) {
  if (family() == AF_INET) {
    v4(storage).sin_port = htons(port);
  } else {
    v6(storage).sin6_port = htons(port);
  }
}

std::string DialAddress::text() const {
  char text[INET6_ADDRSTRLEN] = "";
  if (family() == AF_INET) inet_ntop(AF_INET, &v4(storage).sin_addr, text, sizeof text);
  if (family() == AF_INET6) inet_ntop(AF_INET6, &v6(storage).sin6_addr, text, sizeof text);
  return text;
}

DialAddress parseDialAddress(const std::string& text) {
  DialAddress address;
  const std::string alone = text.substr(0, text.find('%'));
  if (inet_pton(AF_INET, alone.c_str(), &v4(address.storage).sin_addr) == 1) {
    address.storage.ss_family = AF_INET;
  } else if (inet_pton(AF_INET6, alone.c_str(), &v6(address.storage).sin6_addr) == 1) {
    address.storage.ss_family = AF_INET6;
  } else {
    throw Failure{EINVAL, "read the address " + text};
  }
  return address;
}

void enterZone(DialAddress& address, const std::string& text, int fd) {
  const size_t at = text.find('%');
  if (at == std::string::npos || address.family() != AF_INET6) return;
  const std::string name = text.substr(at + 1);
  ifreq request{};
  if (name.empty() || name.size() >= sizeof request.ifr_name) throw Failure{ENODEV, "find the interface " + name};
  memcpy(request.ifr_name, name.data(), name.size());
  if (ioctl(fd, SIOCGIFINDEX, &request) != 0) throw Failure::of("find the interface " + name);
  v6(address.storage).sin6_scope_id = static_cast<uint32_t>(request.ifr_ifindex);
}

}  // namespace skein::dial
