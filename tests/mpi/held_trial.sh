#!/bin/bash
# A counted trial that waits while there is a file `hold` beside FOLDER, and says so. usage: held_trial.sh FOLDER x k
folder=$1
exec {never}<> <(:)
if [[ -e $folder/../hold ]]; then
  echo $$ >"$folder/held.$STUNE_TRIAL.$STUNE_ATTEMPT.part" &&
    mv "$folder/held.$STUNE_TRIAL.$STUNE_ATTEMPT.part" "$folder/held.$STUNE_TRIAL.$STUNE_ATTEMPT"
  while [[ -e $folder/../hold ]]; do read -rt 0.02 -u "$never"; done
fi
exec {never}>&-
exec "${0%/*}/../loop/counted_trial.sh" "$@"
