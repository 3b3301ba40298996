/** Netlink sockets: opening one in any network namespace, and reading it in batches. No JavaScript here. */
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "fd.h"
#include "poller.h"
#include "shared_fd.h"

namespace skein {

struct NetlinkOptions {
  int protocol = 0;
  std::vector<uint32_t> groups;
  std::optional<int> receiveBufferBytes;
  /** A classic BPF program, structs sock_filter, that says which messages are wanted; empty: all. */
  std::vector<uint8_t> filter;
  bool strict = false;
  bool allNamespaces = false;
};

/** Opened in the namespace of the calling thread; it stays there wherever it is used. Throws Failure. */
Fd openNetlink(const NetlinkOptions& options);

/** One or more whole messages back to back, all of one namespace. */
struct NetlinkBatch {
  std::vector<uint8_t> bytes;
  /** The kernel dropped messages before these. */
  bool overrun = false;
  /** Our id of the namespace they are about; -1 for the socket's own. */
  int32_t nsid = -1;
};

/** An open socket. Made, started and closed on one thread; read on the epoll thread. */
class NetlinkPort : public Source, public std::enable_shared_from_this<NetlinkPort> {
 public:
  explicit NetlinkPort(Fd fd);

  uint32_t portId() const { return portId_; }
  bool isOpen() const { return fd_.hold() != nullptr; }

  /** From any thread; waits for the kernel's locks. Throws Failure. */
  void send(const std::vector<uint8_t>& message) const;

  /** `deliver` is called on the epoll thread; whoever takes a batch says taken() when done with it. */
  void read(std::function<void(NetlinkBatch)> deliver);
  void taken();

  /** Idempotent, and waits for nobody. A delivery may be under way on the epoll thread. */
  void close();

 private:
  void readable() override;
  void readBatches(int fd);
  bool mayDeliver(int fd);
  void flush(NetlinkBatch& batch, size_t size);

  SharedFd fd_;
  uint32_t portId_ = 0;
  std::function<void(NetlinkBatch)> deliver_;
  std::mutex starting_;  // held until the epoll thread may use the ticket
  std::atomic<poller::Ticket> ticket_ = 0;
  std::mutex flow_;  // guards the two below
  int undelivered_ = 0;
  bool paused_ = false;
};

}  // namespace skein
