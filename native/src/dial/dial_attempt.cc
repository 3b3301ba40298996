#include "dial/dial_attempt.h"

#include <linux/tcp.h>

#include <vector>

#include "dial/dial_echo.h"
#include "failure.h"

namespace skein::dial {
namespace {

constexpr int kConnectedState = 1, kPeerClosedState = 8;  // TCP_ESTABLISHED, TCP_CLOSE_WAIT of net/tcp_states.h
constexpr size_t kReadBytes = 65536;
/** Errors about others' echoes, and datagrams that are none of ours, passed over in one look. */
constexpr int kPassedMax = 64;

}  // namespace

DialBegun DialAttempt::begin(std::function<void(DialEvent)> tell) {
  const std::lock_guard lock(mutex_);
  if (!opened_.fd) throw Failure{EBADF, "begin a dial that was closed"};
  if (tell_) throw Failure{EALREADY, "begin a dial twice"};
  tell_ = std::move(tell);
  begun_ = std::chrono::steady_clock::now();
  const int error = send();
  DialBegun begun = from(error);
  if (error != 0) return begun;
  isConnecting_ = opened_.options.protocol == Protocol::kTcp;
  const int fd = opened_.fd.get();
  ticket_ = isConnecting_ ? poller::addConnecting(fd, shared_from_this()) : poller::add(fd, shared_from_this());
  return begun;
}

void DialAttempt::close() {
  const std::lock_guard lock(mutex_);
  if (!opened_.fd) return;
  if (ticket_ != 0) poller::remove(ticket_, opened_.fd.get());
  opened_.fd.reset();
  tell_ = nullptr;
}

/** What the kernel refused at once, as errno; 0: it is on its way. */
int DialAttempt::send() {
  const int fd = opened_.fd.get();
  DialAddress to = opened_.to;
  if (opened_.options.protocol == Protocol::kIcmp) to.setPort(0);
  if (connect(fd, to.get(), to.size()) != 0) return errno == EINPROGRESS ? 0 : errno;
  return opened_.options.protocol == Protocol::kTcp ? 0 : sendPayload();
}

int DialAttempt::sendPayload() {
  const auto& [protocol, address, port, origin, payload, whole] = opened_.options;
  std::vector<uint8_t> message = payload;
  if (protocol == Protocol::kIcmp) {
    // The kernel has its own id for a socket of type ping, and fills in its checksum.
    if (opened_.isRaw) echoId_ = nextEchoId();
    message = echoRequest(opened_.to.family(), echoId_, payload);
  }
  return ::send(opened_.fd.get(), message.data(), message.size(), MSG_NOSIGNAL) < 0 ? errno : 0;
}

DialBegun DialAttempt::from(int error) {
  DialBegun begun;
  begun.error = error;
  const int fd = opened_.fd.get();
  DialAddress local;
  socklen_t size = sizeof local.storage;
  if (getsockname(fd, local.get(), &size) == 0 && local.family() == opened_.to.family()) {
    begun.address = local.text();
    begun.port = opened_.isRaw ? echoId_ : local.port();
    if (!opened_.isRaw && opened_.options.protocol == Protocol::kIcmp) echoId_ = begun.port;
    if (begun.address == "0.0.0.0" || begun.address == "::") begun.address.clear();
  }
  if (error != EMSGSIZE) return begun;
  const auto queued = nextError(fd);
  begun.mtu = queued && queued->error == EMSGSIZE ? queued->info : 0;
  return begun;
}

void DialAttempt::readable() {
  const std::lock_guard lock(mutex_);
  if (!opened_.fd || isOver_) return;
  auto event = look();
  if (!event) return;
  event->ms = event->ms > 0 ? event->ms : sinceMs();
  isOver_ = event->kind != DialEvent::kConnected;
  if (isOver_) {
    poller::pause(ticket_, opened_.fd.get());
  } else {
    poller::resume(ticket_, opened_.fd.get());
  }
  tell_(std::move(*event));
}

std::optional<DialEvent> DialAttempt::look() {
  if (auto error = lookForError()) return error;
  return isConnecting_ ? lookForConnection() : lookForData();
}

std::optional<DialEvent> DialAttempt::lookForError() {
  const int fd = opened_.fd.get();
  const bool isTcp = opened_.options.protocol == Protocol::kTcp;
  for (int i = 0; i < kPassedMax; i++) {
    auto queued = nextError(fd);
    if (!queued) break;
    // Raw sockets hear of every echo to that address.
    if (opened_.isRaw && queued->isIcmp && !isEchoOf(echoId_, queued->about)) continue;
    // A connection that stands survives what ICMP says of it (RFC 1122, 4.2.3.9).
    if (isTcp && !isConnecting_) continue;
    const int error = queued->error;
    return DialEvent{DialEvent::kError, 0, 0, error, std::move(queued)};
  }
  int error = 0;
  socklen_t size = sizeof error;
  getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &size);
  if (error == 0 || (opened_.isRaw && error != ENETDOWN)) return std::nullopt;
  return DialEvent{DialEvent::kError, 0, 0, error, std::nullopt};
}

std::optional<DialEvent> DialAttempt::lookForConnection() {
  tcp_info info{};
  socklen_t size = sizeof info;
  if (getsockopt(opened_.fd.get(), IPPROTO_TCP, TCP_INFO, &info, &size) != 0) return std::nullopt;
  if (info.tcpi_state != kConnectedState && info.tcpi_state != kPeerClosedState) return std::nullopt;
  isConnecting_ = false;
  if (!opened_.options.payload.empty()) {
    if (const int error = sendPayload()) return DialEvent{DialEvent::kError, 0, 0, error, std::nullopt};
  }
  // The kernel has measured it, unless the first packets were lost.
  const bool isMeasured = info.tcpi_rtt > 0 && info.tcpi_total_retrans == 0;
  return DialEvent{DialEvent::kConnected, isMeasured ? info.tcpi_rtt / 1000.0 : 0, 0, 0, std::nullopt};
}

std::optional<DialEvent> DialAttempt::lookForData() {
  static thread_local std::vector<uint8_t> bytes(kReadBytes);
  const bool isTcp = opened_.options.protocol == Protocol::kTcp;
  for (int i = 0; i < kPassedMax; i++) {
    ssize_t size = recv(opened_.fd.get(), bytes.data(), bytes.size(), MSG_DONTWAIT);
    if (size < 0 && (errno == EAGAIN || errno == EINTR)) return std::nullopt;
    if (size < 0) return DialEvent{DialEvent::kError, 0, 0, errno, std::nullopt};
    if (isTcp && size == 0) return DialEvent{DialEvent::kEnd, 0, 0, 0, std::nullopt};
    if (opened_.isRaw) size = echoReplyData(opened_.to.family(), echoId_, bytes.data(), static_cast<size_t>(size));
    if (size >= 0) return DialEvent{DialEvent::kData, 0, static_cast<size_t>(size), 0, std::nullopt};
  }
  return std::nullopt;
}

double DialAttempt::sinceMs() const {
  return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - begun_).count();
}

}  // namespace skein::dial
