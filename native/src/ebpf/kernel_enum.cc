#include "ebpf/kernel_enum.h"

#include <linux/btf.h>

#include <cstring>
#include <fstream>
#include <iterator>

namespace skein::ebpf {
namespace {

#ifndef BTF_KIND_ENUM64
constexpr uint32_t kEnum64 = 19;
#else
constexpr uint32_t kEnum64 = BTF_KIND_ENUM64;
#endif

/** What follows a type of each kind; -1: a kind that we do not know, where reading has to end. */
int tailBytes(uint32_t kind, uint32_t count) {
  switch (kind) {
    case BTF_KIND_INT:
      return 4;
    case BTF_KIND_ARRAY:
      return sizeof(btf_array);
    case BTF_KIND_STRUCT:
    case BTF_KIND_UNION:
      return static_cast<int>(count * sizeof(btf_member));
    case BTF_KIND_ENUM:
      return static_cast<int>(count * sizeof(btf_enum));
    case kEnum64:
      return static_cast<int>(count * 12);
    case BTF_KIND_FUNC_PROTO:
      return static_cast<int>(count * sizeof(btf_param));
    case BTF_KIND_VAR:
    case 17:  // BTF_KIND_DECL_TAG
      return 4;
    case BTF_KIND_DATASEC:
      return static_cast<int>(count * sizeof(btf_var_secinfo));
    case BTF_KIND_PTR:
    case BTF_KIND_FWD:
    case BTF_KIND_TYPEDEF:
    case BTF_KIND_VOLATILE:
    case BTF_KIND_CONST:
    case BTF_KIND_RESTRICT:
    case BTF_KIND_FUNC:
    case 16:  // BTF_KIND_FLOAT
    case 18:  // BTF_KIND_TYPE_TAG
      return 0;
    default:
      return -1;
  }
}

}  // namespace

std::vector<std::string> kernelEnum(const std::string& name, size_t most) {
  std::vector<std::string> names;
  std::ifstream file("/sys/kernel/btf/vmlinux", std::ios::binary);
  const std::string btf((std::istreambuf_iterator<char>(file)), {});
  btf_header header;
  if (btf.size() < sizeof header) return names;
  memcpy(&header, btf.data(), sizeof header);
  const size_t types = size_t{header.hdr_len} + header.type_off, texts = size_t{header.hdr_len} + header.str_off;
  if (header.magic != BTF_MAGIC || types + header.type_len > btf.size() || texts + header.str_len > btf.size()) return names;
  const auto text = [&](uint32_t offset) -> const char* { return offset < header.str_len ? &btf[texts + offset] : ""; };
  const size_t end = types + header.type_len;
  for (size_t at = types; at + sizeof(btf_type) <= end;) {
    btf_type type;
    memcpy(&type, &btf[at], sizeof type);
    at += sizeof type;
    const uint32_t count = BTF_INFO_VLEN(type.info);
    const int tail = tailBytes(BTF_INFO_KIND(type.info), count);
    if (tail < 0 || at + static_cast<size_t>(tail) > end) return names;
    if (BTF_INFO_KIND(type.info) == BTF_KIND_ENUM && name == text(type.name_off)) {
      for (uint32_t i = 0; i < count; i++) {
        btf_enum value;
        memcpy(&value, &btf[at + i * sizeof value], sizeof value);
        if (value.val < 0 || static_cast<size_t>(value.val) >= most) continue;
        if (names.size() <= static_cast<size_t>(value.val)) names.resize(static_cast<size_t>(value.val) + 1);
        names[static_cast<size_t>(value.val)] = text(value.name_off);
      }
      return names;
    }
    at += static_cast<size_t>(tail);
  }
  return names;
}

}  // namespace skein::ebpf
