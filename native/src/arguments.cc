#include "arguments.h"

#include <cmath>

namespace skein {
namespace {

[[noreturn]] void refuse(Napi::Env env, const std::string& name, const char* wanted) {
  throw Napi::TypeError::New(env, name + " must be " + wanted);
}

int64_t wholeNumber(const Napi::Value& value, const char* name, int64_t from, int64_t to) {
  const double number = value.IsNumber() ? value.As<Napi::Number>().DoubleValue() : NAN;
  if (!(number >= from && number <= to) || number != std::floor(number)) {
    refuse(value.Env(), name, ("a whole number from " + std::to_string(from) + " to " + std::to_string(to)).c_str());
  }
  return static_cast<int64_t>(number);
}

std::string text(const Napi::Value& value, const char* name) {
  if (!value.IsString()) refuse(value.Env(), name, "a string");
  std::string found = value.As<Napi::String>().Utf8Value();
  if (found.find('\0') != std::string::npos) refuse(value.Env(), name, "a string without a NUL");
  return found;
}

}  // namespace

Napi::Object objectArgument(const Napi::CallbackInfo& info, size_t index, const char* name) {
  if (!info[index].IsObject()) refuse(info.Env(), name, "an object");
  return info[index].As<Napi::Object>();
}

Napi::Function functionArgument(const Napi::CallbackInfo& info, size_t index, const char* name) {
  if (!info[index].IsFunction()) refuse(info.Env(), name, "a function");
  return info[index].As<Napi::Function>();
}

std::string textArgument(const Napi::CallbackInfo& info, size_t index, const char* name) {
  return text(info[index], name);
}

Napi::Uint8Array bytesArgument(const Napi::CallbackInfo& info, size_t index, const char* name) {
  const Napi::Value value = info[index];
  if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array) {
    refuse(info.Env(), name, "a Uint8Array");
  }
  return value.As<Napi::Uint8Array>();
}

std::optional<std::string> textIn(const Napi::Object& options, const char* key) {
  const Napi::Value value = options.Get(key);
  if (value.IsUndefined()) return std::nullopt;
  return text(value, key);
}

std::optional<int64_t> numberIn(const Napi::Object& options, const char* key, int64_t from, int64_t to) {
  const Napi::Value value = options.Get(key);
  if (value.IsUndefined()) return std::nullopt;
  return wholeNumber(value, key, from, to);
}

std::vector<uint32_t> numbersIn(const Napi::Object& options, const char* key) {
  const Napi::Value value = options.Get(key);
  std::vector<uint32_t> found;
  if (value.IsUndefined()) return found;
  if (!value.IsArray()) refuse(options.Env(), key, "an array");
  const Napi::Array array = value.As<Napi::Array>();
  for (uint32_t i = 0; i < array.Length(); i++) {
    found.push_back(static_cast<uint32_t>(wholeNumber(array.Get(i), key, 0, INT32_MAX)));
  }
  return found;
}

std::vector<uint8_t> bytesIn(const Napi::Object& options, const char* key) {
  const Napi::Value value = options.Get(key);
  if (value.IsUndefined()) return {};
  if (!value.IsTypedArray() || value.As<Napi::TypedArray>().TypedArrayType() != napi_uint8_array) {
    refuse(options.Env(), key, "a Uint8Array");
  }
  const Napi::Uint8Array given = value.As<Napi::Uint8Array>();
  return {given.Data(), given.Data() + given.ByteLength()};
}

bool flagIn(const Napi::Object& options, const char* key) {
  const Napi::Value value = options.Get(key);
  if (value.IsUndefined()) return false;
  if (!value.IsBoolean()) refuse(options.Env(), key, "true or false");
  return value.As<Napi::Boolean>();
}

}  // namespace skein
