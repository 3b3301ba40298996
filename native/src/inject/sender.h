/** Puts packets on an interface, or gives them to the stack of a namespace. No JavaScript here. */
#pragma once

#include <sys/socket.h>

#include <cstdint>
#include <memory>
#include <vector>

#include "shared_fd.h"

namespace skein::inject {

struct SenderOptions {
  /** Of an interface: frames are put on it. 0: packets are given to the stack, for `destination`. */
  int interfaceIndex = 0;
  /** linux/if_ether.h, of interfaces whose frames do not say it themselves. */
  uint16_t protocol = 0;
  /** 4 or 16 bytes. */
  std::vector<uint8_t> destination;
  /** Of a link-local destination: its interface. */
  uint32_t scope = 0;
};

/** What became of some packets: the first `times.size()` were sent. */
struct Sent {
  /** When each was given to the kernel, epoch ns. */
  std::vector<uint64_t> times;
  /** Why the next was not; 0: all were. */
  int error = 0;
};

class Sender {
 public:
  /** In the namespace of the calling thread. Throws Failure. */
  static std::shared_ptr<Sender> open(const SenderOptions& options);

  Sender(Fd fd, const sockaddr_storage& to, socklen_t toBytes) : fd_(std::move(fd)), to_(to), toBytes_(toBytes) {}

  /** `packets`: length (4 bytes), the packet, filled up to a multiple of 4; again. Throws Failure EBADF once it is closed. */
  Sent send(const std::vector<uint8_t>& packets) const;
  /** Idempotent. What is being sent is sent. */
  void close();

 private:
  SharedFd fd_;
  sockaddr_storage to_;
  socklen_t toBytes_;
};

}  // namespace skein::inject
