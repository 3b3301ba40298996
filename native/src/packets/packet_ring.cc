#include "packet_ring.h"

#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/utsname.h>

#include <algorithm>
#include <cstdio>
#include <cstring>

#include "failure.h"
#include "kernel_filter.h"

namespace skein::packets {
namespace {

constexpr uint32_t kLinkTypeEthernet = 1;
constexpr uint32_t kLinkTypeRaw = 101;

/** Larger ones fall out of the processor's cache between the kernel's writing and our reading. */
constexpr size_t kBlockBytes = 256 * 1024;
/** Of the heads of a block and of a packet, and the room for a tag. */
constexpr size_t kHeadBytes = 256;
/** TPACKET_V3 packs packets closely; this is only what the kernel wants to be told. */
constexpr unsigned kFrameBytes = 2048;
/** A VLAN tag, to be put back before the type. */
constexpr int kReserveBytes = 4;

struct Hardware {
  uint32_t linkType;
  bool isLoopback = false;
  /** The kernel takes the head of the link off: what is there differs, and nothing here reads it. */
  bool isCooked = false;
};

// net/if_arp.h
Hardware hardwareOf(uint16_t type) {
  switch (type) {
    case ARPHRD_ETHER:
      return {kLinkTypeEthernet};
    case ARPHRD_LOOPBACK:
      return {kLinkTypeEthernet, true};
    case ARPHRD_NONE:
    case ARPHRD_TUNNEL:
    case ARPHRD_TUNNEL6:
    case ARPHRD_SIT:
    case ARPHRD_IPGRE:
    case 519:  // ARPHRD_RAWIP
    case 823:  // ARPHRD_IP6GRE
      return {kLinkTypeRaw};
    default:
      return {kLinkTypeRaw, false, true};
  }
}

size_t powerOfTwoFrom(size_t least) {
  size_t power = 4096;
  while (power < least) power *= 2;
  return power;
}

class Opening {
 public:
  explicit Opening(const std::string& name) : name_(name), probe_(socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {
    // An interface's name is not looked up in full by the kernel: it would find the one that begins so.
    if (name.empty() || name.size() >= IFNAMSIZ) throw Failure{ENODEV, attempt("find")};
    if (!probe_) throw Failure::of(attempt("find"));
    memcpy(request_.ifr_name, name.c_str(), name.size() + 1);
  }

  int index() {
    if (ioctl(probe_.get(), SIOCGIFINDEX, &request_) != 0) throw Failure::of(attempt("find"));
    return request_.ifr_ifindex;
  }
  Hardware hardware() {
    if (ioctl(probe_.get(), SIOCGIFHWADDR, &request_) != 0) throw Failure::of(attempt("look at"));
    return hardwareOf(request_.ifr_hwaddr.sa_family);
  }
  std::string attempt(const char* what) const { return std::string(what) + " " + name_; }

 private:
  const std::string name_;
  Fd probe_;
  ifreq request_{};
};

template <typename Value>
void set(const Fd& fd, int level, int option, const Value& value, const std::string& attempt) {
  if (setsockopt(fd.get(), level, option, &value, sizeof value) != 0) throw Failure::of(attempt);
}

/**
 * With each packet comes how it was put together (virtio_net_hdr). What has no word for it there the kernel does not hand
 * over at all, but counts as dropped: before Linux 6.2 that was UDP in segments, so there big packets count as one; since
 * then only SCTP.
 */
bool hasSegments() {
  utsname running{};
  unsigned major = 0, minor = 0;
  if (uname(&running) != 0 || sscanf(running.release, "%u.%u", &major, &minor) != 2) return false;
  return major > 6 || (major == 6 && minor >= 2);
}

void attach(const Fd& fd, Program program) {
  const sock_fprog given{static_cast<unsigned short>(program.size()), program.data()};
  set(fd, SOL_SOCKET, SO_ATTACH_FILTER, given, "attach a filter of " + std::to_string(program.size()) + " instructions");
}

}  // namespace

std::unique_ptr<PacketRing> PacketRing::open(const RingOptions& options) {
  Opening opening(options.interfaceName);
  const int index = opening.index();
  const Hardware hardware = opening.hardware();
  std::unique_ptr<PacketRing> ring(new PacketRing);
  ring->linkType_ = hardware.linkType;
  // Protocol 0: it hears nothing before it is bound, with its filter and its ring.
  ring->fd_ = Fd(socket(AF_PACKET, (hardware.isCooked ? SOCK_DGRAM : SOCK_RAW) | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  const Fd& fd = ring->fd_;
  if (!fd) throw Failure::of(opening.attempt("open a packet socket on"));
  set(fd, SOL_PACKET, PACKET_VERSION, int{TPACKET_V3}, "use TPACKET_V3");
  if (!hardware.isCooked && hasSegments()) {
    set(fd, SOL_PACKET, PACKET_VNET_HDR, int{1}, "be told of segments");
    ring->headBytes_ = sizeof(SegmentHead);
  }
  set(fd, SOL_PACKET, PACKET_RESERVE, kReserveBytes, "reserve room for tags");
  attach(fd, kernelFilter(options.filter, options.snapLength, hardware.isLoopback));
  ring->map(options);
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = htons(ETH_P_ALL);
  address.sll_ifindex = index;
  if (bind(fd.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    throw Failure::of(opening.attempt("capture on"));
  }
  packet_mreq promiscuous{};
  promiscuous.mr_ifindex = index;
  promiscuous.mr_type = PACKET_MR_PROMISC;
  set(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, promiscuous, opening.attempt("make promiscuous"));
  return ring;
}

void PacketRing::map(const RingOptions& options) {
  blockBytes_ = powerOfTwoFrom(std::max<size_t>(options.snapLength + kHeadBytes, std::min<size_t>(kBlockBytes, options.ringBytes / 8)));
  blocks_ = static_cast<unsigned>(std::max<size_t>(2, options.ringBytes / blockBytes_));
  const std::string attempt = "make a ring of " + std::to_string(blocks_ * blockBytes_) + " bytes";
  tpacket_req3 request{};
  request.tp_block_size = static_cast<unsigned>(blockBytes_);
  request.tp_block_nr = blocks_;
  request.tp_frame_size = kFrameBytes;
  request.tp_frame_nr = static_cast<unsigned>(blockBytes_ / kFrameBytes * blocks_);
  request.tp_retire_blk_tov = options.retireMs;
  set(fd_, SOL_PACKET, PACKET_RX_RING, request, attempt);
  void* const memory = mmap(nullptr, blocks_ * blockBytes_, PROT_READ | PROT_WRITE, MAP_SHARED, fd_.get(), 0);
  if (memory == MAP_FAILED) throw Failure::of(attempt);
  memory_ = static_cast<uint8_t*>(memory);
}

PacketRing::~PacketRing() {
  if (memory_ != nullptr) munmap(memory_, blocks_ * blockBytes_);
}

tpacket_hdr_v1* PacketRing::current() const {
  return &reinterpret_cast<tpacket_block_desc*>(memory_ + at_ * blockBytes_)->hdr.bh1;
}

tpacket_hdr_v1* PacketRing::ready() const {
  tpacket_hdr_v1* const block = current();
  return __atomic_load_n(&block->block_status, __ATOMIC_ACQUIRE) & TP_STATUS_USER ? block : nullptr;
}

void PacketRing::giveBack() {
  tpacket_hdr_v1* const block = current();
  block->num_pkts = 0;  // for filling(): the kernel does so only when it comes to fill it
  __atomic_store_n(&block->block_status, TP_STATUS_KERNEL, __ATOMIC_RELEASE);
  at_ = (at_ + 1) % blocks_;
}

uint32_t PacketRing::filling() const { return __atomic_load_n(&current()->num_pkts, __ATOMIC_ACQUIRE); }

void PacketRing::shut() { attach(fd_, shutFilter()); }

bool PacketRing::isGone() const {
  sockaddr_ll address{};
  socklen_t size = sizeof address;
  // net/packet/af_packet.c: unregistering leaves -1 (0 before 2.6.32).
  return getsockname(fd_.get(), reinterpret_cast<sockaddr*>(&address), &size) == 0 && address.sll_ifindex <= 0;
}

RingStats PacketRing::takeStats() const {
  tpacket_stats_v3 counted{};
  socklen_t size = sizeof counted;
  if (getsockopt(fd_.get(), SOL_PACKET, PACKET_STATISTICS, &counted, &size) != 0) return {};
  return {counted.tp_packets, counted.tp_drops, counted.tp_freeze_q_cnt};
}

}  // namespace skein::packets
