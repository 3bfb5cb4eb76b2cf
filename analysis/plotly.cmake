# Plotly.js, which draws the figures of `stune report`, is found here and never part of this repository: Debian's, from
# python3-plotly, made smaller by Debian's esbuild where that is there; or what -DSTUNE_PLOTLY_JS=FILE names.
# Sets `plotly_file` to what is built in, or to an empty value: reports are tables without figures then.

set(STUNE_PLOTLY_JS "" CACHE FILEPATH "Plotly.js for the figures of reports; empty: Debian's, if it is there")
find_program(STUNE_ESBUILD esbuild)
mark_as_advanced(STUNE_ESBUILD)

set(plotly_source ${STUNE_PLOTLY_JS})
if(plotly_source AND NOT EXISTS ${plotly_source})
  message(FATAL_ERROR "STUNE_PLOTLY_JS: there is no file ${plotly_source}")
elseif(NOT plotly_source AND EXISTS /usr/share/python3-plotly/plotly.js)
  set(plotly_source /usr/share/python3-plotly/plotly.js)
endif()

set(plotly_file ${plotly_source})
if(NOT plotly_source)
  message(STATUS "Plotly.js: not found; reports will be tables without figures (Debian has it in python3-plotly; "
    "or say -DSTUNE_PLOTLY_JS=FILE)")
elseif(STUNE_ESBUILD AND NOT plotly_source MATCHES "\\.min\\.js$")
  file(READ ${plotly_source} head LIMIT 400)
  string(REGEX MATCH "^/\\*[^/]*\\*/" license "${head}")  # goes with every copy
  string(REGEX REPLACE "[\n;]" " " license "${license}")
  set(plotly_file ${PROJECT_BINARY_DIR}/plotly.min.js)
  add_custom_command(OUTPUT ${plotly_file} DEPENDS ${plotly_source}
    COMMAND ${STUNE_ESBUILD} --minify --log-level=error --banner:js=${license} --outfile=${plotly_file} ${plotly_source}
    COMMENT "Making Plotly.js smaller" VERBATIM)
  message(STATUS "Plotly.js: ${plotly_source}, made smaller by ${STUNE_ESBUILD}")
else()
  message(STATUS "Plotly.js: ${plotly_source}")
endif()
