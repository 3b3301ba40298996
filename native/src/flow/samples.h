/** Payloads of a conversation's first packets, as an observation carries them (PayloadHead, bytes, padding to 8). */
#pragma once

#include <cstdint>
#include <vector>

#include "flow/level.h"

namespace skein::flow {

class Samples {
 public:
  /** The size of an observation is a number of 16 bits, and it is more than its payloads. */
  static constexpr size_t kBytesMax = 60'000;

  void add(const Level& level, uint32_t bytesMax);
  uint32_t count() const { return count_; }
  const std::vector<uint8_t>& bytes() const { return bytes_; }

 private:
  uint32_t count_ = 0;
  std::vector<uint8_t> bytes_;
};

}  // namespace skein::flow
