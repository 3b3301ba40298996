#include "packet_reader.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <cstring>

#include "failure.h"
#include "kernel_filter.h"
#include "thread.h"

namespace skein::packets {
namespace {

/** Packets decoded at once: enough to fetch their memory ahead, few enough to stay in the cache. */
constexpr size_t kPacketsAtOnce = 256;
/** Conversations of one batch: about 3 MB, so that JavaScript is not kept long by any. */
constexpr size_t kBatchConversations = 16384;
/** The kernel does not tell when an interface that is down goes for good: it is looked at so often. */
constexpr int kDownMs = 500;
/** At the end the block that is being filled is waited for; a kernel that is busy comes to it late. */
constexpr int64_t kLastBlockMs = 2000;
constexpr size_t kMacsBytes = 12;
constexpr size_t kTagBytes = 4;

int64_t monotonicMs() {
  timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

double epochMs() {
  timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<double>(now.tv_sec) * 1e3 + static_cast<double>(now.tv_nsec) / 1e6;
}

// The kernel keeps the outermost tag beside the packet. It goes back between the addresses and the type, into the room
// that PACKET_RESERVE keeps free before them.
const uint8_t* withTag(uint8_t* frame, uint16_t type, uint16_t tag) {
  uint8_t* const start = frame - kTagBytes;
  memmove(start, frame, kMacsBytes);
  const uint8_t bytes[kTagBytes] = {static_cast<uint8_t>(type >> 8), static_cast<uint8_t>(type),
                                    static_cast<uint8_t>(tag >> 8), static_cast<uint8_t>(tag)};
  memcpy(start + kMacsBytes, bytes, kTagBytes);
  return start;
}

void tellSegments(const uint8_t* head, flow::Packet& packet) {
  SegmentHead told;
  memcpy(&told, head, sizeof told);
  packet.segmentBytes = told.type == 0 ? 0 : told.segmentBytes;
  packet.headerBytes = told.headerBytes;
}

}  // namespace

PacketReader::PacketReader(std::unique_ptr<PacketRing> ring, std::optional<Filter> filter, const ReaderOptions& options)
    : ring_(std::move(ring)),
      filter_(std::move(filter)),
      options_(options),
      linkType_(ring_->linkType()),
      headBytes_(ring_->headBytes()),
      wake_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      engine_(options.engine) {
  if (!wake_) throw Failure::of("eventfd");
}

void PacketReader::start(std::function<void(PacketBatch)> deliver, std::function<void(int)> ended) {
  const std::lock_guard lock(mutex_);
  if (stopping_) throw Failure{EBADF, "listen on a closed packet socket"};
  if (isStarted_) throw Failure{EALREADY, "listen twice on a packet socket"};
  isStarted_ = true;
  deliver_ = std::move(deliver);
  ended_ = std::move(ended);
  startThread("skein-packets", [self = shared_from_this()] { self->run(); });
  isRunning_ = true;
}

void PacketReader::stop() {
  const std::lock_guard lock(mutex_);
  if (stopping_.exchange(true)) return;
  if (!isRunning_) {
    letGo();
    return;
  }
  const uint64_t one = 1;
  // Cannot fail: a counter that is full has woken the thread already.
  (void)!write(wake_.get(), &one, sizeof one);
}

void PacketReader::letGo() {
  ring_.reset();
  wake_.reset();
}

void PacketReader::awaitEnd() {
  std::unique_lock lock(mutex_);
  over_.wait(lock, [this] { return !isRunning_; });
}

ReaderStats PacketReader::stats() const {
  const std::lock_guard lock(mutex_);
  countRing();
  return stats_;
}

void PacketReader::run() {
  drainAtMs_ = monotonicMs() + options_.drainMs;
  const int error = readUntilStopped();
  readRest();
  drain(true);
  ended_(error);
  // Nobody else holds what these hold any more.
  deliver_ = nullptr;
  ended_ = nullptr;
  const std::lock_guard lock(mutex_);
  countRing();
  letGo();
  isRunning_ = false;
  over_.notify_all();
}

int PacketReader::readUntilStopped() {
  bool isDown = false;
  while (!stopping_) {
    int timeout = restMs();
    if (isDown && (timeout < 0 || timeout > kDownMs)) timeout = kDownMs;
    wait(timeout);
    readBlocks();
    if (hasFailed_) {
      hasFailed_ = false;
      int error = 0;
      socklen_t size = sizeof error;
      // ENETDOWN: it goes on by itself when the interface is up again, unless that is gone.
      if (getsockopt(ring_->fd(), SOL_SOCKET, SO_ERROR, &error, &size) != 0) return errno;
      if (error != 0 && error != ENETDOWN) return error;
      isDown = true;
    }
    if (isDown && ring_->isGone()) return ENODEV;
    if (monotonicMs() >= drainAtMs_) drain(false);
  }
  return 0;
}

// It sleeps until there is something to tell; once after the last packet also to forget what it knows.
int PacketReader::restMs() {
  const int64_t now = monotonicMs();
  if (engine_.pending() > 0) return static_cast<int>(std::max<int64_t>(0, drainAtMs_ - now));
  if (packetAtMs_ == 0) return -1;
  const int64_t left = packetAtMs_ + options_.engine.idleMs + options_.drainMs - now;
  if (left <= 0) packetAtMs_ = 0;
  return static_cast<int>(std::clamp<int64_t>(left, 0, INT32_MAX));
}

void PacketReader::wait(int timeoutMs) {
  pollfd waited[2] = {{ring_->fd(), POLLIN, 0}, {wake_.get(), POLLIN, 0}};
  poll(waited, 2, timeoutMs);
  hasFailed_ = hasFailed_ || (waited[0].revents & (POLLERR | POLLHUP)) != 0;
}

void PacketReader::readBlocks() {
  bool hasRead = false;
  while (tpacket_hdr_v1* const block = ring_->ready()) {
    readBlock(block);
    ring_->giveBack();
    hasRead = true;
    packetAtMs_ = monotonicMs();
    if (packetAtMs_ >= drainAtMs_ || stopping_) break;
  }
  if (!hasRead) return;
  const std::lock_guard lock(mutex_);
  stats_.decoded = engine_.counters();
}

void PacketReader::readBlock(tpacket_hdr_v1* block) {
  std::array<flow::Packet, kPacketsAtOnce> packets;
  size_t count = 0;
  auto* at = reinterpret_cast<uint8_t*>(block) - offsetof(tpacket_block_desc, hdr) + block->offset_to_first_pkt;
  for (unsigned left = block->num_pkts; left > 0; left--) {
    auto* const head = reinterpret_cast<tpacket3_hdr*>(at);
    __builtin_prefetch(at + head->tp_next_offset);
    if (isTaken(head, packets[count]) && ++count == packets.size()) {
      engine_.packets(packets.data(), count);
      count = 0;
    }
    at += head->tp_next_offset;
  }
  engine_.packets(packets.data(), count);
}

bool PacketReader::isTaken(tpacket3_hdr* head, flow::Packet& packet) {
  uint8_t* const frame = reinterpret_cast<uint8_t*>(head) + head->tp_mac;
  packet.timestampNs = int64_t{head->tp_sec} * 1000000000 + head->tp_nsec;
  packet.linkType = linkType_;
  packet.data = frame;
  packet.captured = head->tp_snaplen;
  packet.length = head->tp_len;
  packet.isCounted = true;
  packet.segmentBytes = packet.headerBytes = 0;
  if (headBytes_ != 0) tellSegments(frame - headBytes_, packet);
  if ((head->tp_status & TP_STATUS_VLAN_VALID) == 0 || linkType_ != 1 || head->tp_snaplen < kMacsBytes) return true;
  const bool hasType = (head->tp_status & TP_STATUS_VLAN_TPID_VALID) != 0;
  packet.data = withTag(frame, hasType ? head->hv1.tp_vlan_tpid : 0x8100, static_cast<uint16_t>(head->hv1.tp_vlan_tci));
  packet.captured += kTagBytes;
  packet.length += kTagBytes;
  packet.headerBytes += kTagBytes;
  return !filter_ || filter_->matches(packet.data, packet.captured, packet.length);
}

// The kernel hands the block it is filling over by itself, soon.
void PacketReader::readRest() {
  try {
    ring_->shut();
  } catch (const Failure&) {
    // Then what comes meanwhile comes too.
  }
  const int64_t until = monotonicMs() + 2 * int64_t{options_.retireMs} + kLastBlockMs;
  drainAtMs_ = INT64_MAX;
  for (;;) {
    while (tpacket_hdr_v1* const block = ring_->ready()) {
      readBlock(block);
      ring_->giveBack();
    }
    const int64_t left = until - monotonicMs();
    if (ring_->filling() == 0 || left <= 0) break;
    pollfd waited{ring_->fd(), POLLIN, 0};
    poll(&waited, 1, static_cast<int>(std::min<int64_t>(left, options_.retireMs)));
  }
  const std::lock_guard lock(mutex_);
  stats_.ring.dropped += ring_->filling();
  stats_.decoded = engine_.counters();
}

void PacketReader::drain(bool isLast) {
  drainAtMs_ = isLast ? INT64_MAX : monotonicMs() + options_.drainMs;
  // Who is slow is given more at a time, not more often.
  if (undelivered_ > 0 && !isLast) return;
  for (bool isMore = true; isMore;) {
    PacketBatch batch;
    isMore = engine_.drain(batch.observations, epochMs(), kBatchConversations);
    engine_.drainRaw(batch.rawPackets);
    if (batch.observations.empty() && batch.rawPackets.empty()) continue;
    undelivered_++;
    deliver_(std::move(batch));
  }
  const std::lock_guard lock(mutex_);
  stats_.decoded = engine_.counters();
  countRing();
}

void PacketReader::countRing() const {
  if (!ring_) return;
  const RingStats more = ring_->takeStats();
  stats_.ring.received += more.received;
  stats_.ring.dropped += more.dropped;
  stats_.ring.freezes += more.freezes;
}

}  // namespace skein::packets
