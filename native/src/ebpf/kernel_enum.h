/** Names of an enum of the running kernel, from its BTF (Documentation/bpf/btf.rst). */
#pragma once

#include <string>
#include <vector>

namespace skein::ebpf {

/** By value, '' where there is none; values from `most` on are left out. Empty when the kernel has no such enum, or no BTF. */
std::vector<std::string> kernelEnum(const std::string& name, size_t most);

}  // namespace skein::ebpf
