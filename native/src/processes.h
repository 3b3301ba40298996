/** Which network namespaces processes live in. */
#pragma once

#include <cstdint>
#include <vector>

namespace skein {

struct ProcessNamespace {
  int pid;
  uint64_t inode;
};

/** One process, that with the lowest pid, for each namespace that /proc shows us. Throws Failure. */
std::vector<ProcessNamespace> processNamespaces();

}  // namespace skein
