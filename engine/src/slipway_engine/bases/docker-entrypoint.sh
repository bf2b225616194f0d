#!/usr/bin/env bash
# Starts PostgreSQL with the contract of the official image: POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB,
# POSTGRES_INITDB_ARGS, POSTGRES_HOST_AUTH_METHOD (each also as NAME_FILE), PGDATA, and the scripts in
# /docker-entrypoint-initdb.d, which run once, when the data folder is empty.
set -Eeuo pipefail

setting() { # NAME DEFAULT: the variable, or the content of the file that NAME_FILE names
  local name=$1 file_name="${1}_FILE"
  if [[ -n ${!name:-} && -n ${!file_name:-} ]]; then
    echo "error: both $name and $file_name are set; set one" >&2
    exit 1
  fi
  if [[ -n ${!file_name:-} ]]; then
    export "$name"="$(<"${!file_name}")"
  else
    export "$name"="${!name:-$2}"
  fi
}

run_scripts() {
  local script
  for script in /docker-entrypoint-initdb.d/*; do
    case $script in
      *.sh)
        echo "running $script"
        # shellcheck source=/dev/null
        if [[ -x $script ]]; then "$script"; else . "$script"; fi
        ;;
      *.sql) echo "running $script"; psql_local --file "$script" ;;
      *.sql.gz) echo "running $script"; gunzip --stdout "$script" | psql_local ;;
    esac
  done
}

psql_local() {
  psql --set ON_ERROR_STOP=1 --no-psqlrc --no-password --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" "$@"
}

initialise() {
  if [[ -z $POSTGRES_PASSWORD && $POSTGRES_HOST_AUTH_METHOD != trust ]]; then
    echo "error: the database is new and POSTGRES_PASSWORD is not set" >&2
    exit 1
  fi
  local arguments=()
  read -ra arguments <<<"$POSTGRES_INITDB_ARGS"
  initdb --set "listen_addresses=*" --username "$POSTGRES_USER" --pwfile <(printf '%s\n' "$POSTGRES_PASSWORD") "${arguments[@]}" --pgdata "$PGDATA"
  printf '\nhost all all all %s\n' "$POSTGRES_HOST_AUTH_METHOD" >>"$PGDATA/pg_hba.conf"
  PGUSER=$POSTGRES_USER pg_ctl --pgdata "$PGDATA" --options "-c listen_addresses='' -p 5432" --wait start
  if [[ $POSTGRES_DB != postgres ]]; then
    psql --no-psqlrc --username "$POSTGRES_USER" --dbname postgres --set db="$POSTGRES_DB" <<<'CREATE DATABASE :"db";'
  fi
  PGPASSWORD=$POSTGRES_PASSWORD run_scripts
  pg_ctl --pgdata "$PGDATA" --mode fast --wait stop
  echo 'PostgreSQL init process complete; ready for start up.'
}

[[ ${1:-} != -* ]] || set -- postgres "$@"
if [[ ${1:-} == postgres ]]; then
  if [[ $(id -u) == 0 ]]; then
    mkdir -p "$PGDATA" /run/postgresql
    find "$PGDATA" \! -user postgres -exec chown postgres '{}' +
    chmod 700 "$PGDATA"
    exec setpriv --reuid postgres --regid postgres --init-groups "$0" "$@"
  fi
  setting POSTGRES_PASSWORD ''
  setting POSTGRES_USER postgres
  setting POSTGRES_DB "$POSTGRES_USER"
  setting POSTGRES_INITDB_ARGS ''
  setting POSTGRES_HOST_AUTH_METHOD scram-sha-256
  mkdir -p "$PGDATA"
  chmod 700 "$PGDATA" 2>/dev/null || true
  [[ -s $PGDATA/PG_VERSION ]] || initialise
  unset POSTGRES_PASSWORD
fi
exec "$@"
