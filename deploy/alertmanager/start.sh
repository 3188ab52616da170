#!/bin/sh
# Tells people of alerts: writes Alertmanager's configuration and runs it. Nobody is told until one of these is set:
set -eu
here=$(cd "$(dirname "$0")" && pwd)
: "${ALERTS_LANGUAGE:=ru}"                                   # ru or en
: "${ALERTS_TELEGRAM_CHAT:=}"                                # number of a chat where the bot is; its token by a secret
: "${ALERTS_MAIL_TO:=}" "${ALERTS_MAIL_FROM:=}"              # addresses
: "${ALERTS_MAIL_SERVER:=}" "${ALERTS_MAIL_USER:=}"          # host:port, which offers STARTTLS; a name there, if it wants one
: "${ALERTS_MAIL_TLS:=true}"                                 # false: a server of your own that has no TLS
: "${TELEGRAM_API:=https://api.telegram.org}"
: "${ALERTMANAGER_SECRETS:=/run/secrets}"                    # markoff_telegram_token, alerts_webhook, alerts_heartbeat, …
: "${ALERTMANAGER_RUN:=/tmp/markoff}" "${ALERTMANAGER_DATA:=/alertmanager}" "${ALERTMANAGER_LISTEN:=:9093}"
: "${ALERTMANAGER:=alertmanager}"

secret() { if [ -e "$ALERTMANAGER_SECRETS/$1" ]; then tr -d '\r\n' <"$ALERTMANAGER_SECRETS/$1"; fi; }
quoted() { printf "'%s'" "$(printf %s "$1" | sed "s/'/''/g")"; } # a text of YAML
case $ALERTS_LANGUAGE in ru | en) ;; *) echo "ALERTS_LANGUAGE is ru or en" >&2; exit 1 ;; esac
case $ALERTS_TELEGRAM_CHAT in *[!0-9-]*) echo "ALERTS_TELEGRAM_CHAT is a number, such as -1001234567890" >&2; exit 1 ;; esac
token=$(secret markoff_telegram_token) webhook=$(secret alerts_webhook) heartbeat=$(secret alerts_heartbeat)
told=

receiver() { # NAME QUIET
    printf '  - name: %s\n' "$1"
    if [ -n "$ALERTS_TELEGRAM_CHAT" ] && [ -n "$token" ]; then
        cat <<EOF
    telegram_configs:
      - api_url: $(quoted "$TELEGRAM_API")
        bot_token: $(quoted "$token")
        chat_id: $ALERTS_TELEGRAM_CHAT
        parse_mode: ''
        disable_notifications: $2
        message: '{{ template "markoff.$ALERTS_LANGUAGE" . }}'
EOF
    fi
    if [ -n "$ALERTS_MAIL_TO" ]; then
        cat <<EOF
    email_configs:
      - to: $(quoted "$ALERTS_MAIL_TO")
        from: $(quoted "${ALERTS_MAIL_FROM:-$ALERTS_MAIL_TO}")
        smarthost: $(quoted "$ALERTS_MAIL_SERVER")
        require_tls: $ALERTS_MAIL_TLS
        auth_username: $(quoted "$ALERTS_MAIL_USER")
        auth_password: $(quoted "$(secret alerts_mail_password)")
        send_resolved: true
        headers: {Subject: '{{ template "markoff.subject.$ALERTS_LANGUAGE" . }}'}
        html: ''
        text: '{{ template "markoff.$ALERTS_LANGUAGE" . }}'
EOF
    fi
    if [ -n "$webhook" ]; then
        printf '    webhook_configs: [{url: %s}]\n' "$(quoted "$webhook")"
    fi
}

[ -z "$ALERTS_TELEGRAM_CHAT" ] || [ -z "$token" ] || told="$told Telegram"
[ -z "$ALERTS_MAIL_TO" ] || told="$told mail"
[ -z "$webhook" ] || told="$told webhook"
echo "Alerts are told by:${told:- nothing. Set ALERTS_TELEGRAM_CHAT, ALERTS_MAIL_TO or secrets/alerts_webhook: docs/alerts.md}" >&2
umask 077
mkdir -p "$ALERTMANAGER_RUN"
{
    cat <<EOF
templates: [$(quoted "$here/markoff.tmpl")]
route:
  receiver: $([ -n "$told" ] && echo ticket || echo nobody)
  group_by: [alertname]
  group_wait: 1m
  group_interval: 5m
  repeat_interval: 24h
  routes:
    - {matchers: ['alertname = Watchdog'], receiver: $([ -n "$heartbeat" ] && echo heartbeat || echo silence), group_wait: 0s, group_interval: 1m, repeat_interval: 5m}
EOF
    [ -z "$told" ] || echo "    - {matchers: ['severity = page'], receiver: page, group_wait: 10s, group_interval: 1m, repeat_interval: 1h}"
    cat <<EOF
# What follows from a part that is away is not told beside it.
inhibit_rules:
  - source_matchers: ['alertname = HouseDown']
    target_matchers: ['alertname =~ "NobodyLeads|GraphRefusesAgent|ProcessMissing|TurnsFail"']
  - source_matchers: ['alertname = HouseDown']
    target_matchers: ['alertname = ProcessDown', 'job = api']
  - source_matchers: ['alertname = AgentDown']
    target_matchers: ['alertname = ProcessDown', 'job = agent']
receivers:
  - name: silence
EOF
    [ -z "$heartbeat" ] || printf '  - name: heartbeat\n    webhook_configs: [{url: %s, send_resolved: false}]\n' "$(quoted "$heartbeat")"
    if [ -n "$told" ]; then receiver page false; receiver ticket true; else echo '  - name: nobody'; fi
} >"$ALERTMANAGER_RUN/alertmanager.yml"
exec "$ALERTMANAGER" --config.file="$ALERTMANAGER_RUN/alertmanager.yml" --storage.path="$ALERTMANAGER_DATA" \
    --cluster.listen-address= --web.listen-address="$ALERTMANAGER_LISTEN" "$@"
