#include "ebpf/flow_drain.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cstring>

#include "ebpf/device_link.h"
#include "flow/append.h"
#include "netns.h"
#include "thread.h"

namespace skein::ebpf {
namespace {

/** Of observations that are handed over at once. */
constexpr size_t kBatchBytes = 2u << 20;
/** Handed over and not taken yet. */
constexpr size_t kInFlightMax = 16u << 20;
/** First packets are remembered for so long, to find the answer to a SYN or an echo, and no more than so many. */
constexpr uint32_t kFirstIdleMs = 1000;
constexpr size_t kFirstConversationsMax = 65536;
/** Interfaces that are gone are found within this time. */
constexpr int64_t kLookNs = 1'000'000'000;
constexpr uint32_t kLinkEthernet = 1, kLinkRaw = 101;

Failure withWhatWouldDo(const Failure& failure) {
  const std::string attempt = "count flows in the kernel";
  if (failure.error == EPERM || failure.error == EACCES) {
    return Failure{EPERM, attempt + " (needs CAP_BPF, CAP_PERFMON and CAP_NET_ADMIN; could not " + failure.attempt + ")"};
  }
  if (access("/sys/kernel/btf/vmlinux", R_OK) != 0) {
    return Failure{ENOTSUP, attempt + " (needs a kernel with BTF, CONFIG_DEBUG_INFO_BTF)"};
  }
  return Failure{ENOTSUP, attempt + " (needs Linux 5.17 with BPF; could not " + failure.attempt + ": " + failure.code() + ")"};
}

/** The kernel tells of all of them, so those among the first packets are not counted again. */
void forgetRetransmissions(std::vector<uint8_t>& out, size_t from) {
  for (size_t at = from; at < out.size();) {
    flow::Observation seen;
    memcpy(&seen, &out[at], sizeof seen);
    constexpr size_t kAt = sizeof(flow::Observation) + offsetof(flow::TcpPart, retransmissions);
    if ((seen.parts & flow::kTcpPart) != 0) memset(&out[at + kAt], 0, sizeof flow::TcpPart::retransmissions);
    at += seen.size;
  }
}

}  // namespace

std::shared_ptr<FlowDrain> FlowDrain::open(const FlowDrainOptions& options) {
  try {
    return std::make_shared<FlowDrain>(options);
  } catch (const Failure& failure) {
    throw withWhatWouldDo(failure);
  }
}

FlowDrain::FlowDrain(const FlowDrainOptions& options)
    : options_(options),
      table_(options.table),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      poll_(epoll_create1(EPOLL_CLOEXEC)) {
  if (!wake_ || !poll_) throw Failure::of("make an epoll");
  epoll_event event{};
  event.events = EPOLLIN | EPOLLET;
  if (epoll_ctl(poll_.get(), EPOLL_CTL_ADD, wake_.get(), &event) != 0) throw Failure::of("epoll_ctl");
  if (epoll_ctl(poll_.get(), EPOLL_CTL_ADD, table_.evicted().fd(), &event) != 0) throw Failure::of("epoll_ctl");
  clock_.tell(table_.jiffies());
  loadFacts();
}

FlowDrain::~FlowDrain() = default;

/** Each is optional: what is missing is said. */
void FlowDrain::loadFacts() {
  const auto because = [](const Failure& failure) { return " (" + failure.attempt + ": " + failure.code() + ")"; };
  if (drops_.names().empty()) {
    missing_.push_back("drops by reason need the kernel's reasons in its BTF (Linux 5.17)");
  } else {
    try {
      facts_.push_back(FactTable::drops(drops_.ordinary()));
    } catch (const Failure& failure) {
      missing_.push_back("drops by reason need tp_btf/kfree_skb (Linux 5.17)" + because(failure));
    }
  }
  try {
    facts_.push_back(FactTable::retransmits());
    hasRetransmits_ = true;
  } catch (const Failure& failure) {
    missing_.push_back("retransmissions need tp_btf/tcp_retransmit_skb (Linux 5.5)" + because(failure));
  }
}

void FlowDrain::start(Deliver deliver) {
  deliver_ = std::move(deliver);
  startThread("skein-ebpf", [self = shared_from_this()] { self->run(); });
}

void FlowDrain::taken(size_t bytes) {
  const std::lock_guard lock(flightMutex_);
  inFlight_ -= bytes;
  landed_.notify_one();
}

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

FlowDrainStats FlowDrain::stats() const {
  const flow_counters counters = table_.counters();
  return {counters.evictions, counters.first_lost, lostEntries_, lostPackets_, lostBytes_};
}

void FlowDrain::close() {
  {
    const std::scoped_lock lock(mutex_, flightMutex_);
    isClosed_ = true;
    landed_.notify_all();
  }
  eventfd_write(wake_.get(), 1);
}

void FlowDrain::run() {
  int64_t next = clockNs(CLOCK_MONOTONIC);
  for (;;) {
    next = std::max(next, clockNs(CLOCK_MONOTONIC)) + int64_t{options_.drainMs} * 1'000'000;
    while (waitUntil(next)) {
      held_.lock();
      const bool isWanted = !closing_.empty() || isClosed_;
      if (!isWanted) readEvicted();
      held_.unlock();
      if (isWanted) break;
    }
    {
      std::unique_lock lock(flightMutex_);
      landed_.wait(lock, [this] { return isClosed_ || inFlight_ < kInFlightMax; });
      if (isClosed_) break;
    }
    try {
      cycle();
    } catch (const Failure&) {
      // The kernel has no memory for a moment: what was not read is read the next time.
    }
  }
  std::vector<Closing> closing;
  {
    const std::lock_guard lock(mutex_);
    closing = std::move(closing_);
    places_.clear();
  }
  for (const Closing& one : closing) {
    if (one.done) one.done();
  }
}

/** True when something has happened before: evictions, or somebody wants something. */
bool FlowDrain::waitUntil(int64_t deadlineNs) {
  const int64_t leftMs = (deadlineNs - clockNs(CLOCK_MONOTONIC) + 999'999) / 1'000'000;
  if (leftMs <= 0) return false;
  epoll_event event;
  if (epoll_wait(poll_.get(), &event, 1, static_cast<int>(leftMs)) <= 0) return false;
  eventfd_t value;
  eventfd_read(wake_.get(), &value);
  return true;
}

void FlowDrain::cycle() {
  std::vector<Closing> closing;
  {
    const std::lock_guard lock(mutex_);
    closing = std::move(closing_);
    closing_.clear();
  }
  // A program that is detached may still be running, and is to count in the half that is read now.
  if (detachClosing(closing)) grace_.wait();
  clock_.tell(table_.jiffies());
  // Before the halves change over: so what they belong to is counted in what is read now.
  held_.lock();
  readFirsts();
  held_.unlock();
  table_.swap();
  for (FactTable& facts : facts_) facts.swap();
  grace_.wait();
  clock_.tell(table_.jiffies());
  held_.lock();
  last_ = nullptr;
  // Counts before facts: no flow begins by what is only said about it.
  readEvicted();
  readSlots();
  tellFirsts();
  readFacts();
  noteLosses();
  flush();
  for (const Closing& one : closing) remove(one.capture);
  held_.unlock();
  for (const Closing& one : closing) {
    if (one.done) one.done();
  }
  lookForGone();
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

void FlowDrain::readFirsts() {
  last_ = nullptr;
  table_.firsts().read([this](const uint8_t* record, uint32_t size) {
    flow_first head;
    if (size < sizeof head) return;
    memcpy(&head, record, sizeof head);
    CapturedPlace* const place = find(head.place);
    if (place == nullptr || head.captured > size - sizeof head) return;
    const uint32_t linkType = place->link == LinkLayer::kEthernet ? kLinkEthernet : kLinkRaw;
    flow::Packet packet{clock_.epochNs(head.ktime), linkType, record + sizeof head, head.captured, head.length};
    packet.isCounted = false;
    for (const auto& capture : place->captures) capture->engine.packet(packet);
  });
}

void FlowDrain::tellFirsts() {
  const double nowMs = clock_.nowMs();
  for (auto& [number, place] : places_) {
    for (const auto& capture : place.captures) {
      const size_t from = capture->out.size();
      capture->engine.drain(capture->out, nowMs);
      if (hasRetransmits_) forgetRetransmissions(capture->out, from);
      waiting_ += capture->out.size() - from;
    }
  }
  flushFull();
}

void FlowDrain::readEvicted() {
  table_.evicted().read([this](const uint8_t* record, uint32_t size) {
    if (size < sizeof(flow_slot)) return;
    flow_slot slot;
    memcpy(&slot, record, sizeof slot);
    take(slot);
  });
}

void FlowDrain::readSlots() {
  table_.empty([this](const flow_slot& slot) { take(slot); });
}

void FlowDrain::readFacts() {
  factsRead_.clear();
  for (FactTable& facts : facts_) facts.empty(factsRead_);
  for (const FactTable::Fact& one : factsRead_) {
    const CapturedPlace* const place = find(one.fact.place);
    if (place == nullptr || one.count == 0 || !drops_.isLoss(one.fact)) continue;
    one_.clear();
    reader_.fact(one.fact, one.count, one_);
    give(*place);
  }
}

void FlowDrain::take(const flow_slot& slot) {
  CapturedPlace* const place = find(slot.place);
  if (place == nullptr) return;
  if (slot.parent == 0) {
    for (const auto& capture : place->captures) {
      capture->packets += uint64_t{slot.packets[0]} + slot.packets[1];
      capture->bytes += slot.bytes[0] + slot.bytes[1];
    }
  }
  one_.clear();
  reader_.slot(slot, clock_, one_);
  give(*place);
  flushFull();
}

/** Each capture of an interface gets it with its own source. */
void FlowDrain::give(const CapturedPlace& place) {
  for (const auto& capture : place.captures) {
    memcpy(&one_[offsetof(flow::Observation, source)], &capture->source, sizeof capture->source);
    flow::append(capture->out, one_.data(), one_.size());
    waiting_ += one_.size();
  }
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

void FlowDrain::flushFull() {
  if (waiting_ >= kBatchBytes) flush();
}

/** Waits while too much is under way; meanwhile others may attach and detach. */
void FlowDrain::flush() {
  std::vector<std::vector<uint8_t>> full;
  for (auto& [number, place] : places_) {
    for (const auto& capture : place.captures) {
      if (!capture->out.empty()) full.push_back(std::exchange(capture->out, {}));
    }
  }
  const size_t bytes = std::exchange(waiting_, 0);
  if (full.empty()) return;
  held_.unlock();
  {
    std::unique_lock lock(flightMutex_);
    landed_.wait(lock, [this] { return isClosed_ || inFlight_ < kInFlightMax; });
    inFlight_ += bytes;
  }
  for (auto& one : full) deliver_(std::move(one));
  held_.lock();
  last_ = nullptr;
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
