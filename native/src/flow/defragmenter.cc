#include "flow/defragmenter.h"

#include <algorithm>
#include <utility>

namespace skein::flow {
namespace {

constexpr int64_t kPatienceNs = 30'000'000'000;
constexpr size_t kDatagramsMax = 4096;
constexpr size_t kHeldBytesMax = 16u << 20;
constexpr size_t kRangesMax = 256;
constexpr uint32_t kDatagramBytesMax = 65535;

}  // namespace

Defragmenter::Outcome Defragmenter::add(const Level& level, const FragmentPlace& place, uint8_t next, Bytes body,
                                        Datagram& datagram) {
  expire(level.timestampNs);
  const Range range{place.offset, place.offset + body.size};
  // Cut by the capture, empty, past what a datagram may be, or in the middle of eight bytes: RFC 791 has no place for it.
  if (body.size < body.wire || body.size == 0 || range.to > kDatagramBytesMax || (!place.isLast && body.size % 8 != 0)) {
    datagram.errors = 1;
    return Outcome::kAlone;
  }
  // IPv6 leaves the next header out of what is the same for all fragments (RFC 8200, 4.5).
  const Key key{level.tuple, place.id, level.tuple.family == 4 ? next : uint8_t{0}, level.isFromHi};
  const Place at = waitingFor(key, level);
  Waiting& waiting = *at;
  waiting.level.packets += 1;
  waiting.level.bytes += level.bytes;
  waiting.level.timestampNs = std::max(waiting.level.timestampNs, level.timestampNs);
  if (place.isLast && (waiting.total == 0 || waiting.total == range.to)) waiting.total = range.to;
  const bool isInside = waiting.total == 0 || (range.to <= waiting.total && waiting.data.size() <= waiting.total);
  if ((place.isLast && waiting.total != range.to) || !isInside || !insert(waiting, range)) {
    waiting.level.fragmentErrors = 1;
    giveUp(at, false);
    return Outcome::kHeld;
  }
  if (range.from == 0) waiting.next = next;
  if (waiting.data.size() < range.to) {
    heldBytes_ += range.to - waiting.data.size();
    waiting.data.resize(range.to);
  }
  std::copy(body.data, body.data + body.size, waiting.data.begin() + range.from);
  if (waiting.total != 0 && waiting.ranges.size() == 1 && waiting.ranges[0].from == 0 &&
      waiting.ranges[0].to == waiting.total) {
    datagram.size = waiting.total;
    datagram.next = waiting.next;
    datagram.packets = waiting.level.packets;
    datagram.bytes = waiting.level.bytes;
    datagram.firstNs = waiting.level.firstNs;
    heldBytes_ -= waiting.data.size();
    handedOut_.push_back(std::move(waiting.data));
    waiting.data.clear();
    datagram.data = handedOut_.back().data();
    forget(at);
    return Outcome::kWhole;
  }
  while (heldBytes_ > kHeldBytesMax) giveUp(waiting_.begin(), true);
  return Outcome::kHeld;
}

Defragmenter::Place Defragmenter::waitingFor(const Key& key, const Level& level) {
  const auto found = byKey_.find(key);
  if (found != byKey_.end()) return found->second;
  if (waiting_.size() == kDatagramsMax) giveUp(waiting_.begin(), true);
  waiting_.emplace_back();
  const Place place = std::prev(waiting_.end());
  place->key = key;
  place->level = level;
  place->level.packets = 0;
  place->level.bytes = 0;
  place->level.parent = -1;
  place->level.packet = nullptr;
  byKey_.emplace(key, place);
  return place;
}

/** False when it overlaps. The same fragment once more is none the worse. */
bool Defragmenter::insert(Waiting& waiting, Range range) {
  std::vector<Range>& ranges = waiting.ranges;
  const auto after = std::lower_bound(ranges.begin(), ranges.end(), range,
                                      [](const Range& a, const Range& b) { return a.to <= b.from; });
  if (after != ranges.end() && after->from < range.to) return after->from <= range.from && range.to <= after->to;
  const bool joinsNext = after != ranges.end() && after->from == range.to;
  const bool joinsLast = after != ranges.begin() && std::prev(after)->to == range.from;
  if (joinsLast && joinsNext) {
    std::prev(after)->to = after->to;
    ranges.erase(after);
  } else if (joinsLast) {
    std::prev(after)->to = range.to;
  } else if (joinsNext) {
    after->from = range.from;
  } else {
    if (ranges.size() == kRangesMax) return false;
    ranges.insert(after, range);
  }
  return true;
}

void Defragmenter::expire(int64_t nowNs) {
  while (!waiting_.empty() && waiting_.front().level.firstNs < nowNs - kPatienceNs) {
    waiting_.front().level.fragmentErrors = 1;
    giveUp(waiting_.begin(), false);
  }
}

std::vector<Level> Defragmenter::takeGivenUp() { return std::exchange(givenUp_, {}); }

void Defragmenter::giveUp(Place place, bool isForRoom) {
  if (isForRoom) dropped_ += place->level.packets;
  givenUp_.push_back(place->level);
  heldBytes_ -= place->data.size();
  forget(place);
}

void Defragmenter::forget(Place place) {
  byKey_.erase(place->key);
  waiting_.erase(place);
}

}  // namespace skein::flow
