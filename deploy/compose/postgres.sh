#!/bin/sh
# Run once, by the image of PostgreSQL, in an empty cluster: the building's database and the agent's, each with a login
# that reaches only its own.
set -eu
secrets=${SECRETS:-/run/secrets}
psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres \
    --set building="$(cat "$secrets/markoff_password")" --set memory="$(cat "$secrets/memory_password")" <<'SQL'
CREATE ROLE markoff LOGIN PASSWORD :'building';
CREATE ROLE markoff_agent LOGIN PASSWORD :'memory';
CREATE DATABASE markoff OWNER markoff;
CREATE DATABASE markoff_agent OWNER markoff_agent;
REVOKE ALL ON DATABASE markoff, markoff_agent, postgres FROM PUBLIC;
SQL
