#include "ebpf/ring.h"

namespace skein::ebpf {

Ring::Ring(const Fd& map, size_t bytes)
    : fd_(map.get()),
      bytes_(bytes),
      heard_(map, static_cast<size_t>(getpagesize()), PROT_READ | PROT_WRITE),
      told_(map, static_cast<size_t>(getpagesize()), PROT_READ, getpagesize()),
      data_(map, 2 * bytes, PROT_READ, 2 * getpagesize()) {}

}  // namespace skein::ebpf
