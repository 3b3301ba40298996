/** What the kernel has counted as observations, with the same ids and layers as the engine gives to its packets. */
#pragma once

#include <cstdint>
#include <vector>

#include "../../bpf/flow.h"
#include "ebpf/table_clock.h"
#include "flow/walk.h"

namespace skein::ebpf {

class SlotReader {
 public:
  /** Appends an observation without a source. */
  void slot(const flow_slot& slot, const TableClock& clock, std::vector<uint8_t>& out);
  /** A drop by its reason, or segments that were sent again. When is not known: its times are 0. */
  void fact(const flow_fact& fact, uint64_t count, std::vector<uint8_t>& out);

 private:
  flow::Observation read(const flow_slot& slot);

  flow::Levels levels_;
  flow::WalkOptions options_ = {true, 0, nullptr};
};

}  // namespace skein::ebpf
