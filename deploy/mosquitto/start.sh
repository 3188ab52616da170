#!/bin/sh
# Hashes the passwords of secrets/mqtt_users (name:password, one a line) and runs the broker.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${MOSQUITTO_RUN:=/tmp/markoff}" "${MOSQUITTO_USERS:=/run/secrets/mqtt_users}" "${MOSQUITTO_CONF:=$here/mosquitto.conf}"
umask 077
mkdir -p "$MOSQUITTO_RUN"
cat "$MOSQUITTO_USERS" >"$MOSQUITTO_RUN/users"
cat "$here/acl" >"$MOSQUITTO_RUN/acl"
mosquitto_passwd -U "$MOSQUITTO_RUN/users"
exec mosquitto -c "$MOSQUITTO_CONF"
