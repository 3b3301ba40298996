#include "ebpf/kernel_table.h"

#include <time.h>

#include <algorithm>
#include <fstream>

#include "ebpf/bpf_call.h"
#include "gen/flow.image.h"
#include "gen/flow_probed.image.h"

namespace skein::ebpf {
namespace {

namespace image = flow_image;

constexpr BpfImage kImage = {image::data, sizeof image::data - 1, image::insns, sizeof image::insns - 1,
                             image::kMaps, image::kPrograms};

/** The same maps and programs for kernels before Linux 6.2. */
namespace probed = flow_probed_image;
constexpr BpfImage kProbed = {probed::data,  sizeof probed::data - 1, probed::insns, sizeof probed::insns - 1,
                              probed::kMaps, probed::kPrograms};
static_assert(int{image::sets} == int{probed::sets} && int{image::occupied} == int{probed::occupied} &&
              int{image::control} == int{probed::control} && int{image::evicted} == int{probed::evicted} &&
              int{image::firsts} == int{probed::firsts} && int{image::losses} == int{probed::losses} &&
              int{image::counters} == int{probed::counters} && int{image::clock} == int{probed::clock} &&
              int{image::flow_seen} == int{probed::flow_seen} && int{image::flow_seen_raw} == int{probed::flow_seen_raw} &&
              int{image::flow_clock} == int{probed::flow_clock});

/** Slots of all CPUs together, 128 bytes each: a machine of many CPUs gets fewer for each. */
constexpr uint32_t kSlotsMax = 1 << 20;

/** Those that may ever be there, from "0-3" or "0,2-5": the kernel numbers its per-CPU parts by them. */
uint32_t possibleProcessors() {
  std::ifstream file("/sys/devices/system/cpu/possible");
  std::string text;
  std::getline(file, text);
  const size_t last = text.find_last_of(",-");
  const int number = atoi(text.c_str() + (last == std::string::npos ? 0 : last + 1));
  return static_cast<uint32_t>(std::max(0, number)) + 1;
}

uint32_t setBitsFor(uint32_t slots, uint32_t processors) {
  while (slots > 128 && uint64_t{slots} * processors > kSlotsMax) slots /= 2;
  return static_cast<uint32_t>(__builtin_ctz(slots)) - 1;
}

size_t pages(size_t bytes) {
  const size_t page = static_cast<size_t>(getpagesize());
  return (bytes + page - 1) / page * page;
}

uint32_t jiffiesPerSecond() {
  timespec tick;
  // The coarse clocks go forward once a jiffy.
  if (clock_getres(CLOCK_MONOTONIC_COARSE, &tick) != 0 || tick.tv_nsec == 0) throw Failure::of("read the length of a jiffy");
  return static_cast<uint32_t>((1'000'000'000 + tick.tv_nsec / 2) / tick.tv_nsec);
}

BpfLoaded load(TableImage wanted, const std::map<int, uint32_t>& sizes) {
  if (wanted == TableImage::kProbed) return loadBpf(kProbed, sizes);
  try {
    return loadBpf(kImage, sizes);
  } catch (const Failure& failure) {
    // Who may not load one may not load the other.
    if (wanted == TableImage::kDirect || failure.error == EPERM) throw;
    return loadBpf(kProbed, sizes);
  }
}

BpfLoaded load(TableImage wanted, uint32_t sets, uint32_t ringBytes, uint32_t firstBytes) {
  return load(wanted, {{image::sets, sets},
                       {image::occupied, sets / 64},
                       {image::evicted, ringBytes},
                       {image::firsts, firstBytes}});
}

/** First packets need less room than what is counted: they may be lost. */
uint32_t firstBytes(uint32_t ringBytes) { return std::max<uint32_t>(ringBytes / 2, 4096); }

}  // namespace

KernelTable::KernelTable(const KernelTableOptions& options)
    : processors_(possibleProcessors()),
      setBits_(setBitsFor(options.slots, processors_)),
      loaded_(load(options.image, 2 * processors_ << setBits_, options.ringBytes, firstBytes(options.ringBytes))),
      sets_(loaded_.maps[image::sets], pages((size_t{2} * processors_ << setBits_) * sizeof(flow_set)),
            PROT_READ | PROT_WRITE),
      occupied_(loaded_.maps[image::occupied], pages((size_t{2} * processors_ << setBits_) / 8), PROT_READ | PROT_WRITE),
      control_(loaded_.maps[image::control], pages(sizeof(flow_control)), PROT_READ | PROT_WRITE),
      evicted_(loaded_.maps[image::evicted], options.ringBytes),
      firsts_(loaded_.maps[image::firsts], firstBytes(options.ringBytes)) {
  control_->set_bits = setBits_;
  control_->wake_bytes = options.ringBytes / 8;
  control_->first_packets = options.firstPackets;
  control_->header_size = options.headerSize;
  control_->hz = jiffiesPerSecond();
}

const Fd& KernelTable::program(bool isEthernet) const {
  return loaded_.programs[isEthernet ? image::flow_seen : image::flow_seen_raw];
}

void KernelTable::addPlace(uint64_t place) {
  const flow_losses none{};
  ElementCall call{static_cast<uint32_t>(loaded_.maps[image::losses].get()), 0, address(&place), address(&none), 0};
  if (bpfCall(BPF_MAP_UPDATE_ELEM, call) != 0) throw Failure::of("write a BPF map");
}

void KernelTable::removePlace(uint64_t place) {
  ElementCall call{static_cast<uint32_t>(loaded_.maps[image::losses].get()), 0, address(&place), 0, 0};
  bpfCall(BPF_MAP_DELETE_ELEM, call);
}

flow_losses KernelTable::lossesOf(uint64_t place) const {
  flow_losses losses{};
  ElementCall call{static_cast<uint32_t>(loaded_.maps[image::losses].get()), 0, address(&place), address(&losses), 0};
  bpfCall(BPF_MAP_LOOKUP_ELEM, call);
  return losses;
}

flow_counters KernelTable::counters() const {
  std::vector<flow_counters> each(processors_);
  const uint32_t key = 0;
  ElementCall call{static_cast<uint32_t>(loaded_.maps[image::counters].get()), 0, address(&key), address(each.data()), 0};
  flow_counters sum{};
  if (bpfCall(BPF_MAP_LOOKUP_ELEM, call) != 0) return sum;
  for (const flow_counters& one : each) {
    sum.evictions += one.evictions;
    sum.first_lost += one.first_lost;
  }
  return sum;
}

uint64_t KernelTable::jiffies() const {
  runBpf(loaded_.programs[image::flow_clock]);
  return getBpf(loaded_.maps[image::clock], 0);
}

void KernelTable::swap() {
  const uint32_t half = processors_ << setBits_;
  __atomic_store_n(&control_->base, control_->base == 0 ? half : 0, __ATOMIC_RELEASE);
}

}  // namespace skein::ebpf
