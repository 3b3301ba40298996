/** The flow table in the kernel (bpf/flow.bpf.c), as user space reads it. One thread drains it. */
#pragma once

#include <cstdint>

#include "../../bpf/flow.h"
#include "bpf_image.h"
#include "ebpf/mapped.h"
#include "ebpf/ring.h"

namespace skein::ebpf {

/** How the programs read the kernel's structs: as their own (Linux 6.2), or by probes. Both count the same. */
enum class TableImage { kBest, kDirect, kProbed };

struct KernelTableOptions {
  uint32_t slots;  // for each CPU, a power of two, at least 128
  uint32_t ringBytes;
  uint32_t firstPackets;
  uint32_t headerSize;
  TableImage image = TableImage::kBest;
};

class KernelTable {
 public:
  /** Loads the programs. Throws Failure. */
  explicit KernelTable(const KernelTableOptions& options);

  /** To be attached to interfaces, whose packets begin with Ethernet or with IP. */
  const Fd& program(bool isEthernet) const;
  Ring& evicted() { return evicted_; }
  Ring& firsts() { return firsts_; }

  /** Losses are counted from here on for a place, and forgotten. Throw Failure. */
  void addPlace(uint64_t place);
  void removePlace(uint64_t place);
  flow_losses lossesOf(uint64_t place) const;
  flow_counters counters() const;
  /** Jiffies now. */
  uint64_t jiffies() const;

  /** Counting goes on in the other half. After a grace period the one before stands still. */
  void swap();
  /** Calls `take` with each slot of the half that stands still, and empties it. */
  template <typename Take>
  void empty(Take&& take);

 private:
  uint32_t processors_;
  uint32_t setBits_;  // sets of each processor, as a power of two
  BpfLoaded loaded_;
  Mapped<flow_set> sets_;
  Mapped<uint64_t> occupied_;
  Mapped<flow_control> control_;
  Ring evicted_;
  Ring firsts_;
};

template <typename Take>
void KernelTable::empty(Take&& take) {
  const uint32_t half = processors_ << setBits_;
  const uint32_t base = control_->base == 0 ? half : 0;
  for (uint32_t word = base / 64; word < (base + half) / 64; word++) {
    uint64_t bits = occupied_[word];
    if (bits == 0) continue;
    occupied_[word] = 0;
    for (; bits != 0; bits &= bits - 1) {
      flow_set& set = sets_[word * 64u + static_cast<uint32_t>(__builtin_ctzll(bits))];
      for (flow_slot& slot : set.slots) {
        if (slot.place == 0) continue;
        take(slot);
        slot.place = 0;
      }
    }
  }
}

}  // namespace skein::ebpf
