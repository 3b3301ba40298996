#include "frames/frame_port.h"

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <sys/socket.h>

#include <cstring>
#include <string>

#include "failure.h"
#include "side_thread.h"

namespace skein::frames {
namespace {

/** What neighbours say of themselves fits a frame of Ethernet; longer ones are cut off there. */
constexpr size_t kFrameBytes = 9216;
/** A few seconds of what a busy segment says. */
constexpr int kReceiveBytes = 256 * 1024;

void append(FramePort::Batch& batch, uint32_t interfaceIndex, const uint8_t* frame, uint32_t length) {
  const uint32_t head[2] = {interfaceIndex, length};
  const auto* const bytes = reinterpret_cast<const uint8_t*>(head);
  batch.insert(batch.end(), bytes, bytes + sizeof head);
  batch.insert(batch.end(), frame, frame + length);
  batch.resize((batch.size() + 3) & ~size_t{3});
}

}  // namespace

Fd openFrames(const FrameOptions& options) {
  Fd fd(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) throw Failure::of("open packet socket");
  setsockopt(fd.get(), SOL_SOCKET, SO_RCVBUF, &kReceiveBytes, sizeof kReceiveBytes);
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

void FramePort::join(int interfaceIndex, const MacAddress& address) const {
  const auto fd = hold();
  if (!fd) throw Failure{EBADF, "join on a closed packet socket"};
  packet_mreq request{};
  request.mr_ifindex = interfaceIndex;
  request.mr_type = PACKET_MR_MULTICAST;
  request.mr_alen = address.size();
  memcpy(request.mr_address, address.data(), address.size());
  if (setsockopt(fd->get(), SOL_PACKET, PACKET_ADD_MEMBERSHIP, &request, sizeof request) != 0) {
    throw Failure::of("join a multicast address on interface " + std::to_string(interfaceIndex));
  }
}

void FramePort::close() {
  auto fd = release();
  if (!fd) return;
  try {
    SideThread::closing().run([last = std::move(fd)] {});
  } catch (const Failure&) {
    // No thread for it: then it is closed here, and waited for.
  }
}

void FramePort::readBatches(int fd) {
  if (!mayDeliver(fd)) return;
  Batch batch;
  uint8_t frame[kFrameBytes];
  for (int count = 0; count < kBatchFrames;) {
    sockaddr_ll from{};
    socklen_t size = sizeof from;
    const ssize_t received =
        recvfrom(fd, frame, sizeof frame, MSG_DONTWAIT, reinterpret_cast<sockaddr*>(&from), &size);
    if (received < 0 && errno == EINTR) continue;
    // ENETDOWN is told once when an interface goes down: what comes after it is read the next time.
    if (received < 0) break;
    count++;
    // Copies that this machine makes for itself of what it sends to a group.
    if (from.sll_pkttype == PACKET_LOOPBACK) continue;
    append(batch, static_cast<uint32_t>(from.sll_ifindex), frame, static_cast<uint32_t>(received));
  }
  if (!batch.empty()) deliver(std::move(batch));
}

}  // namespace skein::frames
