/** Netlink sockets: opening one in any network namespace, and reading it in batches. No JavaScript here. */
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "fd.h"
#include "port.h"

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

class NetlinkPort : public Port<NetlinkBatch> {
 public:
  explicit NetlinkPort(Fd fd);

  uint32_t portId() const { return portId_; }

  /** From any thread; waits for the kernel's locks. Throws Failure. */
  void send(const std::vector<uint8_t>& message) const;

 private:
  void readBatches(int fd) override;
  void flush(NetlinkBatch& batch, size_t size);

  uint32_t portId_ = 0;
};

}  // namespace skein
