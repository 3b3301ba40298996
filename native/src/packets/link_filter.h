/** One filter for packets of any link type: compiled for each that appears. */
#pragma once

#include <map>
#include <string>

#include "capture_filter.h"

namespace skein::packets {

class LinkFilter {
 public:
  /** '' lets all pass. Checked as for Ethernet. Throws as compileFilter does. */
  void set(const std::string& text);
  const std::string& text() const { return text_; }

  /** Throws FilterMistake when the filter makes no sense for that link type. */
  bool matches(uint32_t linkType, const uint8_t* data, uint32_t captured, uint32_t length) {
    if (text_.empty()) return true;
    if (current_ == nullptr || linkType != linkType_) choose(linkType);
    return current_->matches(data, captured, length);
  }

 private:
  void choose(uint32_t linkType);

  std::string text_;
  std::map<uint32_t, Filter> filters_;
  const Filter* current_ = nullptr;
  uint32_t linkType_ = 0;
};

}  // namespace skein::packets
