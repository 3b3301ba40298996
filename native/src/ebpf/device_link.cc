#include "ebpf/device_link.h"

#include <net/if.h>
#include <net/if_arp.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "failure.h"

namespace skein::ebpf {
namespace {

// linux/if_arp.h, which clashes with net/if.h.
constexpr int kRawIp = 519, kIp6Gre = 823;

}  // namespace

Device deviceAt(uint32_t ifIndex) {
  const std::string attempt = "attach to interface " + std::to_string(ifIndex);
  const Fd socket(::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0));
  ifreq about{};
  if (!socket) throw Failure::of(attempt);
  if (if_indextoname(ifIndex, about.ifr_name) == nullptr) throw Failure{ENODEV, attempt};
  if (ioctl(socket.get(), SIOCGIFHWADDR, &about) != 0) throw Failure::of(attempt);
  switch (about.ifr_hwaddr.sa_family) {
    case ARPHRD_ETHER:
      return {false, LinkLayer::kEthernet};
    case ARPHRD_LOOPBACK:
      return {true, LinkLayer::kEthernet};
    case ARPHRD_NONE:
    case kRawIp:
    case ARPHRD_PPP:
    case ARPHRD_TUNNEL:
    case ARPHRD_TUNNEL6:
    case ARPHRD_SIT:
    case ARPHRD_IPGRE:
    case kIp6Gre:
      return {false, LinkLayer::kNetwork};
    default:
      throw Failure{ENOTSUP, attempt + " (its packets begin neither with Ethernet nor with IP)"};
  }
}

std::unique_ptr<TcAttachment> attachTo(const Fd& program, uint32_t ifIndex, bool isLoopback, const std::string& mode) {
  if (mode == "clsact") return attachClsact(program, ifIndex, isLoopback);
  try {
    return attachTcx(program, ifIndex, isLoopback);
  } catch (const Failure& failure) {
    // A kernel without TCX does not know the attach type.
    if (mode == "tcx" || (failure.error != EINVAL && failure.error != ENOTSUP)) throw;
    return attachClsact(program, ifIndex, isLoopback);
  }
}

}  // namespace skein::ebpf
