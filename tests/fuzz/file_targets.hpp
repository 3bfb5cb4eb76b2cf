/// \file Readers that want their text in a file of an experiment's folder, as functions of bytes.
#pragma once

#include <string_view>

namespace stune::fuzz {

void claim_file(std::string_view text);
void request_file(std::string_view text);
void record_file(std::string_view text);
void cgroup_files(std::string_view text);
void environment_file(std::string_view text);
void tasks_file(std::string_view text);

/// Ends the program where a law is broken, in every build, as assert does not.
void must(bool condition, const char* what);

}  // namespace stune::fuzz
