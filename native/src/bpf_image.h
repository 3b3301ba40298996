/**
 * Loads what scripts/build-bpf.sh made: a light skeleton, that is a BPF program of type SYSCALL which makes maps and
 * loads programs in the kernel, with their places in its structs (CO-RE) taken from the kernel's BTF. So neither libbpf
 * nor an ELF reader is needed here. Linux 5.17 or later.
 */
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "failure.h"
#include "fd.h"

namespace skein {

struct BpfImage {
  const char* data;
  size_t dataSize;
  const char* instructions;
  size_t instructionsSize;
  size_t maps;
  size_t programs;
};

/** In the order of the image. Closing a descriptor frees what it stands for, as does the end of the process. */
struct BpfLoaded {
  std::vector<Fd> maps;
  std::vector<Fd> programs;
};

/** `sizes`: entries of maps, by their number, where another than the declared is wanted. Throws Failure. */
BpfLoaded loadBpf(const BpfImage& image, const std::map<int, uint32_t>& sizes = {});

/** A program on its own tracepoint (tp_btf) until the returned link is closed. Throws Failure. */
Fd attachBpf(const Fd& program);

/** Runs a program of type SYSCALL once. Throws Failure. */
void runBpf(const Fd& program);

/** Values of an array map of u64. Throw Failure. */
void putBpf(const Fd& map, uint32_t key, uint64_t value);
uint64_t getBpf(const Fd& map, uint32_t key);

/** Of a failure to do `attempt` by BPF, one that says what would do: EPERM or ENOTSUP. */
Failure whatBpfNeeds(const std::string& attempt, const Failure& failure);

}  // namespace skein
