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

namespace skein {

struct NetlinkOptions {
  int protocol = 0;
  std::vector<uint32_t> groups;
  std::optional<int> receiveBufferBytes;
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

/** An open socket. Made, sent on, started and closed on one thread; read on the epoll thread. */
class NetlinkPort : public Source, public std::enable_shared_from_this<NetlinkPort> {
 public:
  explicit NetlinkPort(Fd fd);

  uint32_t portId() const { return portId_; }
  bool isOpen() const { return static_cast<bool>(fd_); }
  bool isReading() const { return ticket_ != 0; }

  void send(const uint8_t* message, size_t size);

  /** `deliver` is called on the epoll thread; whoever takes a batch says taken() when done with it. */
  void read(std::function<void(NetlinkBatch)> deliver);
  void taken();

  /** Idempotent; nothing is delivered after it returns. */
  void close();

 private:
  void readable() override;
  void readBatches();
  bool mayDeliver();
  void flush(NetlinkBatch& batch, size_t size);

  Fd fd_;
  uint32_t portId_ = 0;
  poller::Ticket ticket_ = 0;
  std::function<void(NetlinkBatch)> deliver_;
  std::mutex reading_;  // held while the epoll thread uses fd_
  std::mutex flow_;     // guards the two below
  int undelivered_ = 0;
  bool paused_ = false;
};

}  // namespace skein
