#include "kernel_filter.h"

#include <linux/if_ether.h>
#include <linux/if_packet.h>

#include <algorithm>

namespace skein::packets {
namespace {

sock_filter load(uint32_t what) { return BPF_STMT(BPF_LD | BPF_B | BPF_ABS, SKF_AD_OFF + what); }
/** The next one is left out unless A is `value`. */
sock_filter onlyIf(uint32_t value) { return BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, 0, 1); }
sock_filter pass(uint32_t bytes) { return BPF_STMT(BPF_RET | BPF_K, bytes); }

bool isVlanType(uint32_t type) { return type == ETH_P_8021Q || type == ETH_P_8021AD || type == ETH_P_QINQ1; }

}  // namespace

bool asksForVlans(const Program& program) {
  return std::any_of(program.begin(), program.end(), [](const sock_filter& one) {
    return one.code == (BPF_JMP | BPF_JEQ | BPF_K) && isVlanType(one.k);
  });
}

Program kernelFilter(const Program& program, uint32_t snapLength, bool isLoopback) {
  Program whole;
  if (isLoopback) {
    whole.insert(whole.end(), {load(SKF_AD_PKTTYPE), onlyIf(PACKET_OUTGOING), pass(0)});
  }
  if (asksForVlans(program)) {
    whole.insert(whole.end(), {load(SKF_AD_VLAN_TAG_PRESENT), onlyIf(1), pass(snapLength)});
  }
  if (program.empty()) whole.push_back(pass(snapLength));
  // Jumps are relative, so a program works at any place.
  for (sock_filter one : program) {
    if (one.code == (BPF_RET | BPF_K)) one.k = std::min(one.k, snapLength);
    whole.push_back(one);
  }
  return whole;
}

Program shutFilter() { return {pass(0)}; }

}  // namespace skein::packets
