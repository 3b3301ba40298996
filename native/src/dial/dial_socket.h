/** The socket of a dial, opened in the namespace of the calling thread: set up, and not yet on its way. */
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "dial/dial_address.h"
#include "fd.h"

namespace skein::dial {

enum class Protocol { kTcp, kUdp, kIcmp };

struct DialOptions {
  Protocol protocol = Protocol::kTcp;
  std::string address;
  uint16_t port = 0;
  std::string from;  // empty: the kernel's choice
  std::vector<uint8_t> payload;
  /** As it is or not at all, whatever is known of the path (ip(7), IP_PMTUDISC_PROBE). */
  bool dontFragment = false;
};

struct OpenedDial {
  DialOptions options;
  DialAddress to;
  Fd fd;
  /** ICMP: no socket of type ping, so that headers and ids are ours. */
  bool isRaw = false;
};

/** Throws Failure. */
OpenedDial openDial(const DialOptions& options);

}  // namespace skein::dial
