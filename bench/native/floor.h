/* The least that counting packets by conversation can be: Ethernet, IP, ports, and one hash table with open addressing. */
#pragma once

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

struct flow_key {
  uint8_t addresses[32];
  uint16_t ports[2];
  uint32_t protocol;
};

struct flow {
  struct flow_key key;
  uint64_t packets, bytes, first, last;
};

struct flows {
  struct flow *table;
  uint64_t mask, used;
};

static inline struct flows make_flows(void) {
  const uint64_t size = 1 << 20;
  struct flow *const table = mmap(NULL, size * sizeof *table, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
  return (struct flows){table, size - 1, 0};
}

static inline int key_of(const uint8_t *frame, unsigned captured, struct flow_key *key) {
  memset(key, 0, sizeof *key);
  if (captured < 34) return 0;
  const unsigned type = frame[12] << 8 | frame[13];
  unsigned transport;
  if (type == 0x0800) {
    key->protocol = frame[23];
    memcpy(key->addresses, frame + 26, 4);
    memcpy(key->addresses + 16, frame + 30, 4);
    transport = 14 + (frame[14] & 15) * 4;
  } else if (type == 0x86dd && captured >= 54) {
    key->protocol = frame[20];
    memcpy(key->addresses, frame + 22, 32);
    transport = 54;
  } else {
    return 0;
  }
  if ((key->protocol == 6 || key->protocol == 17) && captured >= transport + 4) memcpy(key->ports, frame + transport, 4);
  return 1;
}

static inline uint64_t hash_of(const struct flow_key *key) {
  uint64_t words[5], hash = 0x9e3779b97f4a7c15ull;
  memcpy(words, key, sizeof words);
  for (int i = 0; i < 5; i++) {
    hash = (hash ^ words[i]) * 0xbf58476d1ce4e5b9ull;
    hash ^= hash >> 32;
  }
  return hash;
}

static inline void count_packet(struct flows *flows, const uint8_t *frame, unsigned captured, unsigned length, uint64_t ns) {
  struct flow_key key;
  if (!key_of(frame, captured, &key)) return;
  for (uint64_t at = hash_of(&key) & flows->mask;; at = (at + 1) & flows->mask) {
    struct flow *const flow = &flows->table[at];
    if (flow->packets == 0) {
      flow->key = key;
      flow->first = ns;
      flows->used++;
    } else if (memcmp(&flow->key, &key, sizeof key) != 0) {
      continue;
    }
    flow->packets++;
    flow->bytes += length;
    flow->last = ns;
    return;
  }
}
