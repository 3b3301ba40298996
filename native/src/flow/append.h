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

/** Epoch ms with fractions: 4096ths, which are exact for today's dates, and never more than the time was. */
inline double toMs(int64_t ns) {
  constexpr int64_t kNsPerMs = 1'000'000;
  return static_cast<double>(ns / kNsPerMs) + static_cast<double>(ns % kNsPerMs * 4096 / kNsPerMs) / 4096;
}

}  // namespace skein::flow
