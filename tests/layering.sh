#!/bin/sh
# layering.sh ROOT: includes point down only, and a foreign library is known where it belongs and nowhere else.
# The house from top to bottom; within a row nobody includes a neighbour, but metrics reads what trial leaves behind:
#   cli > client > scheduler runners analysis > generation > surrogate metrics storage trial > model h5 experiment > base > stune
# stune/client.hpp and stune/stune.hpp belong to the row of client.
cd "$1" || exit 2
find src runners analysis -name '*.[ch]pp' -print | sort | xargs awk '
  function row(path, n, part) {
    if (path == "stune/client.hpp" || path == "stune/stune.hpp") return rank["client"]
    n = split(path, part, "/")
    return n > 1 && part[1] in rank ? rank[part[1]] : 0
  }
  function folder(path) { return substr(path, 1, index(path, "/") - 1) }
  function wrong(what) { print FILENAME ":" FNR ": " $0 "   " what; bad = 1 }
  BEGIN {
    rows = split("jobscripts stune|base|model h5 experiment|surrogate metrics storage trial|generation|scheduler runners analysis|client|cli", r, "|")
    for (i = 1; i <= rows; i++) { m = split(r[i], names, " "); for (j = 1; j <= m; j++) rank[names[j]] = i }
    home["<mpi.h>"] = "^runners/mpi"
    home["<hdf5"] = "^h5/"
    home["<nlohmann/"] = "^(storage|trial|cli|analysis)/"
    home["<CLI/"] = "^cli/"
    home["<sqlite3.h>"] = "^cli/export_"
  }
  /^[ \t]*#[ \t]*include[ \t]/ {
    me = FILENAME; sub(/^src\//, "", me)
    split($0, part, /[ \t]*#[ \t]*include[ \t]*/); it = part[2]
    for (library in home)
      if (index(it, library) == 1 && me !~ home[library]) wrong("only " home[library] " knows this library")
    if (it !~ /^"/) next
    sub(/^"/, "", it); sub(/".*$/, "", it)
    count++
    if (!row(it)) wrong("is no folder of the house")
    else if (!row(me)) wrong("this file is in no folder of the house")
    else if (row(it) == rank["client"] && folder(it) == "stune" && folder(me) == "stune" && row(me) == row(it)) next
    else if (folder(me) == folder(it) && row(me) >= row(it)) next
    else if (folder(me) == "metrics" && folder(it) == "trial") next
    else if (row(it) == rank["client"] && folder(it) == "stune" && folder(me) == "client") next
    else if (row(me) <= row(it)) wrong("does not point down")
  }
  END { if (!count) { print "no includes found"; bad = 1 }; exit bad }'
