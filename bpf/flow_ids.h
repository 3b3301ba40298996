/*
 * The key of a tunnel, as native/src/flow/tracking.h makes it, for what is inside of it. Asked only when a conversation
 * inside of a tunnel gets a slot.
 */
#ifndef SKEIN_FLOW_IDS_H
#define SKEIN_FLOW_IDS_H

#include <bpf/bpf_endian.h>

#include "flow_layers.h"

#define XXH_PRIME1 0x9E3779B185EBCA87ull
#define XXH_PRIME2 0xC2B2AE3D27D4EB4Full
#define XXH_PRIME3 0x165667B19E3779F9ull
#define XXH_PRIME4 0x85EBCA77C2B2AE63ull
#define XXH_PRIME5 0x27D4EB2F165667C5ull

#define INPUT_WORDS 7

static __always_inline __u64 rotated(__u64 value, int bits) { return value << bits | value >> (64 - bits); }

static __always_inline __u64 lane(__u64 accumulator, __u64 input) {
  return rotated(accumulator + input * XXH_PRIME2, 31) * XXH_PRIME1;
}

static __always_inline __u64 merged(__u64 hash, __u64 accumulator) {
  return (hash ^ lane(0, accumulator)) * XXH_PRIME1 + XXH_PRIME4;
}

/* xxHash64 of up to 56 bytes, seed 0. What is behind `size` must be zero. */
static __always_inline __u64 xxhash64(const __u64 *words, __u32 size) {
  __u64 hash = XXH_PRIME5;
  __u32 done = 0;
  if (size >= 32) {
    __u64 one = lane(XXH_PRIME1 + XXH_PRIME2, words[0]), two = lane(XXH_PRIME2, words[1]), three = lane(0, words[2]),
          four = lane(-XXH_PRIME1, words[3]);
    hash = rotated(one, 1) + rotated(two, 7) + rotated(three, 12) + rotated(four, 18);
    hash = merged(merged(merged(merged(hash, one), two), three), four);
    done = 4;
  }
  hash += size;
  __u64 tail = 0;
#pragma unroll
  for (__u32 i = 0; i < INPUT_WORDS; i++) {
    if (i < done) continue;
    if (size >= 8 * (i + 1)) hash = rotated(hash ^ lane(0, words[i]), 27) * XXH_PRIME1 + XXH_PRIME4;
    else if (size > 8 * i) tail = words[i];
  }
  __u32 rest = size & 7;
  if (rest >= 4) {
    hash = rotated(hash ^ (tail & 0xffffffff) * XXH_PRIME1, 23) * XXH_PRIME2 + XXH_PRIME3;
    tail >>= 32;
    rest -= 4;
  }
#pragma unroll
  for (int i = 0; i < 3; i++) {
    if (rest <= i) break;
    hash = rotated(hash ^ (tail & 0xff) * XXH_PRIME5, 11) * XXH_PRIME1;
    tail >>= 8;
  }
  hash = (hash ^ hash >> 33) * XXH_PRIME2;
  hash = (hash ^ hash >> 29) * XXH_PRIME3;
  return hash ^ hash >> 32;
}

/* Skydive's endpoint types, as they stand in the input: 8 bytes, big-endian. */
#define TYPE(number) ((__u64)(number) << 56)
enum { TYPE_OTHER = 0, TYPE_IPV4 = 1, TYPE_IPV6 = 2, TYPE_ETHERNET = 3, TYPE_UDP = 5 };

static __always_inline __u64 swapped16(__u16 value) { return __builtin_bswap16(value); }

/* `s` is a tunnel (its `parent` filled): its key. */
__attribute__((noinline)) __u64 tunnel_key(struct sighting *s) {
  if (!s) return 0;
  __u64 words[INPUT_WORDS] = {};
  __u32 size;
  __u64 what = s->key.what;
  __u8 family = what >> 56;
  __u16 lo_port = what, hi_port = what >> 16, detail = what >> 32;
  /* Between the addresses and their type, and the last type: ports, VNI and port, or the protocol of what has none. */
  __u64 numbers = 0;
  __u32 numbers_size = 0;
  __u64 type = TYPE(TYPE_OTHER);
  if (s->shape & (FLOW_VXLAN | FLOW_GENEVE)) {
    numbers = (__u64)bpf_htonl((__u32)what) | swapped16(detail) << 32;
    numbers_size = 6;
  } else if ((__u8)(what >> 48) == IP_UDP) {
    numbers = swapped16(lo_port) | swapped16(hi_port) << 16;
    numbers_size = 4;
    type = TYPE(TYPE_UDP);
  } else if (family != 0) {
    numbers = (__u8)(what >> 48);
    numbers_size = 1;
  }
  if (family == 4) {
    words[0] = s->key.address[0];
    words[1] = TYPE(TYPE_IPV4);
    words[2] = numbers;
    size = 16;
  } else if (family == 6) {
    words[0] = s->key.address[0];
    words[1] = s->key.address[1];
    words[2] = s->key.address[2];
    words[3] = s->key.address[3];
    words[4] = TYPE(TYPE_IPV6);
    words[5] = numbers;
    size = 40;
  } else {
    /* Two MACs and the type: 20 bytes. */
    words[0] = s->key.address[0] | s->key.address[1] << 48;
    words[1] = s->key.address[1] >> 16 | TYPE(TYPE_ETHERNET) << 32;
    words[2] = TYPE(TYPE_ETHERNET) >> 32;
    size = 20;
  }
  if (numbers_size) {
    /* The type follows after 1, 4 or 6 bytes of the word. */
    __u64 low = type << (8 * numbers_size), high = type >> (64 - 8 * numbers_size);
    if (family == 4) {
      words[2] |= low;
      words[3] = high;
    } else {
      words[5] |= low;
      words[6] = high;
    }
    size += numbers_size + 8;
  }
  __u64 tracking_id = xxhash64(words, size);
  __u64 key[INPUT_WORDS] = {bpf_cpu_to_be64(tracking_id), bpf_cpu_to_be64(s->parent)};
  return xxhash64(key, 16);
}

#endif
