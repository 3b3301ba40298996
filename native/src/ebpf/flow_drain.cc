#include "ebpf/flow_drain.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>

#include <algorithm>
#include <cstring>

#include "flow/append.h"
#include "thread.h"

namespace skein::ebpf {
namespace {

/** Of observations that are handed over at once. */
constexpr size_t kBatchBytes = 2u << 20;
/** Handed over and not taken yet. */
constexpr size_t kInFlightMax = 16u << 20;
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

}  // namespace skein::ebpf
