#!/bin/sh
# Gets the site's certificate and renews it in time, for ever. nginx notices the new files by itself.
#
#   SITE_URL       the public address, https://…
#   ACME_EMAIL     who is told when something is wrong with the certificate
#   ACME_SERVER    another authority than Let's Encrypt, by the address of its directory
set -eu

: "${ACME_SERVER:=}" "${CERTIFICATES:=/srv/certificates}" "${CHALLENGES:=/srv/challenges}" "${WORK:=/tmp}"
: "${AFTER_SUCCESS:=12h}" "${AFTER_FAILURE:=20m}"

case $SITE_URL in
    https://*) ;;
    *) echo "No certificate: SITE_URL must begin with https://; it is '$SITE_URL'." >&2; exit 1 ;;
esac
name=${SITE_URL#https://}
name=${name%%/*}
name=${name%%:*}

umask 077
trap 'exit 0' TERM INT
while :; do
    # Does nothing while the certificate has time left. The authority allows five failures an hour, so wait after one.
    if certbot certonly --non-interactive --agree-tos --email "$ACME_EMAIL" ${ACME_SERVER:+--server "$ACME_SERVER"} \
        --webroot --webroot-path "$CHALLENGES" --cert-name blog --domain "$name" \
        --keep-until-expiring --renew-with-new-domains \
        --config-dir "$CERTIFICATES" --work-dir "$WORK/work" --logs-dir "$WORK/logs"; then
        pause=$AFTER_SUCCESS
    else
        echo "No certificate for $name yet. Does its DNS record lead here, and is port 80 open? Trying again in $AFTER_FAILURE." >&2
        pause=$AFTER_FAILURE
    fi
    sleep "$pause" &
    wait $!
done
