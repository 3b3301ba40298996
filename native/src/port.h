/**
 * A socket that the kernel pushes to: read in batches, which are handed over one after the other. While too many of them
 * wait to be taken it is not read, and the kernel's own queue fills. No JavaScript here.
 */
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <utility>

#include "failure.h"
#include "fd.h"
#include "poller.h"
#include "shared_fd.h"

namespace skein {

/** Batches given and not yet taken, per socket. */
constexpr int kUndeliveredMax = 4;

/** Made, started and closed on one thread; read on the epoll thread. */
template <typename Given>
class Port : public Source, public std::enable_shared_from_this<Port<Given>> {
 public:
  using Batch = Given;

  bool isOpen() const { return fd_.hold() != nullptr; }

  /** `deliver` is called on the epoll thread; whoever takes a batch says taken() when done with it. Throws Failure. */
  void read(std::function<void(Batch)> deliver) {
    const auto fd = fd_.hold();
    if (!fd) throw Failure{EBADF, std::string("listen on a closed ") + name_};
    if (ticket_ != 0) throw Failure{EALREADY, std::string("listen twice on a ") + name_};
    // The epoll thread may call before add() returns, and needs the ticket.
    const std::lock_guard lock(starting_);
    deliver_ = std::move(deliver);
    ticket_ = poller::add(fd->get(), this->shared_from_this());
  }

  void taken() {
    const std::lock_guard lock(flow_);
    undelivered_--;
    // All taken before more is read: larger batches, fewer wake-ups.
    if (!paused_ || undelivered_ > 0) return;
    paused_ = false;
    if (const auto fd = fd_.hold()) poller::resume(ticket_, fd->get());
  }

  /** Idempotent, and waits for nobody. A delivery may be under way on the epoll thread. */
  virtual void close() { release(); }

 protected:
  /** `name`: what it is in errors, 'netlink socket'. */
  Port(Fd fd, const char* name) : name_(name), fd_(std::move(fd)) {}

  std::shared_ptr<const Fd> hold() const { return fd_.hold(); }

  /** Gives the descriptor, not watched any more, to be let go; nothing when it was closed before. */
  std::shared_ptr<const Fd> release() {
    auto fd = fd_.close();
    if (fd && ticket_ != 0) poller::remove(ticket_, fd->get());
    return fd;
  }

  /** Hands over what there is to be read, by `deliver`, as long as it may. On the epoll thread. */
  virtual void readBatches(int fd) = 0;

  /** When it may not, reading goes on once all are taken. */
  bool mayDeliver(int fd) {
    const std::lock_guard lock(flow_);
    if (!paused_ && undelivered_ >= kUndeliveredMax) {
      paused_ = true;
      poller::pause(ticket_, fd);
    }
    return !paused_;
  }

  void deliver(Batch batch) {
    {
      const std::lock_guard lock(flow_);
      undelivered_++;
    }
    deliver_(std::move(batch));
  }

 private:
  void readable() override {
    { const std::lock_guard started(starting_); }
    if (const auto fd = fd_.hold()) readBatches(fd->get());
  }

  const char* const name_;
  SharedFd fd_;
  std::function<void(Batch)> deliver_;
  std::mutex starting_;  // held until the epoll thread may use the ticket
  std::atomic<poller::Ticket> ticket_ = 0;
  std::mutex flow_;  // guards the two below
  int undelivered_ = 0;
  bool paused_ = false;
};

}  // namespace skein
