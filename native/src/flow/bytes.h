/** Bytes of a packet that are still to be read. Nothing is read past `size`; `wire` says how many there were on the wire. */
#pragma once

#include <cstdint>
#include <cstring>

namespace skein::flow {

struct Bytes {
  const uint8_t* data = nullptr;
  uint32_t size = 0;
  uint32_t wire = 0;  // never less than `size`

  bool has(uint32_t count) const { return size >= count; }
  Bytes from(uint32_t offset) const { return {data + offset, size - offset, wire - offset}; }
  /** Cut to what a length field allows. */
  Bytes upTo(uint32_t length) const {
    return {data, size < length ? size : length, wire < length ? wire : length};
  }
};

inline uint16_t be16(const uint8_t* at) {
  uint16_t value;
  memcpy(&value, at, sizeof value);
  return __builtin_bswap16(value);
}

inline uint32_t be24(const uint8_t* at) { return uint32_t{at[0]} << 16 | uint32_t{at[1]} << 8 | at[2]; }

inline uint32_t be32(const uint8_t* at) {
  uint32_t value;
  memcpy(&value, at, sizeof value);
  return __builtin_bswap32(value);
}

}  // namespace skein::flow
