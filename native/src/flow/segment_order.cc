#include "flow/segment_order.h"

#include <algorithm>

namespace skein::flow {
namespace {

constexpr int64_t kPatienceNs = 30'000'000'000;
constexpr size_t kEarlyMax = 64;

/** How far b is after a, around the end of the numbers. */
int32_t distance(uint32_t a, uint32_t b) { return static_cast<int32_t>(b - a); }

}  // namespace

void SegmentOrder::segment(int end, uint32_t sequence, uint32_t length, uint32_t payload, int64_t nowNs) {
  Side& side = sides_[end];
  if (length == 0) return;
  if (!side.isKnown) {
    side.isKnown = true;
    side.next = sequence;
  }
  while (!side.early.empty() && side.early.front().sinceNs < nowNs - kPatienceNs) skip(side);
  const uint32_t to = sequence + length;
  if (distance(side.next, sequence) > 0) {
    side.counts.early++;
    keep(side, {sequence, to, payload != 0 ? 1u : 0u, payload, nowNs});
    if (side.early.size() > kEarlyMax) skip(side);
    return;
  }
  const int32_t added = distance(side.next, to);
  if (added <= 0) return;
  side.counts.segments += payload != 0 ? 1 : 0;
  side.counts.bytes += std::min<uint32_t>(static_cast<uint32_t>(added), payload);
  side.next = to;
  take(side);
}

bool SegmentOrder::giveUp() {
  bool wasWaiting = false;
  for (Side& side : sides_) {
    while (!side.early.empty()) {
      wasWaiting = true;
      skip(side);
    }
  }
  return wasWaiting;
}

/** What has its turn now. */
void SegmentOrder::take(Side& side) {
  size_t count = 0;
  for (const Early& early : side.early) {
    if (distance(side.next, early.from) > 0) break;
    count++;
    const int32_t added = distance(side.next, early.to);
    if (added <= 0) continue;
    side.counts.segments += early.segments;
    side.counts.bytes += std::min<uint32_t>(static_cast<uint32_t>(added), early.bytes);
    side.next = early.to;
  }
  side.early.erase(side.early.begin(), side.early.begin() + static_cast<std::ptrdiff_t>(count));
}

void SegmentOrder::skip(Side& side) {
  const int32_t gap = distance(side.next, side.early.front().from);
  if (gap > 0) {
    side.counts.skipped++;
    side.counts.skippedBytes += static_cast<uint32_t>(gap);
    side.next = side.early.front().from;
  }
  take(side);
}

/** Beside what is there already; what it has of others' bytes is not counted twice. */
void SegmentOrder::keep(Side& side, Early early) {
  std::vector<Early>& list = side.early;
  const auto before = std::find_if(list.rbegin(), list.rend(), [&](const Early& other) {
                        return distance(other.from, early.from) >= 0;
                      }).base();
  if (before != list.begin()) {
    Early& last = *std::prev(before);
    if (distance(last.to, early.to) <= 0 && distance(early.from, last.to) >= 0) {
      const auto overlap = static_cast<uint32_t>(distance(early.from, last.to));
      last.to = early.to;
      last.segments += early.segments;
      last.bytes += early.bytes - std::min(early.bytes, overlap);
      return;
    }
    if (distance(early.to, last.to) >= 0) return;  // all of it is there
  }
  list.insert(before, early);
}

}  // namespace skein::flow
