/** xxHash64 (the specification of Yann Collet's XXH64, version 0.1.1): the hash of all ids of flows. */
#pragma once

#include <cstddef>
#include <cstdint>

namespace skein::flow {

uint64_t xxHash64(const uint8_t* data, size_t size, uint64_t seed);

}  // namespace skein::flow
