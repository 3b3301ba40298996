#include "flow/walk.h"

#include "flow/tracking.h"

namespace skein::flow {

bool Walk::read() {
  // A length below what was captured would be a mistake of the file: what is there was on the wire.
  const uint32_t wire = packet_.length < packet_.captured ? packet_.captured : packet_.length;
  base_ = {packet_.data, packet_.captured, wire};
  link(base_);
  if (level_ != nullptr) close();
  if (!isHeld_ && levels_.count > outermost_) levels_.items[levels_.count - 1].isInnermost = true;
  return isWhole_;
}

/** Begins a conversation whose first layer is there. */
bool Walk::open(Bytes at) {
  if (level_ != nullptr) close();
  const int depth = levels_.count - outermost_;
  if (depth == kLevelsMax) {
    fail();
    return false;
  }
  level_ = &levels_.items[levels_.count++];
  *level_ = {};
  level_->packets = 1;
  level_->packet = &packet_;
  level_->timestampNs = level_->firstNs = packet_.timestampNs;
  level_->isCounted = packet_.isCounted;
  level_->bytes = base_.wire - static_cast<uint32_t>(at.data - base_.data);
  level_->parent = -1;
  if (depth > 0) {
    level_->parent = static_cast<int8_t>(levels_.count - 2);
    level_->tuple.parentHash = levels_.items[level_->parent].hash;
  }
  sourceMac_ = targetMac_ = source_ = target_ = nullptr;
  sourcePort_ = targetPort_ = 0;
  return true;
}

void Walk::close() {
  if (level_->layerCount == 0) {
    // Nothing of it has a name: it is no conversation.
    fail();
    levels_.count--;
    level_ = nullptr;
    return;
  }
  orient();
  Tuple& tuple = level_->tuple;
  if (!options_.isL3Key || tuple.family == 0) {
    memcpy(tuple.loMac, level_->loMac, 6);
    memcpy(tuple.hiMac, level_->hiMac, 6);
  }
  if (!options_.isL3Key) tuple.linkId = level_->linkId;
  level_->hash = tableHash(tuple, options_.seed);
  level_ = nullptr;
}

/** The end with the smaller address is lo; then the smaller port; without a network layer the smaller MAC. */
void Walk::orient() {
  Tuple& tuple = level_->tuple;
  int order = 0;
  if (tuple.family == 4) {
    const uint32_t from = be32(source_);
    const uint32_t to = be32(target_);
    order = from < to ? -1 : from > to;
  } else if (tuple.family == 6) {
    order = memcmp(source_, target_, 16);
  } else if (sourceMac_ != nullptr) {
    order = memcmp(sourceMac_, targetMac_, 6);
  }
  if (order == 0) order = static_cast<int>(sourcePort_) - static_cast<int>(targetPort_);
  // Somebody who talks to himself: what is answered and the answer are all that tells the directions apart.
  if (order == 0) order = level_->isReply ? 1 : 0;
  const bool isFromHi = order > 0;
  level_->isFromHi = isFromHi;
  const size_t addressBytes = tuple.family == 4 ? 4 : tuple.family == 6 ? 16 : 0;
  if (addressBytes != 0) {
    memcpy(isFromHi ? tuple.hi : tuple.lo, source_, addressBytes);
    memcpy(isFromHi ? tuple.lo : tuple.hi, target_, addressBytes);
  }
  if (sourceMac_ != nullptr) {
    memcpy(isFromHi ? level_->hiMac : level_->loMac, sourceMac_, 6);
    memcpy(isFromHi ? level_->loMac : level_->hiMac, targetMac_, 6);
  }
  level_->loPort = isFromHi ? targetPort_ : sourcePort_;
  level_->hiPort = isFromHi ? sourcePort_ : targetPort_;
  if (tuple.numbers < Numbers::kIcmp) tuple.number = tuple.numbers == Numbers::kNone ? level_->protocol : 0;
  if (tuple.numbers == Numbers::kTunnel) {
    tuple.loPort = targetPort_;  // the port of the sender says nothing: it spreads load
  } else {
    tuple.loPort = level_->loPort;
    tuple.hiPort = level_->hiPort;
  }
}

uint64_t Walk::parentKey() const {
  return level_->parent < 0 ? 0 : keyOf(levels_, levels_.items[level_->parent], options_.isL3Key);
}

uint64_t keyOf(const Levels& levels, const Level& level, bool isL3Key) {
  const uint64_t parentKey = level.parent < 0 ? level.parentKey : keyOf(levels, levels.items[level.parent], isL3Key);
  return keyOf(trackingIdOf(level.tuple, level), parentKey, level.tuple, isL3Key);
}

}  // namespace skein::flow
