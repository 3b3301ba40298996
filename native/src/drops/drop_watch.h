/** Hears what the kernel drops, of those who are watched (bpf/drops_watch.bpf.c). No JavaScript here. */
#pragma once

#include <array>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "bpf_image.h"
#include "ebpf/drop_reasons.h"
#include "ebpf/ring.h"
#include "poller.h"

namespace skein::drops {

/** struct drop_wanted of bpf/drops_watch.h. */
using Wanted = std::array<uint8_t, 32>;

struct Dropped {
  std::vector<uint8_t> records;  // bpf/drops_watch.h, with the time of the day
  uint64_t lost = 0;             // ever, for want of room
};

class DropWatch : public Source, public std::enable_shared_from_this<DropWatch> {
 public:
  using Deliver = std::function<void(Dropped)>;

  /** Throws Failure. */
  DropWatch();

  const std::vector<std::string>& reasons() const { return reasons_.names(); }
  /** Of two addresses, or of everybody. Throw Failure; ENOSPC when too many are watched. */
  void want(const Wanted& who, bool isWanted);
  void wantAll(bool isWanted);
  /** The function of the kernel at an address that a record has; empty where it does not tell. */
  std::string symbol(uint64_t location);

  /** `deliver` is called on the epoll thread, and not again before rearm(): the kernel queues meanwhile. */
  void listen(Deliver deliver);
  void rearm();
  /** What has come and was not delivered. On any thread. */
  Dropped read();
  /** Idempotent; nothing is delivered after it returns. */
  void close();

 private:
  void readable() override;
  Dropped take();

  const ebpf::DropReasons reasons_;
  BpfLoaded loaded_;
  std::unique_ptr<ebpf::Ring> ring_;
  Fd attached_;
  poller::Ticket ticket_ = 0;
  Deliver deliver_;
  bool resting_ = false;
  std::mutex mutex_;  // the epoll thread uses the ring and resting_
};

}  // namespace skein::drops
