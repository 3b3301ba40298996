/**
 * Programs in the kernel that tell something by a ring buffer: whoever listens is told once, and again when it says so.
 * No JavaScript here.
 */
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <utility>
#include <vector>

#include "bpf_image.h"
#include "poller.h"

namespace skein {

/** `Ring`: a Bell, or an ebpf::Ring; what it is told as is `Told`. Made by std::make_shared, and closed by who made it. */
template <typename Ring, typename... Told>
class BpfWatch : public Source, public std::enable_shared_from_this<BpfWatch<Ring, Told...>> {
 public:
  using Deliver = std::function<void(Told...)>;

  /** On the thread that closes it. */
  bool isOpen() const { return ring_ != nullptr; }

  /** `deliver` is called on the epoll thread, and not again before rearm(): the kernel queues meanwhile. Throws Failure. */
  void listen(Deliver deliver) {
    const std::lock_guard lock(mutex_);
    deliver_ = std::move(deliver);
    ticket_ = poller::add(ring_->fd(), this->shared_from_this());
  }

  void rearm() {
    const std::lock_guard lock(mutex_);
    if (!ring_ || !resting_) return;
    resting_ = false;
    poller::resume(ticket_, ring_->fd());
  }

  /** Idempotent; nothing is delivered after it returns. */
  void close() {
    const std::lock_guard lock(mutex_);
    if (!ring_) return;
    if (ticket_ != 0) poller::remove(ticket_, ring_->fd());
    attached_.clear();
    ring_.reset();
    loaded_ = BpfLoaded{};
    deliver_ = nullptr;
  }

 protected:
  /** Reads the ring and delivers. On the epoll thread, while the ring is there and mutex_ is held. */
  virtual void tell() = 0;

  std::mutex mutex_;  // the epoll thread uses all of this
  BpfLoaded loaded_;
  std::vector<Fd> attached_;
  std::unique_ptr<Ring> ring_;  // nothing once it was closed
  Deliver deliver_;

 private:
  void readable() override {
    const std::lock_guard lock(mutex_);
    if (!ring_ || resting_) return;
    resting_ = true;
    poller::pause(ticket_, ring_->fd());
    tell();
  }

  poller::Ticket ticket_ = 0;
  bool resting_ = false;
};

}  // namespace skein
