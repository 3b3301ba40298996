/**
 * Puts fragments of IP datagrams together. Bounded in memory; what waits longer than 30 s of packet time, or overlaps
 * (RFC 5722; nobody honest sends that), is given up and counts as fragments: no packet is lost on the way.
 */
#pragma once

#include <list>
#include <unordered_map>
#include <vector>

#include "flow/bytes.h"
#include "flow/level.h"

namespace skein::flow {

struct FragmentPlace {
  uint32_t id = 0;
  uint32_t offset = 0;  // bytes
  bool isLast = false;
};

/** A datagram that is whole. `data` stays until release(). */
struct Datagram {
  const uint8_t* data = nullptr;
  uint32_t size = 0;
  uint8_t next = 0;  // protocol, as its first fragment has it
  uint32_t packets = 0;
  uint64_t bytes = 0;
  int64_t firstNs = 0;
  uint16_t errors = 0;  // of a fragment that is alone
};

class Defragmenter {
 public:
  enum class Outcome {
    kHeld,   // counted later, with its datagram or when that is given up
    kWhole,  // this was the missing one
    kAlone,  // cannot be put together: counts for itself
  };

  Outcome add(const Level& level, const FragmentPlace& place, uint8_t next, Bytes body, Datagram& datagram);
  /** What is older than 30 s before `nowNs` is given up. */
  void expire(int64_t nowNs);
  /** Conversations of what was given up since the last call, to be counted. */
  std::vector<Level> takeGivenUp();
  bool hasGivenUp() const { return !givenUp_.empty(); }
  /** Datagrams that were handed out are no longer looked at. */
  void release() { handedOut_.clear(); }
  uint64_t dropped() const { return dropped_; }

 private:
  struct Key {
    Tuple tuple;
    uint32_t id;
    uint8_t next;
    bool isFromHi;
    bool operator==(const Key& other) const {
      return id == other.id && next == other.next && isFromHi == other.isFromHi && tuple == other.tuple;
    }
  };
  struct KeyHash {
    size_t operator()(const Key& key) const { return tableHash(key.tuple, key.id * 0x9E3779B97F4A7C15ull + key.next); }
  };
  struct Range {
    uint32_t from, to;
  };
  struct Waiting {
    Key key;
    Level level;  // counts what came so far
    std::vector<uint8_t> data;
    std::vector<Range> ranges;  // in order, apart
    uint32_t total = 0;         // known with the last fragment
    uint8_t next = 0;
  };
  using Place = std::list<Waiting>::iterator;

  Place waitingFor(const Key& key, const Level& level);
  static bool insert(Waiting& waiting, Range range);
  void giveUp(Place place, bool isForRoom);
  void forget(Place place);

  std::list<Waiting> waiting_;  // the oldest first
  std::unordered_map<Key, Place, KeyHash> byKey_;
  std::vector<Level> givenUp_;
  std::vector<std::vector<uint8_t>> handedOut_;
  size_t heldBytes_ = 0;
  uint64_t dropped_ = 0;
};

}  // namespace skein::flow
