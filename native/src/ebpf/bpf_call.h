/** bpf(2) for what newer kernels know and our headers may not: attributes as plain structs of this call's own. */
#pragma once

#include <linux/bpf.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstdint>

namespace skein::ebpf {

template <typename Attributes>
int bpfCall(bpf_cmd command, Attributes& attributes) {
  return static_cast<int>(syscall(__NR_bpf, command, &attributes, sizeof attributes));
}

inline uint64_t address(const void* memory) { return reinterpret_cast<uintptr_t>(memory); }

/** BPF_MAP_*_ELEM. */
struct ElementCall {
  uint32_t map;
  uint32_t unused;
  uint64_t key;
  uint64_t value;
  uint64_t flags;
};

}  // namespace skein::ebpf
