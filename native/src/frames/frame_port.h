/** Frames of one protocol, of all interfaces of a namespace or of one: what neighbours say of themselves. No JavaScript here. */
#pragma once

#include <linux/filter.h>

#include <array>
#include <cstdint>
#include <vector>

#include "port.h"

namespace skein::frames {

/** Frames of one batch. */
constexpr int kBatchFrames = 64;

using MacAddress = std::array<uint8_t, 6>;

struct FrameOptions {
  /** linux/if_ether.h */
  uint16_t protocol = 0;
  /** 0: all. */
  int interfaceIndex = 0;
  /** Empty: all frames pass. */
  std::vector<sock_filter> filter;
};

/** Opened in the namespace of the calling thread. Throws Failure. */
Fd openFrames(const FrameOptions& options);

/**
 * A batch is frames back to back: interface index (4 bytes), length (4 bytes), the frame from its Ethernet header on,
 * filled up to a multiple of 4.
 */
class FramePort : public Port<std::vector<uint8_t>> {
 public:
  explicit FramePort(Fd fd) : Port(std::move(fd), "packet socket") {}

  /** Has an interface pass frames for a multicast address (packet(7), PACKET_ADD_MEMBERSHIP). Throws Failure. */
  void join(int interfaceIndex, const MacAddress& address) const;
  void close() override;

 private:
  void readBatches(int fd) override;
};

}  // namespace skein::frames
