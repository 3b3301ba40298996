/** Drops and retransmissions (bpf/flow_facts.h): a program on its tracepoint, and what it counted. Optional. */
#pragma once

#include <cstdint>
#include <vector>

#include "../../bpf/flow.h"
#include "bpf_image.h"
#include "ebpf/mapped.h"

namespace skein::ebpf {

class FactTable {
 public:
  struct Fact {
    flow_fact fact;
    uint64_t count;
  };

  /** Loads and attaches. `skipped`: reasons of drops that are none. Throw Failure. */
  static FactTable drops(const std::vector<uint32_t>& skipped);
  static FactTable retransmits();

  void addPlace(uint64_t place);
  void removePlace(uint64_t place);
  /** As with KernelTable. */
  void swap();
  void empty(std::vector<Fact>& into);
  /** Found no room. */
  uint64_t lost() const { return control_->lost; }

 private:
  struct Maps {
    int facts[2];
    int control;
    int places;
  };
  FactTable(const BpfImage& image, const Maps& maps, const std::vector<uint32_t>& skipped);

  BpfLoaded loaded_;
  Maps maps_;
  Mapped<volatile flow_fact_control> control_;
  Fd attached_;
};

}  // namespace skein::ebpf
