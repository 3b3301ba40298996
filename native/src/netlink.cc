#include "netlink.h"

#include <linux/filter.h>
#include <linux/netlink.h>
#include <sys/socket.h>

#include <cstring>

#include "failure.h"

// linux/netlink.h of old systems lacks the newer ones.
#ifndef NETLINK_LISTEN_ALL_NSID
#define NETLINK_LISTEN_ALL_NSID 8
#endif
#ifndef NETLINK_CAP_ACK
#define NETLINK_CAP_ACK 10
#endif
#ifndef NETLINK_EXT_ACK
#define NETLINK_EXT_ACK 11
#endif
#ifndef NETLINK_GET_STRICT_CHK
#define NETLINK_GET_STRICT_CHK 12
#endif

namespace skein {
namespace {

/** A batch is handed over when no further datagram is sure to fit. */
constexpr size_t kBatchBytes = 256 * 1024;
/** No kernel message is larger today: netlink attributes count their length in 16 bits. */
constexpr size_t kDatagramBytes = 64 * 1024 + 4096;

bool set(const Fd& fd, int level, int option, int value) {
  return setsockopt(fd.get(), level, option, &value, sizeof value) == 0;
}

size_t aligned(size_t size) { return (size + 3) & ~size_t{3}; }

void attachFilter(const Fd& fd, const std::vector<uint8_t>& bytes, const std::string& name) {
  const size_t count = bytes.size() / sizeof(sock_filter);
  if (count == 0 || count > BPF_MAXINSNS || bytes.size() % sizeof(sock_filter) != 0) {
    throw Failure{EINVAL, "attach a filter of " + std::to_string(bytes.size()) + " bytes to " + name};
  }
  std::vector<sock_filter> instructions(count);
  memcpy(instructions.data(), bytes.data(), bytes.size());
  const sock_fprog program{static_cast<unsigned short>(count), instructions.data()};
  if (setsockopt(fd.get(), SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) != 0) {
    throw Failure::of("attach a filter to " + name);
  }
}

// The epoll thread is the only reader, so one buffer serves all sockets.
std::vector<uint8_t>& scratch() {
  static thread_local std::vector<uint8_t> buffer(kBatchBytes);
  return buffer;
}

// The namespace a message is about (NETLINK_LISTEN_ALL_NSID); the kernel adds none for the socket's own.
int32_t nsidOf(msghdr& header) {
  for (cmsghdr* part = CMSG_FIRSTHDR(&header); part != nullptr; part = CMSG_NXTHDR(&header, part)) {
    if (part->cmsg_level != SOL_NETLINK || part->cmsg_type != NETLINK_LISTEN_ALL_NSID) continue;
    int32_t nsid;
    memcpy(&nsid, CMSG_DATA(part), sizeof nsid);
    return nsid;
  }
  return -1;
}

}  // namespace

Fd openNetlink(const NetlinkOptions& options) {
  const std::string name = "netlink socket of protocol " + std::to_string(options.protocol);
  Fd fd(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, options.protocol));
  if (!fd) throw Failure::of("open " + name);
  if (options.receiveBufferBytes && !set(fd, SOL_SOCKET, SO_RCVBUFFORCE, *options.receiveBufferBytes) &&
      !set(fd, SOL_SOCKET, SO_RCVBUF, *options.receiveBufferBytes)) {
    throw Failure::of("set receive buffer of " + name);
  }
  if (!options.filter.empty()) attachFilter(fd, options.filter, name);
  // Comforts that older kernels lack (4.3, 4.12, 4.20): without them answers are longer and say less.
  set(fd, SOL_NETLINK, NETLINK_CAP_ACK, 1);
  set(fd, SOL_NETLINK, NETLINK_EXT_ACK, 1);
  if (options.strict) set(fd, SOL_NETLINK, NETLINK_GET_STRICT_CHK, 1);
  if (options.allNamespaces && !set(fd, SOL_NETLINK, NETLINK_LISTEN_ALL_NSID, 1)) {
    throw Failure::of("listen to all namespaces on " + name);
  }
  sockaddr_nl address{};
  address.nl_family = AF_NETLINK;
  if (bind(fd.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0) throw Failure::of("bind " + name);
  for (const uint32_t group : options.groups) {
    if (!set(fd, SOL_NETLINK, NETLINK_ADD_MEMBERSHIP, static_cast<int>(group))) {
      throw Failure::of("join group " + std::to_string(group) + " on " + name);
    }
  }
  return fd;
}

NetlinkPort::NetlinkPort(Fd fd) : Port(std::move(fd), "netlink socket") {
  sockaddr_nl address{};
  socklen_t size = sizeof address;
  if (getsockname(hold()->get(), reinterpret_cast<sockaddr*>(&address), &size) == 0) portId_ = address.nl_pid;
}

void NetlinkPort::send(const std::vector<uint8_t>& message) const {
  const auto fd = hold();
  if (!fd) throw Failure{EBADF, "send on a closed netlink socket"};
  sockaddr_nl kernel{};
  kernel.nl_family = AF_NETLINK;
  ssize_t sent;
  do {
    sent = sendto(fd->get(), message.data(), message.size(), 0, reinterpret_cast<sockaddr*>(&kernel), sizeof kernel);
  } while (sent < 0 && errno == EINTR);
  if (sent < 0) throw Failure::of("send " + std::to_string(message.size()) + " bytes on a netlink socket");
}

void NetlinkPort::flush(NetlinkBatch& batch, size_t size) {
  if (size == 0 && !batch.overrun) return;
  batch.bytes.assign(scratch().begin(), scratch().begin() + size);
  deliver(std::exchange(batch, NetlinkBatch{}));
}

void NetlinkPort::readBatches(int fd) {
  std::vector<uint8_t>& buffer = scratch();
  NetlinkBatch batch;
  size_t used = 0;
  int given = 0;
  const auto handOver = [&] {
    flush(batch, used);
    used = 0;
    given++;
  };
  // A few batches, then the other sockets have their turn: epoll calls again while there is more.
  while (given < kUndeliveredMax && mayDeliver(fd)) {
    sockaddr_nl from{};
    iovec room{buffer.data() + used, buffer.size() - used};
    alignas(cmsghdr) char control[CMSG_SPACE(sizeof(int32_t)) + 64];
    msghdr header{};
    header.msg_name = &from;
    header.msg_namelen = sizeof from;
    header.msg_iov = &room;
    header.msg_iovlen = 1;
    header.msg_control = control;
    header.msg_controllen = sizeof control;
    // MSG_TRUNC makes it return the datagram's true length.
    const ssize_t received = recvmsg(fd, &header, MSG_DONTWAIT | MSG_TRUNC);
    if (received < 0) {
      if (errno == EINTR) continue;
      if (errno == EAGAIN) break;
      // ENOBUFS, or a dump that failed half-way: either way something did not reach us.
      handOver();
      batch.overrun = true;
      continue;
    }
    const size_t size = static_cast<size_t>(received);
    // Anyone may send to our port; only the kernel (port 0) is believed.
    if (header.msg_namelen < sizeof from || from.nl_family != AF_NETLINK || from.nl_pid != 0) continue;
    if (size < sizeof(nlmsghdr)) continue;
    if (size > room.iov_len) {
      // Cut off: lost, and said so; the next of its kind fits.
      handOver();
      batch.overrun = true;
      buffer.resize(aligned(size) + kBatchBytes);
      continue;
    }
    const int32_t nsid = nsidOf(header);
    if (used > 0 && nsid != batch.nsid) {
      // Another namespace: hand over what came before, then move this one to the front.
      const size_t before = used;
      handOver();
      memmove(buffer.data(), buffer.data() + before, size);
    }
    batch.nsid = nsid;
    const size_t end = used + size;
    used = aligned(end);
    if (used > buffer.size()) buffer.resize(used);
    std::fill(buffer.begin() + end, buffer.begin() + used, uint8_t{0});
    if (buffer.size() - used < kDatagramBytes) handOver();
  }
  handOver();
}

}  // namespace skein
