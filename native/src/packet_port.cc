#include "packet_port.h"

#include <arpa/inet.h>
#include <sys/socket.h>
#include <time.h>

#include <cstring>
#include <string>

#include "failure.h"
#include "side_thread.h"

namespace skein {
namespace {

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

Fd openPacketPort(const PacketPortKind& kind, const PacketPortOptions& options) {
  Fd fd(socket(AF_PACKET, kind.type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) throw Failure::of("open packet socket");
  setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &kind.receiveBytes, sizeof kind.receiveBytes);
  const int isTimed = kind.isTimed ? 1 : 0;
  setsockopt(fd.get(), SOL_SOCKET, SO_TIMESTAMPNS, &isTimed, sizeof isTimed);
  if (!options.filter.empty()) {
    const sock_fprog program{static_cast<unsigned short>(options.filter.size()),
                             const_cast<sock_filter*>(options.filter.data())};
    if (setsockopt(fd.get(), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) != 0) {
      throw Failure::of("attach a filter of " + std::to_string(options.filter.size()) + " instructions");
    }
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

void PacketPort::close() {
  if (auto fd = release()) letGo(std::move(fd));
}

void PacketPort::readBatches(int fd) {
  if (!mayDeliver(fd)) return;
  Batch batch;
  std::vector<uint8_t> packet(kind_.packetBytes);
  for (int count = 0; count < kind_.batchPackets; count++) {
    sockaddr_ll from{};
    iovec part{packet.data(), packet.size()};
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
    append(batch, {from, timeOf(message), packet.data(), static_cast<uint32_t>(received)});
  }
  if (!batch.empty()) deliver(std::move(batch));
}

void letGo(std::shared_ptr<const Fd> fd) {
  try {
    SideThread::closing().run([last = std::move(fd)] {});
  } catch (const Failure&) {
    // No thread for it: then it is closed here, and waited for.
  }
}

}  // namespace skein
