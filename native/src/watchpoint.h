/** A program that runs whenever a word of kernel memory is written (hardware watchpoint), on every processor. */
#pragma once

#include <cstdint>
#include <vector>

#include "fd.h"

namespace skein {

/** Lasts until the returned descriptors are closed; costs nothing while nobody writes. Throws Failure. */
std::vector<Fd> watchKernelWord(uint64_t address, const Fd& program);

}  // namespace skein
