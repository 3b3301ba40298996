#include "ebpf/fact_table.h"

#include "ebpf/bpf_call.h"
#include "gen/flow_drops.image.h"
#include "gen/flow_retransmits.image.h"

namespace skein::ebpf {
namespace {

namespace drops_image = flow_drops_image;
namespace retransmits_image = flow_retransmits_image;

constexpr BpfImage kDrops = {drops_image::data,  sizeof drops_image::data - 1, drops_image::insns, sizeof drops_image::insns - 1,
                             drops_image::kMaps, drops_image::kPrograms};
constexpr BpfImage kRetransmits = {retransmits_image::data,      sizeof retransmits_image::data - 1,
                                   retransmits_image::insns,     sizeof retransmits_image::insns - 1,
                                   retransmits_image::kMaps,     retransmits_image::kPrograms};

constexpr uint32_t kAtOnce = 1024;

/** BPF_MAP_LOOKUP_AND_DELETE_BATCH. */
struct BatchCall {
  uint64_t from;
  uint64_t next;
  uint64_t keys;
  uint64_t values;
  uint32_t count;
  uint32_t map;
  uint64_t elementFlags;
  uint64_t flags;
};

}  // namespace

FactTable FactTable::drops(const std::vector<uint32_t>& skipped) {
  return FactTable(kDrops, {{drops_image::facts0, drops_image::facts1}, drops_image::fact_control, drops_image::places},
                   skipped);
}

FactTable FactTable::retransmits() {
  return FactTable(
      kRetransmits,
      {{retransmits_image::facts0, retransmits_image::facts1}, retransmits_image::fact_control, retransmits_image::places},
      {});
}

FactTable::FactTable(const BpfImage& image, const Maps& maps, const std::vector<uint32_t>& skipped)
    : loaded_(loadBpf(image)),
      maps_(maps),
      control_(loaded_.maps[maps.control], static_cast<size_t>(getpagesize()), PROT_READ | PROT_WRITE) {
  for (const uint32_t reason : skipped) {
    if (reason < FLOW_REASONS) control_->skipped[reason / 64] = control_->skipped[reason / 64] | uint64_t{1} << reason % 64;
  }
  attached_ = attachBpf(loaded_.programs[0]);
}

void FactTable::addPlace(uint64_t place) {
  const uint8_t there = 1;
  ElementCall call{static_cast<uint32_t>(loaded_.maps[maps_.places].get()), 0, address(&place), address(&there), 0};
  if (bpfCall(BPF_MAP_UPDATE_ELEM, call) != 0) throw Failure::of("write a BPF map");
}

void FactTable::removePlace(uint64_t place) {
  ElementCall call{static_cast<uint32_t>(loaded_.maps[maps_.places].get()), 0, address(&place), 0, 0};
  bpfCall(BPF_MAP_DELETE_ELEM, call);
}

void FactTable::swap() { control_->half = control_->half ^ 1; }

void FactTable::empty(std::vector<Fact>& into) {
  const uint32_t half = control_->half ^ 1;
  if (control_->filled[half] == 0) return;
  control_->filled[half] = 0;
  std::vector<flow_fact> keys(kAtOnce);
  std::vector<uint64_t> counts(kAtOnce);
  uint64_t position[2] = {};
  bool isFirst = true;
  for (;;) {
    BatchCall call{isFirst ? 0 : address(position), address(position), address(keys.data()), address(counts.data()),
                   kAtOnce, static_cast<uint32_t>(loaded_.maps[maps_.facts[half]].get()), 0, 0};
    const int result = bpfCall(BPF_MAP_LOOKUP_AND_DELETE_BATCH, call);
    const bool isOver = result != 0;
    // The last batch comes with ENOENT.
    if (isOver && errno != ENOENT) return;
    for (uint32_t i = 0; i < call.count; i++) into.push_back({keys[i], counts[i]});
    if (isOver) return;
    isFirst = false;
  }
}

}  // namespace skein::ebpf
