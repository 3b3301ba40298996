#include "ebpf/drop_reasons.h"

#include "ebpf/kernel_enum.h"

namespace skein::ebpf {
namespace {

/** Reasons that are no loss: a packet's ordinary end, one for others that was only overheard, or none that says anything. */
constexpr const char* kOrdinary[] = {"SKB_NOT_DROPPED_YET",        "SKB_CONSUMED",
                                     "SKB_DROP_REASON_NOT_SPECIFIED", "SKB_DROP_REASON_SOCKET_CLOSE",
                                     "SKB_DROP_REASON_QUEUE_PURGE",   "SKB_DROP_REASON_TCP_OLD_ACK",
                                     "SKB_DROP_REASON_TCP_OLD_DATA",  "SKB_DROP_REASON_OTHERHOST"};

constexpr char kPrefix[] = "SKB_DROP_REASON_";
constexpr uint8_t kIcmpv4 = 1, kIcmpv6 = 58;
constexpr uint8_t kEchoReplyV4 = 0, kEchoReplyV6 = 129;

/** As flow_key in bpf/flow.h has it. */
bool isEchoReply(const flow_fact& fact) {
  const auto protocol = static_cast<uint8_t>(fact.what >> 48);
  const auto type = static_cast<uint8_t>(fact.what >> 40);
  return (protocol == kIcmpv4 && type == kEchoReplyV4) || (protocol == kIcmpv6 && type == kEchoReplyV6);
}

}  // namespace

DropReasons::DropReasons() : names_(kernelEnum("skb_drop_reason", FLOW_REASONS)) {
  for (uint32_t reason = 0; reason < names_.size(); reason++) {
    std::string& name = names_[reason];
    for (const char* ordinary : kOrdinary) {
      if (name == ordinary) ordinary_.push_back(reason);
    }
    if (name.rfind(kPrefix, 0) == 0) name.erase(0, sizeof kPrefix - 1);
    if (name == "NO_SOCKET") noSocket_ = reason;
  }
}

bool DropReasons::isLoss(const flow_fact& fact) const {
  // A ping of root hears the answer by a raw socket, which has a copy of its own; that no other one waits is no loss.
  return fact.reason != noSocket_ || !isEchoReply(fact);
}

}  // namespace skein::ebpf
