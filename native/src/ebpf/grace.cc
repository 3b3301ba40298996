#include "ebpf/grace.h"

#include "ebpf/bpf_call.h"
#include "failure.h"

namespace skein::ebpf {
namespace {

struct CreateCall {
  uint32_t type;
  uint32_t keySize;
  uint32_t valueSize;
  uint32_t maxEntries;
  uint32_t flags;
  uint32_t innerMap;
};

Fd create(CreateCall call) {
  Fd map(bpfCall(BPF_MAP_CREATE, call));
  if (!map) throw Failure::of("make a BPF map");
  return map;
}

}  // namespace

Grace::Grace()
    : inner_(create({BPF_MAP_TYPE_ARRAY, 4, 4, 1, 0, 0})),
      outer_(create({BPF_MAP_TYPE_ARRAY_OF_MAPS, 4, 4, 1, 0, static_cast<uint32_t>(inner_.get())})) {}

void Grace::wait() {
  const uint32_t key = 0;
  const uint32_t value = static_cast<uint32_t>(inner_.get());
  ElementCall call{static_cast<uint32_t>(outer_.get()), 0, address(&key), address(&value), 0};
  if (bpfCall(BPF_MAP_UPDATE_ELEM, call) != 0) throw Failure::of("wait for BPF programs");
}

}  // namespace skein::ebpf
