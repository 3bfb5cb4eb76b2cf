#include "cli/script.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "stune/error.hpp"

namespace stune::cli {
namespace {

using testing::AllOf;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::string refusal(const std::string& text) {
  try {
    parse_script(text, "train.sh");
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "accepted";
}

TEST(Script, LinesBelongToUsUntilTheFirstCommand) {
  const std::string text =
      "#!/bin/bash\n"
      "#SBATCH --time=5\n"
      "#STUNE --trials 5 --parallel 2   # few\n"
      "\n"
      "# a comment\n"
      "#STUNE\t--name 'a b'\n"
      "##STUNE --trials 7\n"
      "#STUNEX --trials 8\n"
      "  # more\n"
      "#STUNE\n"
      "python train.py\n";

  const ScriptLines script = parse_script(text, "train.sh");

  EXPECT_THAT(script.lines, ElementsAre(ScriptLine{3, {"--trials", "5", "--parallel", "2"}},
                                        ScriptLine{6, {"--name", "a b"}}, ScriptLine{10, {}}));
  EXPECT_THAT(script.notices, IsEmpty());
}

TEST(Script, AnyInterpreterWillDo) {
  const ScriptLines script = parse_script("#!/usr/bin/env python3\n#STUNE --trials 5\nimport os\n# later\n", "x.py");

  EXPECT_THAT(script.lines, ElementsAre(ScriptLine{2, {"--trials", "5"}}));
}

TEST(Script, LastLineNeedsNoLineEnd) {
  EXPECT_THAT(parse_script("#!/bin/sh\n#STUNE --trials 5", "x").lines, ElementsAre(ScriptLine{2, {"--trials", "5"}}));
}

TEST(Script, LineAfterTheFirstCommandIsAnErrorThatNamesBoth) {
  const std::string message = refusal("#!/bin/sh\n#STUNE --trials 5\necho hi\n#STUNE --parallel 2\n");

  EXPECT_THAT(message, AllOf(HasSubstr("train.sh:4: "), HasSubstr("line 3"), HasSubstr("move it up")));
}

TEST(Script, DosLineEndIsNamedWithItsRemedy) {
  const std::string message = refusal("#!/bin/sh\n#STUNE --trials 5\r\necho\r\n");

  EXPECT_THAT(message, AllOf(HasSubstr("train.sh:2: "), HasSubstr("sed -i 's/\\r$//' train.sh")));
}

TEST(Script, WhatIsNoScriptIsRefused) {
  EXPECT_THAT(refusal(""), AllOf(HasSubstr("train.sh: "), HasSubstr("empty")));
  EXPECT_THAT(refusal("echo hi\n"), AllOf(HasSubstr("train.sh:1: "), HasSubstr("#!"), HasSubstr("echo hi")));
  EXPECT_THAT(refusal("\xEF\xBB\xBF#!/bin/sh\n"), AllOf(HasSubstr("train.sh:1: "), HasSubstr("byte order mark")));
  EXPECT_THAT(refusal(std::string("#!/bin/sh\nab\0c\n", 15)), AllOf(HasSubstr("train.sh:2: "), HasSubstr("NUL")));
  EXPECT_THAT(refusal("#!/bin/sh\n#STUNE --name 'x\n"), AllOf(HasSubstr("train.sh:2: "), HasSubstr("not closed")));
}

TEST(Script, LineThatLooksMeantForUsIsMentioned) {
  const ScriptLines script =
      parse_script("#!/bin/sh\n# STUNE --trials 5\n#stune --trials 6\n# stune is nice\n", "t.sh");

  EXPECT_THAT(script.lines, IsEmpty());
  EXPECT_THAT(script.notices, ElementsAre(HasSubstr("t.sh:2: "), HasSubstr("t.sh:3: ")));
}

}  // namespace
}  // namespace stune::cli
