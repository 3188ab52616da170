#!/bin/sh
# Renders nginx.conf.template and runs nginx: deploy/nginx/start.sh [argument of nginx …]
#
# Variables, with what they are unless given:
set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${NGINX_CONF:=$here}"                          # where places.conf and security.conf are
: "${NGINX_TYPES:=/etc/nginx/mime.types}"
: "${NGINX_RUN:=/tmp/markoff}"                    # rendered file, pid, buffers: has to be writable
: "${NGINX_LOG:=/dev/stdout}"                     # of requests
: "${PUBLIC_NAME:=_}"                             # the name people type; _ takes any
: "${HTTPS_PORT:=443}"                            # as people reach it
if [ "$HTTPS_PORT" = 443 ]; then port=; else port=:$HTTPS_PORT; fi
: "${PUBLIC_HOST:=\$host$port}"                   # where http is sent to: name[:port]
: "${HTTP_LISTEN:=80}" "${HTTPS_LISTEN:=443}"     # [address:]port
: "${INSIDE_LISTEN:=8080}"                        # /health and /status; never published
: "${CERTIFICATE:=/run/secrets/tls_certificate}"  # the whole chain, PEM
: "${CERTIFICATE_KEY:=/run/secrets/tls_key}"
: "${ACME:=/var/www/acme}"                        # answers to a certificate authority's challenges
: "${RESOLVER:=resolver 127.0.0.11 valid=2s ipv6=off;}"       # Docker's; "" where all addresses are numbers
: "${API_SERVERS:=server api:8000 resolve max_fails=0;}"      # `resolve` needs nginx 1.27.3; max_fails=0: docs/operations.md
: "${AGENT_SERVER:=agent:8001}" "${TELEGRAM_SERVER:=telegram:8443}"
: "${RATE_DOORS:=20r/m}"                          # sign-in by /token and /link, of one address
: "${RATE_ASKING:=100r/s}"                        # everything else, of one address
export NGINX_CONF NGINX_TYPES NGINX_RUN NGINX_LOG PUBLIC_NAME PUBLIC_HOST HTTP_LISTEN HTTPS_LISTEN INSIDE_LISTEN \
    CERTIFICATE CERTIFICATE_KEY ACME RESOLVER API_SERVERS AGENT_SERVER TELEGRAM_SERVER RATE_DOORS RATE_ASKING
mkdir -p "$NGINX_RUN"
names=$(grep -o '\${[A-Z_]*}' "$here"/*.template | cut -d: -f2 | sort -u | tr '\n' ' ')
for file in "$here"/*.template; do
    envsubst "$names" <"$file" >"$NGINX_RUN/$(basename "$file" .template)"
done
exec nginx -c "$NGINX_RUN/nginx.conf" -g 'daemon off;' "$@"
