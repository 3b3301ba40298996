/** Reads a packet ring on a thread of its own and hands over what it saw, decoded. No JavaScript here. */
#pragma once

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "fd.h"
#include "flow/engine.h"
#include "packet_ring.h"

namespace skein::packets {

struct PacketBatch {
  std::vector<uint8_t> observations;
  std::vector<uint8_t> rawPackets;
};

struct ReaderOptions {
  flow::EngineOptions engine;
  uint32_t drainMs = 0;
  uint32_t retireMs = 0;
};

struct ReaderStats {
  RingStats ring;
  flow::EngineCounters decoded{};
};

/** Started once; stopped from any thread. Whoever starts it hears of its end. */
class PacketReader : public std::enable_shared_from_this<PacketReader> {
 public:
  /** `filter` is run here on what has a VLAN tag; without one all of that is taken. Throws Failure. */
  PacketReader(std::unique_ptr<PacketRing> ring, std::optional<Filter> filter, const ReaderOptions& options);

  uint32_t linkType() const { return linkType_; }
  ReaderStats stats() const;

  /**
   * `deliver` is called on the reader's thread; whoever takes a batch says taken() when done with it. Nothing more is
   * handed over before, but what it decodes is added up. `ended`: after the last batch, with errno or 0 when stopped.
   * Throws Failure.
   */
  void start(std::function<void(PacketBatch)> deliver, std::function<void(int error)> ended);
  void taken() { undelivered_--; }
  /** Idempotent, and waits for nobody: what is there is still delivered. */
  void stop();
  /** Until the last batch was delivered. At once when it was never started. */
  void awaitEnd();

 private:
  void run();
  int readUntilStopped();
  int restMs();
  void wait(int timeoutMs);
  void readBlocks();
  void readBlock(tpacket_hdr_v1* block);
  void readRest();
  bool isTaken(tpacket3_hdr* head, flow::Packet& packet);
  void drain(bool isLast);
  void countRing() const;
  void letGo();

  std::unique_ptr<PacketRing> ring_;
  const std::optional<Filter> filter_;
  const ReaderOptions options_;
  const uint32_t linkType_;
  const uint32_t headBytes_;
  Fd wake_;
  flow::Engine engine_;
  std::function<void(PacketBatch)> deliver_;
  std::function<void(int)> ended_;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> undelivered_ = 0;
  bool hasFailed_ = false;  // an error of the socket waits to be looked at
  int64_t drainAtMs_ = 0;
  int64_t packetAtMs_ = 0;  // when the last one came

  mutable std::mutex mutex_;  // guards what is below, and the ring's statistics
  std::condition_variable over_;
  bool isStarted_ = false;
  bool isRunning_ = false;
  mutable ReaderStats stats_;
};

}  // namespace skein::packets
