/** What comes back to a namespace, filtered: from the network layer on, whatever link it came by. No JavaScript here. */
#pragma once

#include <linux/filter.h>

#include <cstdint>
#include <vector>

#include "port.h"

namespace skein::inject {

struct AnswerOptions {
  /** linux/if_ether.h */
  uint16_t protocol = 0;
  /** 0: all. */
  int interfaceIndex = 0;
  std::vector<sock_filter> filter;
};

/** Opened in the namespace of the calling thread. Throws Failure. */
Fd openAnswers(const AnswerOptions& options);

/**
 * A batch is packets back to back: interface index and length (4 bytes each), the time the kernel took it in (epoch ns,
 * 8 bytes), the packet from its network layer on, filled up to a multiple of 8.
 */
class AnswerPort : public Port<std::vector<uint8_t>> {
 public:
  explicit AnswerPort(Fd fd) : Port(std::move(fd), "packet socket") {}

  void close() override;

 private:
  void readBatches(int fd) override;
};

/** A packet socket is let go beside, as the kernel waits for all processors to do so. */
void letGo(std::shared_ptr<const Fd> fd);

}  // namespace skein::inject
