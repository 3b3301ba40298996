#include "flow/xxhash64.h"

#include <cstring>

namespace skein::flow {
namespace {

constexpr uint64_t kPrime1 = 0x9E3779B185EBCA87ull;
constexpr uint64_t kPrime2 = 0xC2B2AE3D27D4EB4Full;
constexpr uint64_t kPrime3 = 0x165667B19E3779F9ull;
constexpr uint64_t kPrime4 = 0x85EBCA77C2B2AE63ull;
constexpr uint64_t kPrime5 = 0x27D4EB2F165667C5ull;

uint64_t rotated(uint64_t value, int bits) { return value << bits | value >> (64 - bits); }

uint64_t lane(uint64_t accumulator, uint64_t input) { return rotated(accumulator + input * kPrime2, 31) * kPrime1; }

uint64_t merged(uint64_t hash, uint64_t accumulator) { return (hash ^ lane(0, accumulator)) * kPrime1 + kPrime4; }

// The hash reads its input as little-endian numbers, as this machine does.
template <typename Number>
uint64_t read(const uint8_t* at) {
  Number value;
  memcpy(&value, at, sizeof value);
  return value;
}

}  // namespace

uint64_t xxHash64(const uint8_t* data, size_t size, uint64_t seed) {
  const uint8_t* at = data;
  const uint8_t* const end = data + size;
  uint64_t hash = seed + kPrime5;
  if (size >= 32) {
    uint64_t lanes[4] = {seed + kPrime1 + kPrime2, seed + kPrime2, seed, seed - kPrime1};
    for (; end - at >= 32; at += 32) {
      for (int i = 0; i < 4; i++) lanes[i] = lane(lanes[i], read<uint64_t>(at + 8 * i));
    }
    hash = rotated(lanes[0], 1) + rotated(lanes[1], 7) + rotated(lanes[2], 12) + rotated(lanes[3], 18);
    for (const uint64_t accumulator : lanes) hash = merged(hash, accumulator);
  }
  hash += size;
  for (; end - at >= 8; at += 8) hash = rotated(hash ^ lane(0, read<uint64_t>(at)), 27) * kPrime1 + kPrime4;
  for (; end - at >= 4; at += 4) hash = rotated(hash ^ read<uint32_t>(at) * kPrime1, 23) * kPrime2 + kPrime3;
  for (; at < end; at++) hash = rotated(hash ^ *at * kPrime5, 11) * kPrime1;
  hash = (hash ^ hash >> 33) * kPrime2;
  hash = (hash ^ hash >> 29) * kPrime3;
  return hash ^ hash >> 32;
}

}  // namespace skein::flow
