#include "frames/frame_port.h"

#include <sys/socket.h>

#include <cstring>
#include <string>

#include "failure.h"

namespace skein::frames {
namespace {

/**
 * What neighbours say of themselves fits a frame of Ethernet; longer ones are cut off there. The kernel's queue takes a
 * few seconds of what a busy segment says.
 */
constexpr PacketPortKind kKind{SOCK_RAW, 256 * 1024, false, 9216, 64};

}  // namespace

Fd openFrames(const PacketPortOptions& options) { return openPacketPort(kKind, options); }

FramePort::FramePort(Fd fd) : PacketPort(std::move(fd), kKind) {}

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

void FramePort::append(Batch& batch, const Heard& heard) {
  // Copies that this machine makes for itself of what it sends to a group.
  if (heard.from.sll_pkttype == PACKET_LOOPBACK) return;
  const uint32_t head[] = {static_cast<uint32_t>(heard.from.sll_ifindex), heard.length};
  appendBytes(batch, head, 2);
  appendBytes(batch, heard.bytes, heard.length);
  batch.resize((batch.size() + 3) & ~size_t{3});
}

}  // namespace skein::frames
