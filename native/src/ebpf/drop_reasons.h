/** Why the kernel drops packets (enum skb_drop_reason), and what of that is no loss. */
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "../../bpf/flow.h"

namespace skein::ebpf {

class DropReasons {
 public:
  /** Those of the running kernel. */
  DropReasons();

  /** By number, without SKB_DROP_REASON_; empty where the kernel does not tell them (before Linux 5.17). */
  const std::vector<std::string>& names() const { return names_; }
  /** Numbers that the kernel need not count at all. */
  const std::vector<uint32_t>& ordinary() const { return ordinary_; }
  /** Of those that it has counted; true of what is no drop. */
  bool isLoss(const flow_fact& fact) const;

 private:
  std::vector<std::string> names_;
  std::vector<uint32_t> ordinary_;
  uint32_t noSocket_ = UINT32_MAX;
};

}  // namespace skein::ebpf
