#include "link_filter.h"

namespace skein::packets {
namespace {

constexpr uint32_t kEthernet = 1;
constexpr uint32_t kSnapLength = 262144;

}  // namespace

void LinkFilter::set(const std::string& text) {
  std::map<uint32_t, Filter> filters;
  if (!text.empty()) filters.emplace(kEthernet, compileFilter(text, kEthernet, kSnapLength));
  filters_ = std::move(filters);
  text_ = text;
  current_ = nullptr;
}

void LinkFilter::choose(uint32_t linkType) {
  auto found = filters_.find(linkType);
  if (found == filters_.end()) {
    found = filters_.emplace(linkType, compileFilter(text_, linkType, kSnapLength)).first;
  }
  current_ = &found->second;
  linkType_ = linkType;
}

}  // namespace skein::packets
