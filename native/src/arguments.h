/** Reads arguments from JavaScript; throws TypeError with the argument's name. */
#pragma once

#include <napi.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace skein {

Napi::Object objectArgument(const Napi::CallbackInfo& info, size_t index, const char* name);
Napi::Function functionArgument(const Napi::CallbackInfo& info, size_t index, const char* name);
std::string textArgument(const Napi::CallbackInfo& info, size_t index, const char* name);
Napi::Uint8Array bytesArgument(const Napi::CallbackInfo& info, size_t index, const char* name);

std::optional<std::string> textIn(const Napi::Object& options, const char* key);
/** A whole number within the bounds. */
std::optional<int64_t> numberIn(const Napi::Object& options, const char* key, int64_t from, int64_t to);
std::vector<uint32_t> numbersIn(const Napi::Object& options, const char* key);
/** Empty when it is left out. */
std::vector<uint8_t> bytesIn(const Napi::Object& options, const char* key);
bool flagIn(const Napi::Object& options, const char* key);

}  // namespace skein
