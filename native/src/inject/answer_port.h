/** What comes back to a namespace, filtered: from the network layer on, whatever link it came by. No JavaScript here. */
#pragma once

#include "packet_port.h"

namespace skein::inject {

/** Opened in the namespace of the calling thread. Throws Failure. */
Fd openAnswers(const PacketPortOptions& options);

/**
 * A batch is packets back to back: interface index and length (4 bytes each), the time the kernel took it in (epoch ns,
 * 8 bytes), the packet from its network layer on, filled up to a multiple of 8.
 */
class AnswerPort : public PacketPort {
 public:
  explicit AnswerPort(Fd fd);

 private:
  void append(Batch& batch, const Heard& heard) override;
};

}  // namespace skein::inject
