/**
 * The headers that a slot of the kernel's table stands for, as bytes: so that its layers and ids are read from them by
 * the same code as those of any packet.
 */
#pragma once

#include <cstdint>

#include "../../bpf/flow.h"
#include "flow/engine.h"

namespace skein::ebpf {

/** Holds the bytes that its packet points to. */
class SlotFrame {
 public:
  explicit SlotFrame(const flow_slot& slot);
  flow::Packet packet() const;

 private:
  void link(const flow_slot& slot, uint16_t type);
  void network(const flow_slot& slot);
  void transport(const flow_slot& slot, uint8_t protocol);
  void ports(const flow_slot& slot);
  void label(uint32_t number);

  void byte(uint8_t value) { bytes_[size_++] = value; }
  void half(uint16_t value);
  void word(uint32_t value);
  void copy(const void* from, uint32_t size);
  void zeros(uint32_t size) { size_ += size; }

  uint8_t bytes_[160] = {};
  uint32_t size_ = 0;
  bool isEthernet_;
  bool isFromHi_;
};

}  // namespace skein::ebpf
