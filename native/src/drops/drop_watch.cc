#include "drops/drop_watch.h"

#include <time.h>

#include <cstddef>
#include <cstring>

#include "../../bpf/drops_watch.h"
#include "ebpf/bpf_call.h"
#include "failure.h"
#include "gen/drops_watch.image.h"

namespace skein::drops {
namespace {

namespace image = drops_watch_image;

constexpr BpfImage kImage = {image::data,      sizeof image::data - 1, image::insns, sizeof image::insns - 1,
                             image::kMaps,     image::kPrograms};

static_assert(sizeof(drop_wanted) == sizeof(Wanted));

/** Whoever asks for the drops of somebody wants those too of which the kernel only says where they were. */
constexpr uint32_t kNotSpecified = 2;
constexpr uint32_t kWordBits = 64;

uint64_t now(clockid_t clock) {
  timespec time;
  clock_gettime(clock, &time);
  return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_nsec);
}

/** "nf_hook_slow+0x9e/0xc0" is nf_hook_slow; an address that has no name has none. */
std::string nameOf(const char* text) {
  const std::string name(text, strcspn(text, "+ "));
  return name.rfind("0x", 0) == 0 ? "" : name;
}

}  // namespace

DropWatch::DropWatch() {
  loaded_ = loadBpf(kImage);
  ring_ = std::make_unique<ebpf::Ring>(loaded_.maps[image::dropped], DROP_RING_BYTES);
  uint64_t skipped[DROP_CONTROLS - DROP_SKIPPED] = {};
  for (const uint32_t reason : reasons_.ordinary()) {
    if (reason != kNotSpecified) skipped[reason / kWordBits] |= uint64_t{1} << (reason % kWordBits);
  }
  for (uint32_t i = 0; i < DROP_CONTROLS - DROP_SKIPPED; i++) {
    putBpf(loaded_.maps[image::control], DROP_SKIPPED + i, skipped[i]);
  }
  attached_.push_back(attachBpf(loaded_.programs[image::drop_seen]));
}

void DropWatch::want(const Wanted& who, bool isWanted) {
  const std::lock_guard lock(mutex_);
  if (!ring_) throw Failure{EBADF, "watch drops with a watch that is closed"};
  const uint8_t one = 1;
  ebpf::ElementCall call{};
  call.map = static_cast<uint32_t>(loaded_.maps[image::wanted].get());
  call.key = ebpf::address(who.data());
  call.value = ebpf::address(&one);
  if (isWanted) {
    if (ebpf::bpfCall(BPF_MAP_UPDATE_ELEM, call) != 0) {
      throw Failure{errno == E2BIG ? ENOSPC : errno, "watch the drops of two addresses"};
    }
  } else {
    ebpf::bpfCall(BPF_MAP_DELETE_ELEM, call);
  }
}

void DropWatch::wantAll(bool isWanted) {
  const std::lock_guard lock(mutex_);
  if (ring_) putBpf(loaded_.maps[image::control], DROP_ALL, isWanted ? 1 : 0);
}

std::string DropWatch::symbol(uint64_t location) {
  const std::lock_guard lock(mutex_);
  if (!ring_) return "";
  putBpf(loaded_.maps[image::control], DROP_ADDRESS, location);
  runBpf(loaded_.programs[image::drop_symbol]);
  const uint32_t zero = 0;
  char text[DROP_SYMBOL_BYTES] = "";
  ebpf::ElementCall call{};
  call.map = static_cast<uint32_t>(loaded_.maps[image::symbol].get());
  call.key = ebpf::address(&zero);
  call.value = ebpf::address(text);
  if (ebpf::bpfCall(BPF_MAP_LOOKUP_ELEM, call) != 0) return "";
  text[sizeof text - 1] = '\0';
  return nameOf(text);
}

Dropped DropWatch::read() {
  const std::lock_guard lock(mutex_);
  return ring_ ? take() : Dropped{};
}

Dropped DropWatch::take() {
  Dropped dropped;
  const uint64_t offset = now(CLOCK_REALTIME) - now(CLOCK_MONOTONIC);
  ring_->read([&](const uint8_t* bytes, uint32_t size) {
    if (size != sizeof(drop_record)) return;
    drop_record record;
    memcpy(&record, bytes, sizeof record);
    record.time += offset;
    const auto* const told = reinterpret_cast<const uint8_t*>(&record);
    dropped.records.insert(dropped.records.end(), told, told + sizeof record);
  });
  dropped.lost = getBpf(loaded_.maps[image::control], DROP_LOST);
  return dropped;
}

}  // namespace skein::drops
