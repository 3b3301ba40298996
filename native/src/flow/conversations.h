/**
 * The table of conversations: open addressing over slots of 8 bytes (half of them free at least, grown as needed), and
 * records that never move. Full is full: nothing is thrown out to make room, so that what is counted is exact.
 */
#pragma once

#include <vector>

#include "flow/arena.h"
#include "flow/conversation.h"

namespace skein::flow {

class Conversations {
 public:
  static constexpr uint32_t kNobody = UINT32_MAX;

  explicit Conversations(size_t max);

  /** Fetches the slot that a lookup will look at first, then the record it will most probably be. */
  void prefetchSlot(uint64_t hash) const { __builtin_prefetch(&slots_[hash & mask_]); }
  void prefetchRecord(uint64_t hash) const;

  uint32_t find(const Tuple& tuple, uint64_t hash) const;
  /** A new one; nobody when there is no room. It must not be there. */
  uint32_t add(const Tuple& tuple, uint64_t hash);
  /** It is not found any more, but its record stays until it is removed. */
  void detach(uint32_t index);
  void remove(uint32_t index);
  bool isFull() const { return used_ == max_; }

  Conversation& at(uint32_t index) { return records_[index]; }
  ConversationFacts& facts(uint32_t index) { return facts_[index]; }
  /** Records ever used: those below may be in use. */
  uint32_t end() const { return end_; }

 private:
  struct Slot {
    uint32_t tag;
    uint32_t index;  // plus 1; 0: free
  };
  static uint32_t tagOf(uint64_t hash) { return static_cast<uint32_t>(hash); }
  void grow();

  uint32_t max_;
  Arena<Conversation> records_;
  Arena<ConversationFacts> facts_;
  std::vector<Slot> slots_;
  uint32_t mask_;
  uint32_t used_ = 0;
  uint32_t end_ = 0;
  std::vector<uint32_t> free_;
};

inline void Conversations::prefetchRecord(uint64_t hash) const {
  const uint32_t tag = tagOf(hash);
  const Slot& slot = slots_[tag & mask_];
  // The first slot is right nearly always.
  if (slot.index == 0) return;
  const char* const record = reinterpret_cast<const char*>(&records_[slot.index - 1]);
  __builtin_prefetch(record, 1);
  __builtin_prefetch(record + 64, 1);
  __builtin_prefetch(record + 128, 1);
}

inline uint32_t Conversations::find(const Tuple& tuple, uint64_t hash) const {
  const uint32_t tag = tagOf(hash);
  for (uint32_t at = tag & mask_;; at = (at + 1) & mask_) {
    const Slot& slot = slots_[at];
    if (slot.index == 0) return kNobody;
    if (slot.tag == tag && records_[slot.index - 1].tuple == tuple) return slot.index - 1;
  }
}

}  // namespace skein::flow
