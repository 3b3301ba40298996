/**
 * The order of one TCP connection's segments: what came in order, what came before its turn, and gaps that were given
 * up. Payload is not kept, only where it lies.
 */
#pragma once

#include <cstdint>
#include <vector>

namespace skein::flow {

struct SegmentCounts {
  uint32_t segments = 0;  // with payload, in order, with those that had to wait for their turn
  uint32_t bytes = 0;
  uint32_t early = 0;  // came before their turn
  uint32_t skipped = 0;
  uint32_t skippedBytes = 0;
};

class SegmentOrder {
 public:
  /** A segment with payload, or SYN or FIN (each takes one number of the sequence, none of the bytes). */
  void segment(int end, uint32_t sequence, uint32_t length, uint32_t payload, int64_t nowNs);
  /** Nothing more is waited for: the connection was reset, or is forgotten. Returns whether there was something. */
  bool giveUp();
  SegmentCounts& counts(int end) { return sides_[end].counts; }

 private:
  struct Early {
    uint32_t from, to;
    uint32_t segments, bytes;
    int64_t sinceNs;
  };
  struct Side {
    bool isKnown = false;
    uint32_t next = 0;
    std::vector<Early> early;  // in order, apart
    SegmentCounts counts;
  };
  static void take(Side& side);
  static void skip(Side& side);
  static void keep(Side& side, Early early);

  Side sides_[2];
};

}  // namespace skein::flow
