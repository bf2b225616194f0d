#!/bin/sh
# What is checked out, one fact a line: its name, a space, its value. The repository is the working directory.
set -eu
export GIT_OPTIONAL_LOCKS=0 TZ=UTC
# The files belong to whoever runs the engine.
export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=safe.directory GIT_CONFIG_VALUE_0='*'

echo "commit $(git rev-parse --verify HEAD)"
echo "time $(git show --no-patch --date=format-local:%Y-%m-%dT%H:%M:%SZ --format=%cd HEAD)"
if head=$(git symbolic-ref --quiet HEAD); then
  echo "head $head"
fi
if default=$(git symbolic-ref --quiet refs/remotes/origin/HEAD); then
  echo "default ${default#refs/remotes/origin/}"
fi
git for-each-ref --format='tagged %(refname)' --points-at HEAD refs/tags
git for-each-ref --format='ref %(refname)' refs/heads refs/tags
git for-each-ref --format='ref refs/heads/%(refname:lstrip=3)' refs/remotes/origin
git -c core.quotePath=false status --porcelain=v1 --no-renames --untracked-files=normal -z | tr '\0' '\n' | sed 's/^/change /'
