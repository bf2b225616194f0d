#!/usr/bin/env bash
# Creates the application's roles. The PostgreSQL image runs this once, at its first start
# with an empty data folder; it may be run again by hand at any time, to change passwords.
#
#   app      the bot: reads and writes       POSTGRES_APP_PASSWORD (or _FILE), required
#   stats    the API: reads, 5 s a statement POSTGRES_STATS_PASSWORD (or _FILE), required
#   monitor  the exporter: pg_monitor        POSTGRES_MONITOR_PASSWORD (or _FILE), optional
#   backup   dumps: pg_read_all_data         POSTGRES_BACKUP_PASSWORD (or _FILE), optional
#
# A role without a password cannot log in. What app and stats may do with the tables is
# granted by the migrations, which come later.
set -euo pipefail

fail() {
  printf 'roles: %s\n' "$1" >&2
  exit 1
}

# Exports NAME from NAME or the file named by NAME_FILE; empty when neither is set.
read_secret() {
  local name=$1 file_name=$1_FILE
  local value=${!name:-} file=${!file_name:-}
  if [[ -n $value && -n $file ]]; then
    fail "$name: should not be set together with $file_name"
  fi
  if [[ -n $file ]]; then
    [[ -r $file ]] || fail "$file_name: should name a readable file"
    value=$(<"$file")
    [[ -n $value ]] || fail "$file_name: should name a file that is not empty"
  fi
  export "$name=$value"
}

for name in POSTGRES_{APP,STATS,MONITOR,BACKUP}_PASSWORD; do
  read_secret "$name"
done
for name in POSTGRES_USER POSTGRES_DB POSTGRES_APP_PASSWORD POSTGRES_STATS_PASSWORD; do
  [[ -n ${!name:-} ]] || fail "$name: should be set"
done

# Passwords reach psql through its environment (\getenv), so no process list shows them,
# and the server is told not to log the statements that carry them.
psql --no-psqlrc --quiet --set ON_ERROR_STOP=1 \
  --username "$POSTGRES_USER" --dbname "$POSTGRES_DB" <<'SQL'
SET client_min_messages = warning;
SET log_statement = 'none';
SET log_min_error_statement = 'panic';
SET log_min_duration_statement = -1;
\getenv app_password POSTGRES_APP_PASSWORD
\getenv stats_password POSTGRES_STATS_PASSWORD
\getenv monitor_password POSTGRES_MONITOR_PASSWORD
\getenv backup_password POSTGRES_BACKUP_PASSWORD

BEGIN;
SELECT format('CREATE ROLE %I', wanted)
FROM unnest(ARRAY['app', 'stats', 'monitor', 'backup']) AS wanted
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = wanted)
\gexec

SELECT CASE password
         WHEN '' THEN format('ALTER ROLE %I NOLOGIN PASSWORD NULL', role)
         ELSE format('ALTER ROLE %I LOGIN PASSWORD %L', role, password)
       END
FROM (VALUES ('app', :'app_password'), ('stats', :'stats_password'),
             ('monitor', :'monitor_password'), ('backup', :'backup_password'))
  AS given (role, password)
\gexec

ALTER ROLE stats SET default_transaction_read_only = on;
GRANT pg_monitor TO monitor;
GRANT pg_read_all_data TO backup;

SELECT format('REVOKE CONNECT, TEMPORARY ON DATABASE %I FROM PUBLIC', current_database())
\gexec
SELECT format('GRANT CONNECT ON DATABASE %I TO app, stats, monitor, backup', current_database())
\gexec
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
COMMIT;
SQL
