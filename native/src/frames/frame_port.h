/** Frames of one protocol, of all interfaces of a namespace or of one: what neighbours say of themselves. No JavaScript here. */
#pragma once

#include <linux/filter.h>

#include <array>
#include <atomic>
#include <cstdint>
#include <functional>
#include <mutex>
#include <vector>

#include "fd.h"
#include "poller.h"
#include "shared_fd.h"

namespace skein::frames {

/** Frames that are taken at once, and such batches that wait to be taken; beyond that the kernel's queue fills. */
constexpr int kBatchFrames = 64;
constexpr int kUndeliveredMax = 4;

using MacAddress = std::array<uint8_t, 6>;

struct FrameOptions {
  /** linux/if_ether.h */
  uint16_t protocol = 0;
  /** 0: all. */
  int interfaceIndex = 0;
  /** Empty: all frames pass. */
  std::vector<sock_filter> filter;
};

/** Opened in the namespace of the calling thread. Throws Failure. */
Fd openFrames(const FrameOptions& options);

/**
 * An open socket. A batch is frames back to back: interface index (4 bytes), length (4 bytes), the frame from its
 * Ethernet header on, filled up to a multiple of 4.
 */
class FramePort : public Source, public std::enable_shared_from_this<FramePort> {
 public:
  using Batch = std::vector<uint8_t>;

  explicit FramePort(Fd fd) : fd_(std::move(fd)) {}

  bool isOpen() const { return fd_.hold() != nullptr; }
  /** Has an interface pass frames for a multicast address (packet(7), PACKET_ADD_MEMBERSHIP). Throws Failure. */
  void join(int interfaceIndex, const MacAddress& address) const;
  /** `deliver` is called on the epoll thread; whoever takes a batch says taken() when done with it. */
  void read(std::function<void(Batch)> deliver);
  void taken();
  /** Idempotent, and waits for nobody. */
  void close();

 private:
  void readable() override;

  SharedFd fd_;
  std::function<void(Batch)> deliver_;
  std::mutex starting_;  // held until the epoll thread may use the ticket
  std::atomic<poller::Ticket> ticket_ = 0;
  std::mutex flow_;  // guards the two below
  int undelivered_ = 0;
  bool paused_ = false;
};

}  // namespace skein::frames
