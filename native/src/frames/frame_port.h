/** Frames of one protocol, of all interfaces of a namespace or of one: what neighbours say of themselves. No JavaScript here. */
#pragma once

#include <array>
#include <cstdint>

#include "packet_port.h"

namespace skein::frames {

using MacAddress = std::array<uint8_t, 6>;

/** Opened in the namespace of the calling thread. Throws Failure. */
Fd openFrames(const PacketPortOptions& options);

/**
 * A batch is frames back to back: interface index (4 bytes), length (4 bytes), the frame from its Ethernet header on,
 * filled up to a multiple of 4.
 */
class FramePort : public PacketPort {
 public:
  explicit FramePort(Fd fd);

  /** Has an interface pass frames for a multicast address (packet(7), PACKET_ADD_MEMBERSHIP). Throws Failure. */
  void join(int interfaceIndex, const MacAddress& address) const;

 private:
  void append(Batch& batch, const Heard& heard) override;
};

}  // namespace skein::frames
