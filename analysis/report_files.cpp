#include "analysis/report_files.hpp"

// The assembler reads the files: no generated source, nothing to relocate, nothing in memory before it is used.
#define STUNE_EMBED(name, file)                                                   \
  asm(".pushsection .rodata\n"                                                    \
      ".hidden stune_" #name                                                      \
      "_begin\n"                                                                  \
      ".globl stune_" #name                                                       \
      "_begin\n"                                                                  \
      "stune_" #name                                                              \
      "_begin:\n"                                                                 \
      ".incbin \"" file                                                           \
      "\"\n"                                                                      \
      ".hidden stune_" #name                                                      \
      "_end\n"                                                                    \
      ".globl stune_" #name                                                       \
      "_end\n"                                                                    \
      "stune_" #name                                                              \
      "_end:\n"                                                                   \
      ".byte 0\n"                                                                 \
      ".popsection\n");                                                           \
  extern "C" {                                                                    \
  extern const char stune_##name##_begin[] __attribute__((visibility("hidden"))); \
  extern const char stune_##name##_end[] __attribute__((visibility("hidden")));   \
  }

STUNE_EMBED(style, STUNE_REPORT_FOLDER "/report.css")
STUNE_EMBED(table_script, STUNE_REPORT_FOLDER "/report_table.js")
STUNE_EMBED(parallel_script, STUNE_REPORT_FOLDER "/report_parallel.js")
STUNE_EMBED(figure_script, STUNE_REPORT_FOLDER "/report_figure.js")
STUNE_EMBED(page_script, STUNE_REPORT_FOLDER "/report_page.js")
STUNE_EMBED(plotly, STUNE_PLOTLY)

namespace stune::analysis {

namespace {

std::string_view between(const char* begin, const char* end) { return {begin, static_cast<std::size_t>(end - begin)}; }

}  // namespace

std::string_view report_style() { return between(stune_style_begin, stune_style_end); }
std::array<std::string_view, 4> report_scripts() {
  return {between(stune_table_script_begin, stune_table_script_end),
          between(stune_parallel_script_begin, stune_parallel_script_end),
          between(stune_figure_script_begin, stune_figure_script_end),
          between(stune_page_script_begin, stune_page_script_end)};
}
std::string_view plotly() { return between(stune_plotly_begin, stune_plotly_end); }

}  // namespace stune::analysis
