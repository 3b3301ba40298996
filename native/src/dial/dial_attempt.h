/** One dial under way: sends, and hears what comes of it. No JavaScript here. */
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>

#include "dial/dial_errors.h"
#include "dial/dial_socket.h"
#include "poller.h"

namespace skein::dial {

struct DialEvent {
  enum Kind { kConnected, kData, kEnd, kError };
  Kind kind;
  /** Since it was sent. */
  double ms = 0;
  /** Of data. */
  size_t bytes = 0;
  /** Of an error; what else is known of it stands in `queued`. */
  int error = 0;
  std::optional<QueuedError> queued;
};

/** Where a dial comes from, and whether the kernel refused at once. */
struct DialBegun {
  /** Empty: it came not so far. */
  std::string address;
  /** Of ICMP the id. */
  uint16_t port = 0;
  int error = 0;
  uint32_t mtu = 0;  // of EMSGSIZE
};

/** Begun and closed on one thread; heard on the epoll thread. */
class DialAttempt : public Source, public std::enable_shared_from_this<DialAttempt> {
 public:
  explicit DialAttempt(OpenedDial opened) : opened_(std::move(opened)) {}

  /**
   * Sends. `tell` is called on the epoll thread: at most once, and of TCP once more after `kConnected`. Never when the
   * kernel refused at once. Throws Failure where it cannot be listened to.
   */
  DialBegun begin(std::function<void(DialEvent)> tell);
  /** Idempotent; nothing is told after it returns. */
  void close();

 private:
  int send();
  int sendPayload();
  DialBegun from(int error);
  void readable() override;
  std::optional<DialEvent> look();
  std::optional<DialEvent> lookForError();
  std::optional<DialEvent> lookForConnection();
  std::optional<DialEvent> lookForData();
  double sinceMs() const;

  OpenedDial opened_;
  uint16_t echoId_ = 0;
  bool isConnecting_ = false;
  bool isOver_ = false;
  std::chrono::steady_clock::time_point begun_;
  poller::Ticket ticket_ = 0;
  std::function<void(DialEvent)> tell_;
  std::mutex mutex_;  // the epoll thread uses everything
};

}  // namespace skein::dial
