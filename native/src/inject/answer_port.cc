#include "inject/answer_port.h"

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <sys/socket.h>
#include <time.h>

#include <cstring>
#include <string>

#include "failure.h"
#include "side_thread.h"

namespace skein::inject {
namespace {

/** Of one answer; what is longer is cut off, its length too. */
constexpr size_t kAnswerBytes = 2048;
constexpr int kBatchAnswers = 256;
constexpr int kReceiveBytes = 1024 * 1024;

void append(AnswerPort::Batch& batch, uint32_t interfaceIndex, uint64_t timeNs, const uint8_t* packet,
            uint32_t length) {
  const uint32_t head[2] = {interfaceIndex, length};
  const auto* const bytes = reinterpret_cast<const uint8_t*>(head);
  const auto* const time = reinterpret_cast<const uint8_t*>(&timeNs);
  batch.insert(batch.end(), bytes, bytes + sizeof head);
  batch.insert(batch.end(), time, time + sizeof timeNs);
  batch.insert(batch.end(), packet, packet + length);
  batch.resize((batch.size() + 7) & ~size_t{7});
}

uint64_t timeOf(msghdr& message) {
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level != SOL_SOCKET || part->cmsg_type != SCM_TIMESTAMPNS) continue;
    timespec time;
    memcpy(&time, CMSG_DATA(part), sizeof time);
    return static_cast<uint64_t>(time.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(time.tv_nsec);
  }
  return 0;
}

}  // namespace

Fd openAnswers(const AnswerOptions& options) {
  Fd fd(socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) throw Failure::of("open packet socket");
  setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &kReceiveBytes, sizeof kReceiveBytes);
  const int on = 1;
  setsockopt(fd.get(), SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  const sock_fprog program{static_cast<unsigned short>(options.filter.size()),
                           const_cast<sock_filter*>(options.filter.data())};
  if (setsockopt(fd.get(), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) != 0) {
    throw Failure::of("attach a filter of " + std::to_string(options.filter.size()) + " instructions");
  }
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(options.protocol);
  address.sll_ifindex = options.interfaceIndex;
  if (bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) {
    throw Failure::of("bind packet socket to interface " + std::to_string(options.interfaceIndex));
  }
  return fd;
}

void letGo(std::shared_ptr<const Fd> fd) {
  try {
    SideThread::closing().run([last = std::move(fd)] {});
  } catch (const Failure&) {
    // No thread for it: then it is closed here, and waited for.
  }
}

void AnswerPort::close() {
  if (auto fd = release()) letGo(std::move(fd));
}

void AnswerPort::readBatches(int fd) {
  if (!mayDeliver(fd)) return;
  Batch batch;
  uint8_t packet[kAnswerBytes];
  for (int count = 0; count < kBatchAnswers; count++) {
    sockaddr_ll from{};
    iovec part{packet, sizeof packet};
    alignas(cmsghdr) uint8_t control[CMSG_SPACE(sizeof(timespec))];
    msghdr message{};
    message.msg_name = &from;
    message.msg_namelen = sizeof from;
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    const ssize_t received = recvmsg(fd, &message, MSG_DONTWAIT);
    if (received < 0 && errno == EINTR) continue;
    // ENETDOWN is told once when an interface goes down: what comes after it is read the next time.
    if (received < 0) break;
    append(batch, static_cast<uint32_t>(from.sll_ifindex), timeOf(message), packet, static_cast<uint32_t>(received));
  }
  if (!batch.empty()) deliver(std::move(batch));
}

}  // namespace skein::inject
