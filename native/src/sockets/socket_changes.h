/** Hears each change of state of TCP sockets, of all network namespaces (bpf/socket_states.bpf.c). */
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

#include "bpf_image.h"
#include "ebpf/ring.h"
#include "poller.h"

namespace skein::sockets {

class SocketChanges : public Source, public std::enable_shared_from_this<SocketChanges> {
 public:
  /** Records (bpf/socket.h), and how many changes were lost, ever, for want of room. */
  using Deliver = std::function<void(std::vector<uint8_t> records, uint64_t lost)>;

  /** Throws Failure. */
  SocketChanges();

  /** `deliver` is called on the epoll thread, and not again before rearm(): the kernel queues meanwhile. */
  void listen(Deliver deliver);
  void rearm();
  /** Idempotent; nothing is delivered after it returns. */
  void close();

 private:
  void readable() override;

  BpfLoaded loaded_;
  std::unique_ptr<ebpf::Ring> ring_;
  Fd attached_;
  poller::Ticket ticket_ = 0;
  Deliver deliver_;
  bool resting_ = false;
  std::mutex mutex_;  // the epoll thread uses the ring and resting_
};

}  // namespace skein::sockets
