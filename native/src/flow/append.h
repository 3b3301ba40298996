/** Plain records at the end of a buffer, eight bytes aligned; and times as they are in them. */
#pragma once

#include <cstdint>
#include <vector>

namespace skein::flow {

inline void append(std::vector<uint8_t>& out, const void* from, size_t size) {
  const auto* const bytes = static_cast<const uint8_t*>(from);
  out.insert(out.end(), bytes, bytes + size);
}

inline void pad(std::vector<uint8_t>& out) { out.resize((out.size() + 7) & ~size_t{7}); }

/** Epoch ms with fractions. */
inline double toMs(int64_t ns) { return static_cast<double>(ns) / 1e6; }

}  // namespace skein::flow
