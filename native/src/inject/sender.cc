#include "inject/sender.h"

#include <arpa/inet.h>
#include <linux/if_packet.h>
#include <netinet/in.h>
#include <time.h>

#include <cstring>
#include <string>

#include "failure.h"
#include "packet_port.h"

namespace skein::inject {
namespace {

/** Given to the kernel with one call, and timed together. */
constexpr unsigned kTogether = 16;

uint64_t nowNs() {
  timespec now{};
  clock_gettime(CLOCK_REALTIME, &now);
  return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000 + static_cast<uint64_t>(now.tv_nsec);
}

std::shared_ptr<Sender> openLink(const SenderOptions& options) {
  // Protocol 0: nothing is received.
  Fd fd(socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!fd) throw Failure::of("open packet socket");
  sockaddr_storage to{};
  auto* const link = reinterpret_cast<sockaddr_ll*>(&to);
  link->sll_family = AF_PACKET;
  link->sll_ifindex = options.interfaceIndex;
  if (bind(fd.get(), reinterpret_cast<sockaddr*>(link), sizeof *link) != 0) {
    throw Failure::of("bind packet socket to interface " + std::to_string(options.interfaceIndex));
  }
  link->sll_protocol = htons(options.protocol);
  return std::make_shared<Sender>(std::move(fd), to, sizeof(sockaddr_ll));
}

/** IPPROTO_RAW: the header comes with the packet (raw(7), and net/ipv6/raw.c, which does the same). */
std::shared_ptr<Sender> openStack(const SenderOptions& options) {
  const bool isV4 = options.destination.size() == sizeof(in_addr);
  Fd fd(socket(isV4 ? AF_INET : AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_RAW));
  if (!fd) throw Failure::of("open raw socket");
  sockaddr_storage to{};
  if (isV4) {
    auto* const address = reinterpret_cast<sockaddr_in*>(&to);
    address->sin_family = AF_INET;
    memcpy(&address->sin_addr, options.destination.data(), sizeof(in_addr));
    const int on = 1;
    if (setsockopt(fd.get(), SOL_SOCKET, SO_BROADCAST, &on, sizeof on) != 0) throw Failure::of("set SO_BROADCAST");
    return std::make_shared<Sender>(std::move(fd), to, sizeof(sockaddr_in));
  }
  auto* const address = reinterpret_cast<sockaddr_in6*>(&to);
  address->sin6_family = AF_INET6;
  address->sin6_scope_id = options.scope;
  memcpy(&address->sin6_addr, options.destination.data(), sizeof(in6_addr));
  return std::make_shared<Sender>(std::move(fd), to, sizeof(sockaddr_in6));
}

}  // namespace

std::shared_ptr<Sender> Sender::open(const SenderOptions& options) {
  return options.interfaceIndex != 0 ? openLink(options) : openStack(options);
}

Sent Sender::send(const std::vector<uint8_t>& packets) const {
  const auto fd = fd_.hold();
  if (!fd) throw Failure{EBADF, "send by a closed socket"};
  Sent sent;
  iovec parts[kTogether];
  mmsghdr messages[kTogether];
  for (size_t at = 0; at < packets.size();) {
    unsigned count = 0;
    for (; count < kTogether && at + sizeof(uint32_t) <= packets.size(); count++) {
      uint32_t length = 0;
      memcpy(&length, &packets[at], sizeof length);
      at += sizeof length;
      if (length > packets.size() - at) throw Failure{EINVAL, "send a packet that is cut off"};
      parts[count] = iovec{const_cast<uint8_t*>(packets.data()) + at, length};
      messages[count] = {};
      messages[count].msg_hdr.msg_name = const_cast<sockaddr_storage*>(&to_);
      messages[count].msg_hdr.msg_namelen = toBytes_;
      messages[count].msg_hdr.msg_iov = &parts[count];
      messages[count].msg_hdr.msg_iovlen = 1;
      at += (length + 3) & ~size_t{3};
    }
    if (count == 0) break;
    for (unsigned done = 0; done < count;) {
      const uint64_t time = nowNs();
      const int taken = sendmmsg(fd->get(), messages + done, count - done, MSG_DONTWAIT);
      if (taken < 0 && errno == EINTR) continue;
      if (taken < 0) {
        sent.error = errno;
        return sent;
      }
      sent.times.insert(sent.times.end(), static_cast<size_t>(taken), time);
      done += static_cast<unsigned>(taken);
    }
  }
  return sent;
}

void Sender::close() {
  if (auto fd = fd_.close()) letGo(std::move(fd));
}

}  // namespace skein::inject
