#!/bin/sh
# Makes the file .env, the settings of a server, with new secrets. An existing one is left alone.
set -eu
cd "$(dirname "$0")/.."

usage() {
    cat >&2 <<'END'
How to call it:
  sh deploy/first-settings.sh https://blog.example.com you@example.com
      on a server of its own: https with certificates that renew themselves; the address hears about trouble with them
  sh deploy/first-settings.sh https://blog.example.com
      behind a proxy of yours that speaks https and hands on to port 80 of this server
  sh deploy/first-settings.sh http://192.168.1.20
      a trial in your own network, without https
END
    exit 2
}

refuse() {
    echo "$1" >&2
    exit 1
}

secret() {
    head -c 48 /dev/urandom | base64 | tr -d '\n' | tr '+/' '-_'
}

case $# in 1 | 2) ;; *) usage ;; esac
site_url=${1%/}
email=${2:-}
case $site_url in
    *[!A-Za-z0-9.:/_\[\]-]*) usage ;;
    http://?* | https://?*) ;;
    *) usage ;;
esac
case ${site_url#*://} in
    */*) refuse "The address must have no path: a host of its own, such as https://blog.example.com." ;;
esac
case $email in
    "") ;;
    *[!A-Za-z0-9.@_+-]*) refuse "That is no e-mail address: $email" ;;
    *@*) case $site_url in http:*) refuse "Certificates are for https: begin the address with https://." ;; esac ;;
    *) refuse "That is no e-mail address: $email" ;;
esac
test ! -e .env || refuse "There is a file .env already, and it is left as it is. Its secrets belong to this server's data; change the other lines in it by hand."

umask 077
{
    echo "# The settings of this server. Keep a copy in a safe place: without it the database cannot be opened."
    echo "# README.md lists what else can be set here. After a change: docker compose up -d"
    echo "SITE_URL=$site_url"
    echo "SECRET_KEY=$(secret)"
    echo "DATABASE_PASSWORD=$(secret)"
    if test -n "$email"; then
        echo "ACME_EMAIL=$email"
        echo "COMPOSE_FILE=compose.yaml:compose.tls.yaml"
    fi
} >.env.new
mv .env.new .env
echo "Made the file .env for $site_url. Next: docker compose up -d --build"
