/** What time it was: from jiffies of the table and from the kernel's monotonic clock to epoch. */
#pragma once

#include <time.h>

#include <algorithm>
#include <cstdint>

namespace skein::ebpf {

inline int64_t clockNs(clockid_t clock) {
  timespec now;
  clock_gettime(clock, &now);
  return int64_t{now.tv_sec} * 1'000'000'000 + now.tv_nsec;
}

class TableClock {
 public:
  TableClock() {
    timespec tick;
    clock_getres(CLOCK_MONOTONIC_COARSE, &tick);
    tickNs_ = tick.tv_nsec;
  }

  /** Now and then: the wall clock may be set, and a jiffy is found to have begun earlier than we thought. */
  void tell(uint64_t jiffies) {
    jiffies_ = jiffies;
    const int64_t monotonic = clockNs(CLOCK_MONOTONIC);
    epochOffsetNs_ = clockNs(CLOCK_REALTIME) - monotonic;
    startNs_ = std::min(startNs_, monotonic - static_cast<int64_t>(jiffies) * tickNs_);
  }

  /** The lower half of jiffies of the last days → epoch ms, exact to a jiffy. */
  double msOf(uint32_t jiffies) const {
    const int64_t since = static_cast<int32_t>(jiffies - static_cast<uint32_t>(jiffies_));
    const int64_t ns = (static_cast<int64_t>(jiffies_) + since) * tickNs_ + startNs_ + epochOffsetNs_;
    return static_cast<double>(ns) / 1e6;
  }
  int64_t epochNs(uint64_t monotonicNs) const { return static_cast<int64_t>(monotonicNs) + epochOffsetNs_; }
  double nowMs() const { return static_cast<double>(clockNs(CLOCK_REALTIME)) / 1e6; }

 private:
  int64_t tickNs_;
  int64_t startNs_ = INT64_MAX;  // when jiffies were 0
  int64_t epochOffsetNs_ = 0;
  uint64_t jiffies_ = 0;
};

}  // namespace skein::ebpf
