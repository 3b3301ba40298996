/** What tells conversations of one source apart, oriented: `lo` is the end with the smaller address. Compared as bytes. */
#pragma once

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace skein::flow {

/** Which numbers, beside the addresses, are part of what a conversation is. */
enum class Numbers : uint8_t { kNone = 0, kTcp, kUdp, kSctp, kIcmp, kTunnel };

struct Tuple {
  uint8_t lo[16];
  uint8_t hi[16];
  /** Hash of the tuple of the tunnel around it, and so of all around that; 0: none. */
  uint64_t parentHash;
  /** VLAN tags; 0 where the key is of layer 3 only. */
  uint64_t linkId;
  uint8_t loMac[6];
  uint8_t hiMac[6];
  /** Ports; of a tunnel its destination port in `loPort`. */
  uint16_t loPort;
  uint16_t hiPort;
  /** ICMP class, code and id as in the tracking id; VNI of a tunnel; the protocol of what has no ports (GRE, ESP, a fragment). */
  uint32_t number;
  uint8_t family;
  Numbers numbers;
  uint8_t unused[2];
};
static_assert(sizeof(Tuple) == 72);

inline bool operator==(const Tuple& a, const Tuple& b) {
  const auto differ = [&](size_t offset) {
    uint64_t left, right;
    memcpy(&left, reinterpret_cast<const uint8_t*>(&a) + offset, sizeof left);
    memcpy(&right, reinterpret_cast<const uint8_t*>(&b) + offset, sizeof right);
    return left ^ right;
  };
  // Without branches: they are equal nearly always.
  return (differ(0) | differ(8) | differ(16) | differ(24) | differ(32) | differ(40) | differ(48) | differ(56) |
          differ(64)) == 0;
}

/** Two words folded into one by the 128 bits of their product. */
inline uint64_t folded(uint64_t a, uint64_t b) {
  const auto product = static_cast<unsigned __int128>(a) * b;
  return static_cast<uint64_t>(product) ^ static_cast<uint64_t>(product >> 64);
}

/** Fast, for the table only. The seed keeps others from choosing collisions. */
inline uint64_t tableHash(const Tuple& tuple, uint64_t seed) {
  uint64_t words[9];
  memcpy(words, &tuple, sizeof words);
  const uint64_t addresses = folded(words[0] ^ seed ^ 0x9E3779B97F4A7C15ull, words[2] ^ 0xBF58476D1CE4E5B9ull) ^
                             folded(words[1] ^ seed ^ 0x94D049BB133111EBull, words[3] ^ 0xD6E8FEB86659FD93ull);
  const uint64_t links = folded(words[4] ^ seed ^ 0xA0761D6478BD642Full, words[5] ^ 0xE7037ED1A0B428DBull) ^
                         folded(words[6] ^ seed ^ 0x8EBC6AF09C88C6E3ull, words[7] ^ 0x589965CC75374CC3ull);
  return folded(addresses ^ words[8] ^ 0x1D8E4E27C47D124Full, links ^ seed ^ 0xEB44ACCAB455D165ull);
}

}  // namespace skein::flow
