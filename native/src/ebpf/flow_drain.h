/**
 * Flow tables in the kernel, for all captures of the process: one thread empties them every `drainMs` and makes
 * observations of what was in them. It holds nothing about a conversation from one time to the next, but for the engines
 * of first packets, which forget after a second.
 */
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "ebpf/captured_place.h"
#include "ebpf/drop_reasons.h"
#include "ebpf/fact_table.h"
#include "ebpf/grace.h"
#include "ebpf/kernel_table.h"
#include "ebpf/slot_observation.h"

namespace skein::ebpf {

struct FlowDrainOptions {
  KernelTableOptions table;
  uint32_t drainMs;
};

struct FlowDrainStats {
  uint64_t evictions;
  uint64_t firstPacketsLost;
  uint64_t evictionsLost;
  uint64_t packetsLost;
  uint64_t bytesLost;
};

class FlowDrain : public std::enable_shared_from_this<FlowDrain> {
 public:
  using Deliver = std::function<void(std::vector<uint8_t>)>;
  using Done = std::function<void()>;

  /** Loads all programs. Throws Failure with what would do. */
  static std::shared_ptr<FlowDrain> open(const FlowDrainOptions& options);

  /** Observations, those of a buffer all of one source; each buffer is to be acknowledged by taken(). Called once. */
  void start(Deliver deliver);
  /** So many bytes were taken. While too many are not, the table is not read: it fills up, and then counts what it loses. */
  void taken(size_t bytes);

  /** On a thread inside the namespace. `mode`: 'tcx', 'clsact', or '' for the best. Throws Failure. */
  std::shared_ptr<Capture> attach(uint32_t ifIndex, uint32_t source, uint32_t payloadBytes, const std::string& mode);
  /** Delivers what it has counted, then calls `done` on the draining thread. `done` may be empty. */
  void detach(const std::shared_ptr<Capture>& capture, Done done);
  /** Called on the draining thread, once for each, when interfaces are gone. */
  void onGone(std::function<void(std::shared_ptr<Capture>)> listener);

  const std::vector<std::string>& dropReasons() const { return drops_.names(); }
  const std::vector<std::string>& missing() const { return missing_; }
  FlowDrainStats stats() const;
  /** Idempotent. Detaches everything; nothing is delivered after it returns. */
  void close();

  explicit FlowDrain(const FlowDrainOptions& options);
  ~FlowDrain();

 private:
  struct Closing {
    std::shared_ptr<Capture> capture;
    Done done;
  };

  void loadFacts();
  void run();
  bool waitUntil(int64_t deadlineNs);
  void cycle();
  bool detachClosing(const std::vector<Closing>& closing);
  void readFirsts();
  void tellFirsts();
  void readEvicted();
  void readSlots();
  void readFacts();
  void take(const flow_slot& slot);
  void give(const CapturedPlace& place);
  void noteLosses();
  void lookForGone();
  void flush();
  void flushFull();
  CapturedPlace* find(uint64_t place);
  void remove(const std::shared_ptr<Capture>& capture);

  const FlowDrainOptions options_;
  KernelTable table_;
  Grace grace_;
  const DropReasons drops_;
  std::vector<FactTable> facts_;
  bool hasRetransmits_ = false;
  std::vector<std::string> missing_;
  Fd wake_;
  Fd poll_;

  std::mutex attaching_;  // one after the other
  std::mutex mutex_;      // places, closing; and all that is read of a capture but its atomics
  std::unordered_map<uint64_t, CapturedPlace> places_;
  std::vector<Closing> closing_;
  flow_losses removed_{};  // losses of places that are captured no more
  uint32_t captures_ = 0;  // ever
  std::atomic<uint64_t> lostEntries_{0};
  std::atomic<uint64_t> lostPackets_{0};
  std::atomic<uint64_t> lostBytes_{0};
  std::function<void(std::shared_ptr<Capture>)> onGone_;

  std::mutex flightMutex_;
  std::condition_variable landed_;
  size_t inFlight_ = 0;
  bool isClosed_ = false;

  // The draining thread's own.
  std::unique_lock<std::mutex> held_{mutex_, std::defer_lock};  // let go while others are waited for
  Deliver deliver_;
  TableClock clock_;
  SlotReader reader_;
  std::vector<uint8_t> one_;  // an observation, before it has a source
  size_t waiting_ = 0;        // bytes of all captures
  std::vector<FactTable::Fact> factsRead_;
  uint64_t lastPlace_ = 0;
  CapturedPlace* last_ = nullptr;
  int64_t lookNs_ = 0;
};

}  // namespace skein::ebpf
