#include "flow/conversations.h"

namespace skein::flow {
namespace {

constexpr uint32_t kSlotsMin = 256;
/** Records that may be held whatever is asked for: indexes have 32 bits. */
constexpr size_t kConversationsMax = 1u << 28;
constexpr uint32_t kHugePagesFrom = 16384;

}  // namespace

Conversations::Conversations(size_t max)
    : max_(static_cast<uint32_t>(max == 0 ? 1 : max < kConversationsMax ? max : kConversationsMax)),
      records_(max_),
      facts_(max_),
      slots_(kSlotsMin),
      mask_(kSlotsMin - 1) {}

uint32_t Conversations::add(const Tuple& tuple, uint64_t hash) {
  if (used_ == max_) return kNobody;
  if ((used_ + 1) * 2 > mask_ + 1) grow();
  uint32_t index;
  if (free_.empty()) {
    index = end_++;
    if (end_ == kHugePagesFrom) records_.useHugePages();
  } else {
    index = free_.back();
    free_.pop_back();
  }
  used_++;
  Conversation& record = records_[index];
  record = Conversation{};
  facts_[index] = ConversationFacts{};
  record.tuple = tuple;
  record.tag = tagOf(hash);
  record.isUsed = true;
  uint32_t at = record.tag & mask_;
  while (slots_[at].index != 0) at = (at + 1) & mask_;
  slots_[at] = {record.tag, index + 1};
  return index;
}

void Conversations::remove(uint32_t index) {
  if (!records_[index].isDetached) detach(index);
  records_[index].isUsed = false;
  free_.push_back(index);
  used_--;
}

/** What follows moves up, so that no lookup meets a gap before what it looks for. */
void Conversations::detach(uint32_t index) {
  uint32_t hole = records_[index].tag & mask_;
  while (slots_[hole].index != index + 1) hole = (hole + 1) & mask_;
  for (uint32_t at = (hole + 1) & mask_; slots_[at].index != 0; at = (at + 1) & mask_) {
    const uint32_t home = slots_[at].tag & mask_;
    if (((at - home) & mask_) < ((at - hole) & mask_)) continue;
    slots_[hole] = slots_[at];
    hole = at;
  }
  slots_[hole] = {0, 0};
  records_[index].isDetached = true;
}

void Conversations::grow() {
  std::vector<Slot> old(slots_.size() * 2);
  old.swap(slots_);
  mask_ = static_cast<uint32_t>(slots_.size() - 1);
  for (const Slot& slot : old) {
    if (slot.index == 0) continue;
    uint32_t at = slot.tag & mask_;
    while (slots_[at].index != 0) at = (at + 1) & mask_;
    slots_[at] = slot;
  }
}

}  // namespace skein::flow
