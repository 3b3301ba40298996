/** What a socket's error queue tells (ip(7), IP_RECVERR): ICMP errors with their senders, and the kernel's own. */
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace skein::dial {

struct QueuedError {
  int error = 0;
  bool isIcmp = false;  // otherwise our own kernel's
  uint8_t type = 0;
  uint8_t code = 0;
  uint32_t info = 0;  // EMSGSIZE: the MTU
  std::string from;
  /** Of the packet that it is about, from its transport header on. */
  std::vector<uint8_t> about;
};

/** The next one, if there is one. */
std::optional<QueuedError> nextError(int fd);

}  // namespace skein::dial
