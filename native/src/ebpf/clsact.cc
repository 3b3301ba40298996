#include <linux/netlink.h>
#include <linux/pkt_cls.h>
#include <linux/pkt_sched.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <array>
#include <cstring>

#include "ebpf/tc_attachment.h"
#include "failure.h"

namespace skein::ebpf {
namespace {

/** Where our filters stand: those of others come before. */
constexpr uint32_t kPriority = 0xC0DE, kHandle = 1;
constexpr uint32_t kEveryProtocol = 0x0300;  // htons(ETH_P_ALL)

/** One request of rtnetlink's traffic control, small enough to be built in place. */
class Request {
 public:
  Request(uint16_t type, uint16_t flags, uint32_t ifIndex, uint32_t parent, uint32_t handle, uint32_t info) {
    auto* const header = reinterpret_cast<nlmsghdr*>(bytes_.data());
    header->nlmsg_len = NLMSG_LENGTH(sizeof(tcmsg));
    header->nlmsg_type = type;
    header->nlmsg_flags = static_cast<uint16_t>(NLM_F_REQUEST | NLM_F_ACK | flags);
    auto* const tc = static_cast<tcmsg*>(NLMSG_DATA(header));
    tc->tcm_family = AF_UNSPEC;
    tc->tcm_ifindex = static_cast<int>(ifIndex);
    tc->tcm_parent = parent;
    tc->tcm_handle = handle;
    tc->tcm_info = info;
  }

  void attribute(uint16_t type, const void* value, size_t size) {
    auto* const header = reinterpret_cast<nlmsghdr*>(bytes_.data());
    auto* const one = reinterpret_cast<rtattr*>(bytes_.data() + NLMSG_ALIGN(header->nlmsg_len));
    one->rta_type = type;
    one->rta_len = static_cast<uint16_t>(RTA_LENGTH(size));
    if (size != 0) memcpy(RTA_DATA(one), value, size);
    header->nlmsg_len = NLMSG_ALIGN(header->nlmsg_len) + RTA_ALIGN(one->rta_len);
  }

  template <typename Inside>
  void nested(uint16_t type, Inside inside) {
    auto* const header = reinterpret_cast<nlmsghdr*>(bytes_.data());
    const uint32_t at = NLMSG_ALIGN(header->nlmsg_len);
    attribute(type, nullptr, 0);
    inside(*this);
    reinterpret_cast<rtattr*>(bytes_.data() + at)->rta_len = static_cast<uint16_t>(header->nlmsg_len - at);
  }

  /** What the kernel answers: 0 or errno. */
  int send(const Fd& socket) {
    const auto* const header = reinterpret_cast<const nlmsghdr*>(bytes_.data());
    if (::send(socket.get(), bytes_.data(), header->nlmsg_len, 0) < 0) return errno;
    std::array<char, 4096> answer;
    if (recv(socket.get(), answer.data(), answer.size(), 0) < static_cast<ssize_t>(NLMSG_LENGTH(sizeof(nlmsgerr)))) return EBADMSG;
    return -static_cast<const nlmsgerr*>(NLMSG_DATA(reinterpret_cast<const nlmsghdr*>(answer.data())))->error;
  }

 private:
  alignas(8) std::array<char, 512> bytes_{};
};

class Clsact : public TcAttachment {
 public:
  Clsact(const Fd& program, uint32_t ifIndex, bool isLoopback)
      : ifIndex_(ifIndex), socket_(socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE)) {
    if (!socket_) throw Failure::of("open a netlink socket");
    Request qdisc(RTM_NEWQDISC, NLM_F_CREATE | NLM_F_EXCL, ifIndex, TC_H_CLSACT, TC_H_MAKE(TC_H_CLSACT, 0), 0);
    qdisc.attribute(TCA_KIND, "clsact", 7);
    const int error = qdisc.send(socket_);
    if (error != 0 && error != EEXIST) throw refusal(error, "make qdisc clsact");
    add(program, TC_H_MIN_INGRESS, "skein_in");
    if (!isLoopback) add(program, TC_H_MIN_EGRESS, "skein_out");
  }

  // The qdisc stays: whoever has filters there as well would lose them.
  ~Clsact() override {
    for (const uint32_t side : {TC_H_MIN_INGRESS, TC_H_MIN_EGRESS}) {
      Request(RTM_DELTFILTER, 0, ifIndex_, TC_H_MAKE(TC_H_CLSACT, side), kHandle, kPriority << 16 | kEveryProtocol).send(socket_);
    }
  }

  const char* mode() const override { return "clsact"; }

  bool isAttached() const override {
    ifreq named{};
    named.ifr_ifindex = static_cast<int>(ifIndex_);
    return ioctl(socket_.get(), SIOCGIFNAME, &named) == 0 || errno != ENODEV;
  }

 private:
  void add(const Fd& program, uint32_t side, const char* name) {
    Request filter(RTM_NEWTFILTER, NLM_F_CREATE | NLM_F_REPLACE, ifIndex_, TC_H_MAKE(TC_H_CLSACT, side), kHandle,
                   kPriority << 16 | kEveryProtocol);
    filter.attribute(TCA_KIND, "bpf", 4);
    filter.nested(TCA_OPTIONS, [&](Request& options) {
      const uint32_t fd = static_cast<uint32_t>(program.get()), flags = TCA_BPF_FLAG_ACT_DIRECT;
      options.attribute(TCA_BPF_FD, &fd, sizeof fd);
      options.attribute(TCA_BPF_NAME, name, strlen(name) + 1);
      options.attribute(TCA_BPF_FLAGS, &flags, sizeof flags);
    });
    const int error = filter.send(socket_);
    if (error != 0) throw refusal(error, "add a BPF filter");
  }

  Failure refusal(int error, const char* attempt) const {
    return Failure{error, std::string(attempt) + " on interface " + std::to_string(ifIndex_) + " (clsact)"};
  }

  const uint32_t ifIndex_;
  const Fd socket_;  // born in the interface's namespace, and so always about it
};

}  // namespace

std::unique_ptr<TcAttachment> attachClsact(const Fd& program, uint32_t ifIndex, bool isLoopback) {
  return std::make_unique<Clsact>(program, ifIndex, isLoopback);
}

}  // namespace skein::ebpf
