// The half of a FlowDrain about interfaces: which are captured, for whom, and what is lost there.
#include <sys/eventfd.h>

#include <algorithm>

#include "ebpf/device_link.h"
#include "ebpf/flow_drain.h"
#include "netns.h"

namespace skein::ebpf {
namespace {

/** First packets are remembered for so long, to find the answer to a SYN or an echo, and no more than so many. */
constexpr uint32_t kFirstIdleMs = 1000;
constexpr size_t kFirstConversationsMax = 65536;
/** Interfaces that are gone are found within this time. */
constexpr int64_t kLookNs = 1'000'000'000;

}  // namespace

std::shared_ptr<Capture> FlowDrain::attach(uint32_t ifIndex, uint32_t source, uint32_t payloadBytes,
                                           const std::string& mode) {
  flow::EngineOptions options;
  options.source = source;
  options.isL3Key = true;
  options.payloadBytes = payloadBytes;
  options.payloadPackets = payloadBytes == 0 ? 0 : options_.table.firstPackets;
  options.conversationsMax = kFirstConversationsMax;
  options.idleMs = kFirstIdleMs;
  const Device device = deviceAt(ifIndex);
  const auto capture = std::make_shared<Capture>(FLOW_PLACE(netnsCookieHere(), ifIndex), options);
  const std::lock_guard one(attaching_);
  {
    const std::lock_guard lock(mutex_);
    capture->id = ++captures_;
    if (isClosed_) throw Failure{EBADF, "attach to interface " + std::to_string(ifIndex)};
    const auto found = places_.find(capture->place);
    if (found != places_.end() && found->second.attachment != nullptr && found->second.attachment->isAttached()) {
      capture->mode = found->second.attachment->mode();
      capture->before = table_.lossesOf(capture->place);
      found->second.captures.push_back(capture);
      return capture;
    }
    if (places_.size() >= FLOW_PLACES_MAX) throw Failure{ENOBUFS, "attach to interface " + std::to_string(ifIndex)};
    table_.addPlace(capture->place);
    for (FactTable& facts : facts_) facts.addPlace(capture->place);
    CapturedPlace& place = places_[capture->place];
    place.captures.push_back(capture);
    place.link = device.link;
    last_ = nullptr;
  }
  // Without the lock: this waits for the kernel's lock of all devices.
  try {
    auto attachment = attachTo(table_.program(device.link == LinkLayer::kEthernet), ifIndex, device.isLoopback, mode);
    const std::lock_guard lock(mutex_);
    capture->mode = attachment->mode();
    CapturedPlace& place = places_[capture->place];
    place.attachment = std::move(attachment);
    place.isGone = false;
    last_ = nullptr;
  } catch (const Failure&) {
    const std::lock_guard lock(mutex_);
    remove(capture);
    throw;
  }
  return capture;
}

void FlowDrain::detach(const std::shared_ptr<Capture>& capture, Done done) {
  {
    const std::lock_guard lock(mutex_);
    if (!capture->isClosing && !isClosed_) {
      capture->isClosing = true;
      closing_.push_back({capture, std::move(done)});
      done = nullptr;
    }
  }
  if (done) return done();
  eventfd_write(wake_.get(), 1);
}

void FlowDrain::onGone(std::function<void(std::shared_ptr<Capture>)> listener) {
  const std::lock_guard lock(mutex_);
  onGone_ = std::move(listener);
}

/** What nobody else wants is detached before the table is read, so that all it counted is in there. */
bool FlowDrain::detachClosing(const std::vector<Closing>& closing) {
  // Destroyed without the lock: detaching waits for the kernel's lock of all devices.
  std::vector<std::unique_ptr<TcAttachment>> detached;
  const std::lock_guard lock(mutex_);
  last_ = nullptr;
  for (const Closing& one : closing) {
    CapturedPlace* const place = find(one.capture->place);
    if (place == nullptr) continue;
    const auto& captures = place->captures;
    if (std::all_of(captures.begin(), captures.end(), [](const auto& each) { return each->isClosing; })) {
      detached.push_back(std::move(place->attachment));
    }
  }
  return !detached.empty();
}

void FlowDrain::noteLosses() {
  flow_losses all = removed_;
  for (auto& [number, place] : places_) {
    const flow_losses lost = table_.lossesOf(number);
    all.entries += lost.entries;
    all.packets += lost.packets;
    all.bytes += lost.bytes;
    for (const auto& capture : place.captures) {
      capture->lostPackets = lost.packets - capture->before.packets;
      capture->lostBytes = lost.bytes - capture->before.bytes;
      capture->lostOuterPackets = lost.outer_packets - capture->before.outer_packets;
      capture->lostOuterBytes = lost.outer_bytes - capture->before.outer_bytes;
      capture->firstsLost = lost.firsts - capture->before.firsts;
    }
  }
  lostEntries_ = all.entries;
  lostPackets_ = all.packets;
  lostBytes_ = all.bytes;
}

void FlowDrain::lookForGone() {
  const int64_t now = clockNs(CLOCK_MONOTONIC);
  if (now < lookNs_) return;
  lookNs_ = now + kLookNs;
  std::vector<std::shared_ptr<Capture>> gone;
  std::function<void(std::shared_ptr<Capture>)> listener;
  {
    const std::lock_guard lock(mutex_);
    listener = onGone_;
    for (auto& [number, place] : places_) {
      if (place.isGone || place.attachment == nullptr || place.attachment->isAttached()) continue;
      place.isGone = true;
      gone.insert(gone.end(), place.captures.begin(), place.captures.end());
    }
  }
  if (!listener) return;
  for (const auto& capture : gone) listener(capture);
}

CapturedPlace* FlowDrain::find(uint64_t place) {
  if (last_ != nullptr && lastPlace_ == place) return last_;
  const auto found = places_.find(place);
  if (found == places_.end()) return nullptr;
  lastPlace_ = place;
  return last_ = &found->second;
}

void FlowDrain::remove(const std::shared_ptr<Capture>& capture) {
  last_ = nullptr;
  const auto found = places_.find(capture->place);
  if (found == places_.end()) return;
  auto& captures = found->second.captures;
  captures.erase(std::remove(captures.begin(), captures.end(), capture), captures.end());
  if (!captures.empty()) return;
  const flow_losses lost = table_.lossesOf(capture->place);
  removed_.entries += lost.entries;
  removed_.packets += lost.packets;
  removed_.bytes += lost.bytes;
  table_.removePlace(capture->place);
  for (FactTable& facts : facts_) facts.removePlace(capture->place);
  places_.erase(found);
}

}  // namespace skein::ebpf
